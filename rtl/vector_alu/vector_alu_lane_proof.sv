// SPDX-License-Identifier: Apache-2.0
// One line per operation, for all operands. Not for products: z3 does not reach them in minutes.
module vector_alu_lane_proof #(
  parameter int unsigned Operation = 0  // one at a time
) (
  input logic               int8_i,
  input logic signed [31:0] a_i,
  input logic signed [31:0] b_i,
  input logic               condition_i,
  input logic signed [31:0] low_i,
  input logic signed [31:0] high_i,
  input logic [4:0]         shift_i
);

  logic [3:0] op;
  logic signed [31:0] result;
  logic overflow;

  assign op = 4'(Operation);

  vector_alu_lane i_lane (
    .op_i        (op),
    .int8_i      (int8_i),
    .a_i         (a_i),
    .b_i         (b_i),
    .condition_i (condition_i),
    .low_i       (low_i),
    .high_i      (high_i),
    .shift_i     (shift_i),
    .result_o    (result),
    .overflow_o  (overflow)
  );

`ifdef FORMAL
  // Wide enough for every exact result.
  logic signed [39:0] a, b, exact, lowest, rounded, remainder;
  logic exact_known;

  // RNE by its definition: at most half a step away, and even where it is half a step.
  assign rounded   = 40'(result) <<< shift_i;
  assign remainder = (a - rounded) <<< 1;
  assign lowest    = 40'sd1 <<< shift_i;

  always_comb begin
    a = 40'(a_i);
    b = 40'(b_i);
    if (int8_i) begin
      a = {{32{a_i[7]}}, a_i[7:0]};
      b = {{32{b_i[7]}}, b_i[7:0]};
    end
    exact       = a;
    exact_known = 1'b1;
    case (op)
      vector_alu_pkg::Add:     exact = a + b;
      vector_alu_pkg::Sub:     exact = a - b;
      vector_alu_pkg::Maximum: exact = (a > b) ? a : b;
      vector_alu_pkg::Minimum: exact = (a < b) ? a : b;
      vector_alu_pkg::Equal:   exact = (a == b) ? 40'sd1 : 40'sd0;
      vector_alu_pkg::Less:    exact = (a < b) ? 40'sd1 : 40'sd0;
      vector_alu_pkg::Greater: exact = (a > b) ? 40'sd1 : 40'sd0;
      vector_alu_pkg::Relu:    exact = (a > 40'sd0) ? a : 40'sd0;
      vector_alu_pkg::Relu6:   exact = (a < 40'sd0) ? 40'sd0 : (a > 40'sd6) ? 40'sd6 : a;
      vector_alu_pkg::Abs:     exact = (a < 40'sd0) ? -a : a;
      vector_alu_pkg::Neg:     exact = -a;
      vector_alu_pkg::Sign:    exact = (a > 40'sd0) ? 40'sd1 : (a < 40'sd0) ? -40'sd1 : 40'sd0;
      vector_alu_pkg::Where:   exact = condition_i ? a : b;
      vector_alu_pkg::Clamp: begin
        if (a < 40'(low_i)) exact = 40'(low_i);
        if (exact > 40'(high_i)) exact = 40'(high_i);
      end
      default: exact_known = 1'b0;
    endcase
    if (exact_known) begin
      assert (result == exact[31:0]);
      assert (overflow == (exact != 40'(result)));
    end
    if (op == vector_alu_pkg::Shift) begin
      assert (remainder <= lowest && remainder >= -lowest);
      if (shift_i != 5'd0 && (remainder == lowest || remainder == -lowest)) assert (!result[0]);
      assert (!overflow);
    end
  end
`endif

endmodule
