// SPDX-License-Identifier: Apache-2.0
// IEEE 754 binary32 as base/numerics has it: every result rounded to nearest, ties to even,
// subnormals kept, one NaN.
//
// Functions rather than modules: Verilator makes one C++ function of each for a whole array, and
// would write a module out again for every element. `packed` results carry from the fraction into
// the exponent and from the largest number into infinity by themselves.
package fp32_pkg;

`ifdef SMALL_FLOAT  // within the reach of a solver
  localparam int unsigned ExponentWidth = 3;
  localparam int unsigned FractionWidth = 3;
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

    // 4. Round.
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

endpackage
