// SPDX-License-Identifier: Apache-2.0
// One lane, combinational. overflow_o: the result wrapped.
//
// Operands are isolated: logic that the operation does not use sees zeros and does not toggle.
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

  logic signed [31:0] a, b, raised;
  logic signed [31:0] a_add, b_add, a_sub, b_sub, a_mul, b_mul, a_neg, a_order, b_order;
  logic signed [31:0] a_clamp, low, high, a_shift;
  logic signed [63:0] product;
  logic [32:0] sum, difference, negated;
  logic [31:0] floor, rest, half;
  logic [4:0] shift;
  logic up, less, equal, negates, orders, clamps, shifts;

  function automatic logic [31:0] only_if(input logic used, input logic [31:0] x);
    only_if = x & {32{used}};
  endfunction

  assign a = int8_i ? {{24{a_i[7]}}, a_i[7:0]} : a_i;
  assign b = int8_i ? {{24{b_i[7]}}, b_i[7:0]} : b_i;

  assign negates = (op_i == vector_alu_pkg::Abs) || (op_i == vector_alu_pkg::Neg);
  assign orders  = (op_i >= vector_alu_pkg::Maximum) && (op_i <= vector_alu_pkg::Greater);
  assign clamps  = op_i == vector_alu_pkg::Clamp;
  assign shifts  = op_i == vector_alu_pkg::Shift;
  assign a_add   = only_if(op_i == vector_alu_pkg::Add, a);
  assign b_add   = only_if(op_i == vector_alu_pkg::Add, b);
  assign a_sub   = only_if(op_i == vector_alu_pkg::Sub, a);
  assign b_sub   = only_if(op_i == vector_alu_pkg::Sub, b);
  assign a_mul   = only_if(op_i == vector_alu_pkg::Mul, a);
  assign b_mul   = only_if(op_i == vector_alu_pkg::Mul, b);
  assign a_neg   = only_if(negates, a);
  assign a_order = only_if(orders, a);
  assign b_order = only_if(orders, b);
  assign a_clamp = only_if(clamps, a);
  assign low     = only_if(clamps, low_i);
  assign high    = only_if(clamps, high_i);
  assign a_shift = only_if(shifts, a);
  assign shift   = shift_i & {5{shifts}};

  // One more bit than the result shows what wrapped.
  assign sum        = {a_add[31], a_add} + {b_add[31], b_add};
  assign difference = {a_sub[31], a_sub} - {b_sub[31], b_sub};
  assign negated    = 33'd0 - {a_neg[31], a_neg};
  assign product    = a_mul * b_mul;

  assign less   = a_order < b_order;
  assign equal  = a_order == b_order;
  assign raised = (a_clamp < low) ? low : a_clamp;

  // The floor of a two's complement number and its non-negative rest make one rule serve both signs.
  assign floor = a_shift >>> shift;
  assign rest  = a_shift & ~(32'hFFFF_FFFF << shift);
  assign half  = (32'd1 << shift) >> 1;
  assign up    = (rest > half) || ((rest == half) && (shift != 5'd0) && floor[0]);

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
