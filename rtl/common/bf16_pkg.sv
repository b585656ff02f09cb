// SPDX-License-Identifier: Apache-2.0
// Products of two bfloat16 (base/numerics/bf16.h) as binary32. One has 16 significant bits: it is
// exact unless it lies below 2^-126, where it is rounded to nearest, ties to even, or above all of
// binary32, where it is infinity.
//
// A function for the reason given in fp32_pkg.sv.
package bf16_pkg;

  localparam logic [14:0] Infinity     = 15'h7F80;
  localparam logic [30:0] Fp32Infinity = 31'h7F80_0000;
  localparam logic [31:0] Fp32Nan      = 32'h7FC0_0000;

  function automatic logic [31:0] multiply(input logic [15:0] a, input logic [15:0] b);
    // verilator no_inline_task
    logic [15:0] product;
    logic [9:0] exponent, below;  // two's complement
    logic [46:0] shifted;
    logic [31:0] result;
    logic up;

    // The leading one of the product stands in bit 15 or 14, or further down with a subnormal
    // operand; `exponent` is the result's if it is moved to bit 15.
    product  = 16'({a[14:7] != 8'd0, a[6:0]}) * 16'({b[14:7] != 8'd0, b[6:0]});
    exponent = 10'(a[14:7]) + 10'(a[14:7] == 8'd0) + 10'(b[14:7]) + 10'(b[14:7] == 8'd0) - 10'd126;
    for (int unsigned i = 4; i > 0; i--) begin
      if ((product >> (16 - (1 << (i - 1)))) == 16'd0) begin
        product  = product << (1 << (i - 1));
        exponent = exponent - 10'(1 << (i - 1));
      end
    end

    result = {1'b0, exponent[7:0], product[14:0], 8'd0};
    if (exponent[9] || (exponent == 10'd0)) begin
      below   = 10'd1 - exponent;
      shifted = {product, 31'd0} >> ((below > 10'd31) ? 5'd31 : below[4:0]);
      up      = shifted[22] && (shifted[23] || (shifted[21:0] != 22'd0));
      result  = {8'd0, shifted[46:23]} + 32'(up);
    end else if (exponent >= 10'd255) begin
      result = {1'b0, Fp32Infinity};
    end
    if (!product[15]) result = 32'd0;
    result[31] = a[15] ^ b[15];
    if ((a[14:0] >= Infinity) || (b[14:0] >= Infinity)) begin
      result[30:0] = Fp32Infinity;
      if ((a[14:0] > Infinity) || (b[14:0] > Infinity) || !product[15]) result = Fp32Nan;
    end
    multiply = result;
  endfunction

endpackage
