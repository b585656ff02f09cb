// SPDX-License-Identifier: Apache-2.0
// Widths and codes of the inner-product unit.
package ipu_pkg;

  // Modes. Iterations are the products of the numbers of both operands' digits.
  localparam logic [1:0] Int4   = 2'd0;  // int4 x int4
  localparam logic [1:0] Int8x4 = 2'd1;  // int8 x int4
  localparam logic [1:0] Int8   = 2'd2;  // int8 x int8
  localparam logic [1:0] Fp16   = 2'd3;  // binary16 x binary16

  // What a unit multiplies at all: its parameter Formats.
  localparam int unsigned Every    = 0;
  localparam int unsigned Integers = 1;
  localparam int unsigned Binary16 = 2;

  localparam int unsigned OperandWidth = 16;
  // Exponents of operands are biased by 15, those of products by 30. A zero among the latter says
  // that there is none, since the least is 2.
  localparam int unsigned ExponentWidth = 6;
  localparam int unsigned ProductBias   = 30;

  // Digits of the widest operand: the 11-bit significand of binary16, or 8 bits.
  function automatic int unsigned digits(input int unsigned digit, input int unsigned formats);
    digits = (((formats == Integers) ? 8 : 11) + digit - 1) / digit;
  endfunction
  // A decoded operand: whole digits of magnitude below the sign of binary16.
  function automatic int unsigned code_width(input int unsigned digit, input int unsigned formats);
    code_width = digits(digit, formats) * digit + ((formats == Integers) ? 0 : 1);
  endfunction
  function automatic int unsigned index_width(input int unsigned digit, input int unsigned formats);
    index_width = (digits(digit, formats) <= 2) ? 1 : $clog2(digits(digit, formats));
  endfunction
  // Of the signed product of two digits with their signs, none of which is the least number: 9
  // bits for nibbles, at most 225 in magnitude.
  function automatic int unsigned product_width(input int unsigned a, input int unsigned b);
    product_width = 1 + $clog2(((1 << a) - 1) * ((1 << b) - 1) + 1);
  endfunction

  // A product of digits i and j counts 2^(i*a + j*b), for binary16 times 2^(exponent - fraction):
  // 22 for nibbles.
  function automatic int unsigned fraction_of_product(input int unsigned a, input int unsigned b);
    fraction_of_product = digits(a, Binary16) * a + digits(b, Binary16) * b - 2;
  endfunction
  function automatic int unsigned most_place(input int unsigned a, input int unsigned b,
                                             input int unsigned formats);
    most_place = (digits(a, formats) - 1) * a + (digits(b, formats) - 1) * b;
  endfunction
  // The power of two that all these places are multiples of, and the width of place / step.
  function automatic int unsigned step(input int unsigned a, input int unsigned b);
    step = (a | b) & (~(a | b) + 1);
  endfunction
  function automatic int unsigned weight_width(input int unsigned a, input int unsigned b,
                                               input int unsigned formats);
    weight_width = (most_place(a, b, formats) <= step(a, b)) ? 1
                 : $clog2(most_place(a, b, formats) / step(a, b) + 1);
  endfunction

endpackage
