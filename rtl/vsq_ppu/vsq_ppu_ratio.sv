// SPDX-License-Identifier: Apache-2.0
// RNE(value Q / largest) with Q = 2^QuotientWidth - 1 and value <= largest, exact, by long division
// in two stages: the dividend and the first digits of twice the quotient before the register, the
// others and rounding behind it. Values that are all zero have quotients of zero.
module vsq_ppu_ratio #(
  parameter int unsigned ValueWidth    = 12,
  parameter int unsigned QuotientWidth = 3
) (
  input  logic                     clk_i,
  input  logic                     divides_i,
  input  logic [ValueWidth-1:0]    value_i,
  input  logic [ValueWidth-1:0]    largest_i,
  input  logic [ValueWidth-1:0]    largest_q_i,  // the same, with the quotient
  output logic [QuotientWidth-1:0] quotient_o    // of what was offered a cycle before
);

  localparam int unsigned Digits     = QuotientWidth + 1;
  localparam int unsigned First      = (Digits - 1) / 2;  // so that both take about as long
  localparam int unsigned Second     = Digits - First;
  localparam int unsigned TwiceWidth = ValueWidth + Digits;

  // 2 Q value, whose upper ValueWidth bits are below `largest`.
  logic [TwiceWidth-1:0] twice;
  logic [ValueWidth-1:0] divisor, divisor_second;

  assign twice          = (TwiceWidth'(value_i) << Digits) - (TwiceWidth'(value_i) << 1);
  assign divisor        = (largest_i == ValueWidth'(0)) ? ValueWidth'(1) : largest_i;
  assign divisor_second = (largest_q_i == ValueWidth'(0)) ? ValueWidth'(1) : largest_q_i;

  logic [First-1:0] first, first_q;
  logic [Second-1:0] second, digits_q;
  logic [ValueWidth-1:0] rest, rest_q, rest_second;

  vsq_ppu_long_division #(
    .Width (ValueWidth),
    .Steps (First)
  ) i_first (
    .rest_i     (twice[Digits +: ValueWidth]),
    .digits_i   (twice[Second +: First]),
    .divisor_i  (divisor),
    .quotient_o (first),
    .rest_o     (rest)
  );

  always_ff @(posedge clk_i) begin
    if (divides_i) begin
      first_q  <= first;
      rest_q   <= rest;
      digits_q <= twice[Second-1:0];
    end
  end

  vsq_ppu_long_division #(
    .Width (ValueWidth),
    .Steps (Second)
  ) i_second (
    .rest_i     (rest_q),
    .digits_i   (digits_q),
    .divisor_i  (divisor_second),
    .quotient_o (second),
    .rest_o     (rest_second)
  );

  // An odd number of halves goes up, except a tie whose floor is even.
  logic [Digits-1:0] halves;
  logic up;

  assign halves     = {first_q, second};
  assign up         = halves[0] && ((rest_second != ValueWidth'(0)) || halves[1]);
  assign quotient_o = halves[Digits-1:1] + QuotientWidth'(up);

endmodule
