// SPDX-License-Identifier: Apache-2.0
// One line: half, less one, plus the bit that becomes the lowest, added before the shift.
module pe_group_round_proof #(
  parameter int unsigned SumWidth     = 37,
  parameter int unsigned ElementWidth = 16,
  parameter int unsigned Fraction     = 8
) (
  input logic signed [SumWidth-1:0] sum_i,
  input logic                       relu_i
);

  logic signed [ElementWidth-1:0] limited, wrapped;
  logic limits, wraps;

  pe_group_round #(
    .SumWidth     (SumWidth),
    .ElementWidth (ElementWidth),
    .Fraction     (Fraction),
    .Saturate     (1)
  ) i_saturating (
    .sum_i      (sum_i),
    .relu_i     (relu_i),
    .result_o   (limited),
    .overflow_o (limits)
  );
  pe_group_round #(
    .SumWidth     (SumWidth),
    .ElementWidth (ElementWidth),
    .Fraction     (Fraction),
    .Saturate     (0)
  ) i_wrapping (
    .sum_i      (sum_i),
    .relu_i     (1'b0),
    .result_o   (wrapped),
    .overflow_o (wraps)
  );

`ifdef FORMAL
  localparam int unsigned W = SumWidth + 2;
  logic signed [W-1:0] sum, bias, rounded, most, least, bounded;
  assign sum     = W'(sum_i);
  assign bias    = (W'(1) << (Fraction - 1)) - W'(1) + W'({1'b0, sum_i[Fraction]});
  assign rounded = (sum + bias) >>> Fraction;
  assign most    = W'({1'b0, {(ElementWidth-1){1'b1}}});
  assign least   = -most - W'(1);
  assign bounded = (rounded > most) ? most : (rounded < least) ? least : rounded;
  always_comb begin
    assert (W'(limited) == ((relu_i && bounded < W'(0)) ? W'(0) : bounded));
    assert (wrapped == rounded[ElementWidth-1:0]);
    assert (limits == (bounded != rounded));
    assert (wraps == limits);
  end
`endif

endmodule
