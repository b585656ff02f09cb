// SPDX-License-Identifier: Apache-2.0
// Widths and codes of the inner-product unit.
package ipu_pkg;

  // Modes. An operand has one, two or three nibbles; iterations are the products of their numbers.
  localparam logic [1:0] Int4   = 2'd0;  // int4 x int4
  localparam logic [1:0] Int8x4 = 2'd1;  // int8 x int4
  localparam logic [1:0] Int8   = 2'd2;  // int8 x int8
  localparam logic [1:0] Fp16   = 2'd3;  // binary16 x binary16

  localparam int unsigned OperandWidth = 16;
  // A nibble with its sign, -15 to 15, and the product of two, at most 225 in magnitude.
  localparam int unsigned NibbleWidth  = 5;
  localparam int unsigned ProductWidth = 9;
  // A decoded operand: sign, and three nibbles of magnitude.
  localparam int unsigned CodeWidth    = 13;
  // Exponents of operands are biased by 15, those of products by 30. A zero among the latter says
  // that there is none, since the least is 2.
  localparam int unsigned ExponentWidth = 6;
  localparam int unsigned ProductBias   = 30;
  // A product of nibbles i and j counts 2^(4(i+j) + FractionOfProduct) times 2^exponent.
  localparam int unsigned FractionOfProduct = 22;

endpackage
