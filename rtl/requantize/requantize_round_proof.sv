// SPDX-License-Identifier: Apache-2.0
// One line: half, less one, plus the bit that becomes the lowest, added before the shift.
module requantize_round_proof #(
  parameter int unsigned Width      = 16,
  parameter int unsigned OutWidth   = 6,
  parameter int unsigned ShiftWidth = $clog2(Width)
) (
  input logic signed [Width-1:0] value_i,
  input logic [ShiftWidth-1:0]   shift_i
);

  logic signed [OutWidth-1:0] near;

  requantize_round #(
    .Width    (Width),
    .OutWidth (OutWidth)
  ) i_round (
    .value_i (value_i),
    .shift_i (shift_i),
    .near_o  (near)
  );

`ifdef FORMAL
  logic signed [Width+1:0] value, bias, rounded, most, least;

  assign value   = (Width+2)'(value_i);
  assign bias    = (((Width+2)'(1) << shift_i) >> 1) - (Width+2)'(1) + (Width+2)'(value[shift_i]);
  assign rounded = (shift_i == ShiftWidth'(0)) ? value : ((value + bias) >>> shift_i);
  assign most    = (Width+2)'({1'b0, {(OutWidth-1){1'b1}}});
  assign least   = -most - (Width+2)'(1);

  always_comb assume (32'(shift_i) < Width);
  always_comb begin
    assert ((Width+2)'(near) == ((rounded > most) ? most : (rounded < least) ? least : rounded));
  end
`endif

endmodule
