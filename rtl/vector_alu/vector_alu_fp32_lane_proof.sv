// SPDX-License-Identifier: Apache-2.0
// Everything but sums and products, for all operands, by the integers that numbers other than NaN
// are in order like.
module vector_alu_fp32_lane_proof (
  input logic [3:0]  op_i,
  input logic [31:0] a_i,
  input logic [31:0] b_i,
  input logic        condition_i,
  input logic [31:0] low_i,
  input logic [31:0] high_i
);

  logic [31:0] result;

  vector_alu_fp32_lane i_lane (
    .op_i        (op_i),
    .a_i         (a_i),
    .b_i         (b_i),
    .condition_i (condition_i),
    .low_i       (low_i),
    .high_i      (high_i),
    .result_o    (result)
  );

`ifdef FORMAL
  localparam logic [31:0] One = 32'h3F80_0000;
  localparam logic [31:0] Six = 32'h40C0_0000;

  function automatic logic signed [32:0] order(input logic [31:0] x);
    order = x[31] ? -{2'b0, x[30:0]} : {2'b0, x[30:0]};
  endfunction

  function automatic logic is_nan(input logic [31:0] x);
    is_nan = x[30:0] > 31'h7F80_0000;
  endfunction

  logic signed [32:0] a, b, low, high, six, raised;
  logic nan_a, nan;

  assign a      = order(a_i);
  assign b      = order(b_i);
  assign low    = order(low_i);
  assign high   = order(high_i);
  assign six    = order(Six);
  assign raised = (a < low) ? low : a;
  assign nan_a  = is_nan(a_i);
  assign nan    = nan_a || is_nan(b_i);

  // What the operation gives; of clamp only where it stands in the order, with -0 as 0.
  logic [31:0] exact;
  logic known, gives_nan;
  logic signed [32:0] in_order;

  always_comb begin
    exact    = a_i;
    known    = 1'b1;
    in_order = a;
    case (op_i)
      vector_alu_pkg::Add, vector_alu_pkg::Sub, vector_alu_pkg::Mul: exact = result;
      // Of two zeros of either sign the greater is +0.
      vector_alu_pkg::Maximum: exact = (a == b) ? a_i & b_i : (a > b) ? a_i : b_i;
      vector_alu_pkg::Minimum: exact = (a == b) ? a_i | b_i : (a < b) ? a_i : b_i;
      vector_alu_pkg::Equal:   exact = (!nan && a == b) ? One : 32'd0;
      vector_alu_pkg::Less:    exact = (!nan && a < b) ? One : 32'd0;
      vector_alu_pkg::Greater: exact = (!nan && a > b) ? One : 32'd0;
      vector_alu_pkg::Relu:    exact = (a > 0) ? a_i : 32'd0;
      vector_alu_pkg::Relu6:   exact = (a > six) ? Six : (a > 0) ? a_i : 32'd0;
      vector_alu_pkg::Abs:     exact = {1'b0, a_i[30:0]};
      vector_alu_pkg::Neg:     exact = {!a_i[31], a_i[30:0]};
      vector_alu_pkg::Sign:    exact = (a > 0) ? One : (a < 0) ? {1'b1, One[30:0]} : 32'd0;
      vector_alu_pkg::Where:   exact = condition_i ? a_i : b_i;
      vector_alu_pkg::Clamp: begin
        known    = 1'b0;
        in_order = (raised > high) ? high : raised;
      end
      default: exact = a_i;
    endcase
    case (op_i)
      vector_alu_pkg::Add, vector_alu_pkg::Sub, vector_alu_pkg::Mul, vector_alu_pkg::Equal,
      vector_alu_pkg::Less, vector_alu_pkg::Greater: gives_nan = 1'b0;
      vector_alu_pkg::Maximum, vector_alu_pkg::Minimum: gives_nan = nan;
      vector_alu_pkg::Clamp:   gives_nan = nan_a || is_nan(low_i) || is_nan(high_i);
      vector_alu_pkg::Where:   gives_nan = is_nan(exact);
      default:                 gives_nan = nan_a;
    endcase
    if (gives_nan) begin
      assert (result == 32'h7FC0_0000);
    end else begin
      if (known) assert (result == exact);
      else assert (order(result) == in_order);
    end
  end
`endif

endmodule
