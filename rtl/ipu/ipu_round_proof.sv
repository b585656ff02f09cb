// SPDX-License-Identifier: Apache-2.0
// Rounding by its definition. A number that is given back, moved to the sum's places, is half a
// unit of its last place away at most, and even where it is half; a quarter at most where the
// numbers below are twice as close. Toward zero it is not above the sum, and less than a unit
// below.
module ipu_round_proof #(
  parameter int unsigned FractionWidth = 24,
  parameter int unsigned AccWidth      = 27,
  parameter int unsigned Half          = 0,  // 1: binary16
  parameter int unsigned Zeros         = 0   // low bits of the sum
) (
  input logic signed [AccWidth-1:0] sum_i,
  input logic [5:0]                 exponent_i,
  input logic [2:0]                 special_i,
  input logic                       toward_zero_i
);

  logic [31:0] result;

  ipu_round #(
    .FractionWidth (FractionWidth),
    .AccWidth      (AccWidth)
  ) i_round (
    .sum_i         (sum_i),
    .exponent_i    (exponent_i),
    .special_i     (special_i),
    .fp_i          (1'b1),
    .half_i        (Half != 0),
    .toward_zero_i (toward_zero_i),
    .result_o      (result)
  );

`ifdef FORMAL
  localparam int unsigned Exponents = (Half != 0) ? 5 : 8;
  localparam int unsigned Fractions = (Half != 0) ? 10 : 23;
  localparam int unsigned Bias      = (Half != 0) ? 15 : 127;
  // The places differ by no more than this for a right result.
  localparam int unsigned Wide      = (Half != 0) ? 74 : AccWidth + 30;

  logic sign;
  logic [Exponents-1:0] exponent;
  logic [Fractions-1:0] fraction;
  logic [Fractions:0] significand;
  logic infinite, greatest;

  assign sign        = result[Exponents+Fractions];
  assign exponent    = result[Fractions +: Exponents];
  assign fraction    = result[Fractions-1:0];
  assign significand = {exponent != Exponents'(0), fraction};
  assign infinite    = exponent == {Exponents{1'b1}};
  assign greatest    = result[Exponents+Fractions-1:0] ==
                       {{(Exponents-1){1'b1}}, 1'b0, {Fractions{1'b1}}};

  // Both magnitudes, in quarters of the lesser of their last places. 2^places is how many of the
  // sum's last places make one of the result's.
  logic [AccWidth-1:0] magnitude;
  logic signed [9:0] places;
  logic [Wide-1:0] exact, rounded, unit, distance;

  assign magnitude = sum_i[AccWidth-1] ? AccWidth'(0) - sum_i : sum_i;
  assign places    = 10'((exponent == Exponents'(0)) ? Exponents'(1) : exponent) -
                     10'(Bias + Fractions) - 10'(exponent_i) + 10'(ipu_pkg::ProductBias) +
                     10'(FractionWidth);
  always_comb begin
    exact   = Wide'(magnitude) << 2;
    rounded = Wide'(significand) << 2;
    unit    = Wide'(4);
    if (places[9]) begin
      exact = exact << (10'd0 - places);
    end else begin
      rounded = rounded << places;
      unit    = unit << places;
    end
    distance = (rounded > exact) ? rounded - exact : exact - rounded;
  end

  always_comb begin
    assume ((exponent_i >= 6'd2) && (exponent_i <= 6'd60));
    assume ((sum_i & AccWidth'((1 << Zeros) - 1)) == AccWidth'(0));
    if (special_i != 3'd0) begin
      // NaN, or an infinity of one sign.
      assert (infinite);
      assert ((fraction != Fractions'(0)) == (special_i[2] || (special_i == 3'd3)));
      if (fraction == Fractions'(0)) assert (sign == special_i[0]);
    end else if (sum_i == AccWidth'(0)) begin
      assert (result == 32'd0);
    end else begin
      assert (sign == sum_i[AccWidth-1]);
      if (infinite) begin
        // Half a unit of the greatest number, a quarter of what one is there, below the next power.
        assert ((Half != 0) && !toward_zero_i && (fraction == Fractions'(0)));
        assert (exact + (unit >> 2) >= rounded);
      end else if (toward_zero_i) begin
        assert (rounded <= exact);
        if (!greatest) assert (distance < unit);
      end else begin
        assert (distance <= (unit >> 1));
        if (distance == (unit >> 1)) assert (!significand[0]);
        if ((rounded > exact) && (fraction == Fractions'(0)) && (exponent > Exponents'(1)))
          assert (distance <= (unit >> 2));
      end
    end
  end
`endif

endmodule
