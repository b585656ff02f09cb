// SPDX-License-Identifier: Apache-2.0
// One lane in binary32, combinational: base/numerics/pointwise.h bit for bit. A NaN operand gives
// the one NaN, also of maximum, minimum, relu and clamp, but compares as 0. Operands are isolated as
// in vector_alu_lane.sv.
module vector_alu_fp32_lane (
  input  logic [3:0]  op_i,
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  input  logic        condition_i,
  input  logic [31:0] low_i,
  input  logic [31:0] high_i,
  output logic [31:0] result_o
);

  localparam logic [31:0] Nan = fp32_pkg::Nan;
  localparam logic [31:0] One = 32'h3F80_0000;
  localparam logic [31:0] Six = 32'h40C0_0000;

  function automatic logic is_nan(input logic [30:0] magnitude);
    is_nan = magnitude > fp32_pkg::Infinity;
  endfunction

  // x below y in the order of the bits, in which -0 is below +0.
  function automatic logic below(input logic [31:0] x, input logic [31:0] y);
    if (x[31] != y[31]) below = x[31];
    else if (x[31]) below = x[30:0] > y[30:0];
    else below = x[30:0] < y[30:0];
  endfunction

  logic [31:0] sum, product, greater, lesser, raised, clamped;
  logic [31:0] a_add, b_add, a_mul, b_mul, a_order, b_order, a_clamp, low, high;
  logic nan_a, nan, nan_bound, a_below, equal, adds, orders, clamps;

  function automatic logic [31:0] only_if(input logic used, input logic [31:0] x);
    only_if = x & {32{used}};
  endfunction

  assign adds    = (op_i == vector_alu_pkg::Add) || (op_i == vector_alu_pkg::Sub);
  assign orders  = (op_i >= vector_alu_pkg::Maximum) && (op_i <= vector_alu_pkg::Greater);
  assign clamps  = op_i == vector_alu_pkg::Clamp;
  assign a_add   = only_if(adds, a_i);
  assign b_add   = only_if(adds, {b_i[31] ^ (op_i == vector_alu_pkg::Sub), b_i[30:0]});
  assign a_mul   = only_if(op_i == vector_alu_pkg::Mul, a_i);
  assign b_mul   = only_if(op_i == vector_alu_pkg::Mul, b_i);
  assign a_order = only_if(orders, a_i);
  assign b_order = only_if(orders, b_i);
  assign a_clamp = only_if(clamps, a_i);
  assign low     = only_if(clamps, low_i);
  assign high    = only_if(clamps, high_i);

  fp32_add i_add (
    .a_i   (a_add),
    .b_i   (b_add),
    .sum_o (sum)
  );
  fp32_mul i_mul (
    .a_i       (a_mul),
    .b_i       (b_mul),
    .product_o (product)
  );

  assign nan_a     = is_nan(a_i[30:0]);
  assign nan       = nan_a || is_nan(b_order[30:0]);
  assign nan_bound = is_nan(low[30:0]) || is_nan(high[30:0]);
  assign a_below   = below(a_order, b_order);
  assign equal     = !nan && ((a_order == b_order) || ({a_order[30:0], b_order[30:0]} == 62'd0));
  assign greater   = a_below ? b_order : a_order;
  assign lesser    = a_below ? a_order : b_order;
  assign raised    = below(a_clamp, low) ? low : a_clamp;
  assign clamped   = below(high, raised) ? high : raised;

  always_comb begin
    result_o = nan_a ? Nan : a_i;
    case (op_i)
      vector_alu_pkg::Add,
      vector_alu_pkg::Sub:     result_o = sum;
      vector_alu_pkg::Mul:     result_o = product;
      vector_alu_pkg::Maximum: result_o = nan ? Nan : greater;
      vector_alu_pkg::Minimum: result_o = nan ? Nan : lesser;
      vector_alu_pkg::Equal:   result_o = equal ? One : 32'd0;
      vector_alu_pkg::Less:    result_o = (!nan && !equal && a_below) ? One : 32'd0;
      vector_alu_pkg::Greater: result_o = (!nan && !equal && !a_below) ? One : 32'd0;
      vector_alu_pkg::Relu:    if (!nan_a && a_i[31]) result_o = 32'd0;
      vector_alu_pkg::Relu6: begin
        if (!nan_a && a_i[31]) result_o = 32'd0;
        else if (!nan_a && (a_i[30:0] > Six[30:0])) result_o = Six;
      end
      vector_alu_pkg::Clamp:   result_o = (nan_a || nan_bound) ? Nan : clamped;
      vector_alu_pkg::Abs:     if (!nan_a) result_o = {1'b0, a_i[30:0]};
      vector_alu_pkg::Neg:     if (!nan_a) result_o = {!a_i[31], a_i[30:0]};
      vector_alu_pkg::Sign: begin
        if (a_i[30:0] == 31'd0) result_o = 32'd0;
        else if (!nan_a) result_o = {a_i[31], One[30:0]};
      end
      vector_alu_pkg::Where:   if (!condition_i) result_o = is_nan(b_i[30:0]) ? Nan : b_i;
      default: result_o = nan_a ? Nan : a_i;
    endcase
  end

endmodule
