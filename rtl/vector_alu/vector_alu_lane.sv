// SPDX-License-Identifier: Apache-2.0
// One lane, combinational. overflow_o: the result wrapped.
module vector_alu_lane (
  input  logic [3:0]  op_i,
  input  logic        int8_i,  // operands are the low bytes, sign-extended; results have 32 bits
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  input  logic        condition_i,
  input  logic [31:0] low_i,
  input  logic [31:0] high_i,
  input  logic [4:0]  shift_i,
  output logic [31:0] result_o,
  output logic        overflow_o
);

  logic signed [31:0] a, b, low, high, raised;
  logic signed [63:0] product;
  logic [32:0] sum, difference, negated;
  logic [31:0] floor, rest, half;
  logic up, less, equal;

  assign a    = int8_i ? {{24{a_i[7]}}, a_i[7:0]} : a_i;
  assign b    = int8_i ? {{24{b_i[7]}}, b_i[7:0]} : b_i;
  assign low  = low_i;
  assign high = high_i;

  // One more bit than the result shows what wrapped.
  assign sum        = {a[31], a} + {b[31], b};
  assign difference = {a[31], a} - {b[31], b};
  assign negated    = 33'd0 - {a[31], a};
  assign product    = a * b;

  assign less   = a < b;
  assign equal  = a == b;
  assign raised = (a < low) ? low : a;

  // The floor of a two's complement number and its non-negative rest make one rule serve both signs.
  assign floor = a >>> shift_i;
  assign rest  = a & ~(32'hFFFF_FFFF << shift_i);
  assign half  = (32'd1 << shift_i) >> 1;
  assign up    = (rest > half) || ((rest == half) && (shift_i != 5'd0) && floor[0]);

  always_comb begin
    result_o   = a;
    overflow_o = 1'b0;
    case (op_i)
      vector_alu_pkg::Add: begin
        result_o   = sum[31:0];
        overflow_o = sum[32] != sum[31];
      end
      vector_alu_pkg::Sub: begin
        result_o   = difference[31:0];
        overflow_o = difference[32] != difference[31];
      end
      vector_alu_pkg::Mul: begin
        result_o   = product[31:0];
        overflow_o = product[63:32] != {32{product[31]}};
      end
      vector_alu_pkg::Maximum: result_o = less ? b : a;
      vector_alu_pkg::Minimum: result_o = less ? a : b;
      vector_alu_pkg::Equal:   result_o = {31'd0, equal};
      vector_alu_pkg::Less:    result_o = {31'd0, less};
      vector_alu_pkg::Greater: result_o = {31'd0, !less && !equal};
      vector_alu_pkg::Relu:    result_o = a[31] ? 32'd0 : a;
      vector_alu_pkg::Relu6:   result_o = a[31] ? 32'd0 : (a > 32'sd6) ? 32'd6 : a;
      vector_alu_pkg::Clamp:   result_o = (raised > high) ? high : raised;
      vector_alu_pkg::Abs: begin
        result_o   = a[31] ? negated[31:0] : a;
        overflow_o = a[31] && negated[31];
      end
      vector_alu_pkg::Neg: begin
        result_o   = negated[31:0];
        overflow_o = negated[32] != negated[31];
      end
      vector_alu_pkg::Sign:    result_o = a[31] ? 32'hFFFF_FFFF : {31'd0, a != 32'sd0};
      vector_alu_pkg::Shift:   result_o = floor + {31'd0, up};
      vector_alu_pkg::Where:   result_o = condition_i ? a : b;
      default: result_o = a;
    endcase
  end

endmodule
