// SPDX-License-Identifier: Apache-2.0
// IEEE 754 binary32 as base/numerics has it: every result rounded to nearest, ties to even,
// subnormals kept, one NaN.
//
// Functions rather than modules: Verilator makes one C++ function of each for a whole array, and
// would write a module out again for every element.
package fp32_pkg;

`ifdef SMALL_FLOAT  // within the reach of a solver
  localparam int unsigned ExponentWidth = 4;
  localparam int unsigned FractionWidth = 2;
`else
  localparam int unsigned ExponentWidth = 8;
  localparam int unsigned FractionWidth = 23;
`endif
  localparam int unsigned Width = 1 + ExponentWidth + FractionWidth;
  localparam logic [Width-2:0] Infinity = {{ExponentWidth{1'b1}}, {FractionWidth{1'b0}}};
  localparam logic [Width-1:0] Nan =
      {1'b0, {(ExponentWidth + 1){1'b1}}, {(FractionWidth - 1){1'b0}}};

  // A sum before rounding: carry, hidden bit, fraction, and at least three bits that are rounded
  // away, the last of which stands for all below it.
  localparam int unsigned SumLevels = $clog2(FractionWidth + 5);
  localparam int unsigned SumWidth  = 1 << SumLevels;
  localparam int unsigned SumRest   = SumWidth - FractionWidth - 2;

  function automatic logic [Width-1:0] add(input logic [Width-1:0] a, input logic [Width-1:0] b);
    // verilator no_inline_task
    logic [Width-1:0] x, y, packed_sum;  // |x| >= |y|
    logic [ExponentWidth-1:0] exponent, distance;
    logic [SumLevels-1:0] shift;
    logic [SumWidth-1:0] sum, shifted;
    logic [2*SumWidth-2:0] aligned;
    logic swap, subtract, up;

    swap     = b[Width-2:0] > a[Width-2:0];
    x        = swap ? b : a;
    y        = swap ? a : b;
    subtract = x[Width-1] ^ y[Width-1];

    // 1. Align: subnormals have the exponent 1 and no hidden bit.
    exponent    = x[Width-2:FractionWidth];
    distance    = y[Width-2:FractionWidth];
    sum         = {1'b0, exponent != ExponentWidth'(0), x[FractionWidth-1:0], {SumRest{1'b0}}};
    shifted     = {1'b0, distance != ExponentWidth'(0), y[FractionWidth-1:0], {SumRest{1'b0}}};
    exponent[0] = exponent[0] | !sum[SumWidth-2];
    distance[0] = distance[0] | !shifted[SumWidth-2];
    distance    = exponent - distance;
    shift       = distance[SumLevels-1:0];
    if ((distance >> SumLevels) != ExponentWidth'(0)) shift = {SumLevels{1'b1}};
    aligned     = {shifted, {(SumWidth - 1){1'b0}}} >> shift;
    shifted     = aligned[2*SumWidth-2:SumWidth-1];
    shifted[0]  = shifted[0] | (aligned[SumWidth-2:0] != (SumWidth - 1)'(0));

    // 2. Add.
    sum = sum + (shifted ^ {SumWidth{subtract}}) + SumWidth'(subtract);

    // 3. Normalise, as far as the exponent allows.
    shifted = sum;
    shift   = SumLevels'(0);
    for (int unsigned i = SumLevels; i > 0; i--) begin
      if ((shifted >> (SumWidth - (1 << (i - 1)))) == SumWidth'(0)) begin
        shift   = shift | SumLevels'(1 << (i - 1));
        shifted = shifted << (1 << (i - 1));
      end
    end
    if (ExponentWidth'(shift) > exponent) shift = exponent[SumLevels-1:0];
    shifted  = sum << shift;
    exponent = exponent - ExponentWidth'(shift) + ExponentWidth'(1);
    if (!shifted[SumWidth-1]) exponent = ExponentWidth'(0);

    // 4. Round. Packed first, since a carry out of the fraction belongs into the exponent, and one
    // out of the largest number makes infinity.
    up = shifted[SumRest] && (shifted[SumRest+1] || (shifted[SumRest-1:0] != SumRest'(0)));
    packed_sum = {1'b0, exponent, shifted[SumWidth-2:SumRest+1]} + Width'(up);
    if (packed_sum > {1'b0, Infinity}) packed_sum = {1'b0, Infinity};
    // An exact zero is +0, unless both are -0.
    packed_sum[Width-1] = x[Width-1] && !(subtract && (sum == SumWidth'(0)));
    if (x[Width-2:0] >= Infinity) begin
      packed_sum = x;
      if ((x[Width-2:0] != Infinity) || (subtract && (y[Width-2:0] == Infinity))) packed_sum = Nan;
    end
    add = packed_sum;
  endfunction

  localparam int unsigned ProductWidth  = 2 * (FractionWidth + 1);
  localparam int unsigned ProductLevels = $clog2(ProductWidth);
  localparam int unsigned ProductRest   = ProductWidth - FractionWidth - 1;
  localparam int unsigned WideWidth     = ExponentWidth + 2;  // exponents of products, signed
  localparam int unsigned Bias          = (1 << (ExponentWidth - 1)) - 1;

  function automatic logic [Width-1:0] multiply(input logic [Width-1:0] a,
                                                input logic [Width-1:0] b);
    // verilator no_inline_task
    logic [ExponentWidth-1:0] exponent_a, exponent_b;
    logic [WideWidth-1:0] exponent, below;
    logic [ProductLevels-1:0] shift;
    logic [ProductWidth-1:0] product, shifted;
    logic [Width-1:0] result;
    logic zero, up;

    exponent_a = a[Width-2:FractionWidth];
    exponent_b = b[Width-2:FractionWidth];
    product    = ProductWidth'({exponent_a != ExponentWidth'(0), a[FractionWidth-1:0]}) *
                 ProductWidth'({exponent_b != ExponentWidth'(0), b[FractionWidth-1:0]});
    zero       = product == ProductWidth'(0);
    exponent   = WideWidth'(exponent_a) + WideWidth'(exponent_a == ExponentWidth'(0)) +
                 WideWidth'(exponent_b) + WideWidth'(exponent_b == ExponentWidth'(0)) -
                 WideWidth'(Bias - 1);

    // 1. Normalise.
    for (int unsigned i = ProductLevels; i > 0; i--) begin
      if ((product >> (ProductWidth - (1 << (i - 1)))) == ProductWidth'(0)) begin
        product  = product << (1 << (i - 1));
        exponent = exponent - WideWidth'(1 << (i - 1));
      end
    end

    // 2. Below the normal numbers move down to the fixed last place; the last bit stands for all
    // that were lost.
    if (exponent[WideWidth-1] || (exponent == WideWidth'(0))) begin
      below = WideWidth'(1) - exponent;
      shift = below[ProductLevels-1:0];
      if ((below >> ProductLevels) != WideWidth'(0)) shift = {ProductLevels{1'b1}};
      shifted    = product >> shift;
      shifted[0] = shifted[0] | ((shifted << shift) != product);
      product    = shifted;
      exponent   = WideWidth'(0);
    end

    // 3. Round, as in `add`.
    up     = product[ProductRest-1] &&
             (product[ProductRest] || (product[ProductRest-2:0] != (ProductRest - 1)'(0)));
    result = {1'b0, exponent[ExponentWidth-1:0], product[ProductWidth-2:ProductRest]} + Width'(up);
    if (exponent >= WideWidth'((1 << ExponentWidth) - 1)) result = {1'b0, Infinity};
    if (zero) result = Width'(0);
    result[Width-1] = a[Width-1] ^ b[Width-1];
    if ((a[Width-2:0] >= Infinity) || (b[Width-2:0] >= Infinity)) begin
      result[Width-2:0] = Infinity;
      if ((a[Width-2:0] > Infinity) || (b[Width-2:0] > Infinity) || zero) result = Nan;
    end
    multiply = result;
  endfunction

`ifdef SMALL_FLOAT
  // The magnitude that a code stands for, in units of the smallest subnormal. Infinity counts as
  // the power of two that would follow the largest number: rounding takes it for that.
  localparam int unsigned ValueWidth = FractionWidth + (1 << ExponentWidth);

  function automatic logic [ValueWidth-1:0] value(input logic [Width-2:0] code);
    logic [ExponentWidth-1:0] exponent;
    exponent = code[Width-2:FractionWidth];
    value    = ValueWidth'({exponent != 0, code[FractionWidth-1:0]});
    if (exponent != 0) value = value << (exponent - 1);
  endfunction
`endif

endpackage
