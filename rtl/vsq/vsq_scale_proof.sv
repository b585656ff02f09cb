// SPDX-License-Identifier: Apache-2.0
// One line: p is the whole number with p - 1/2 <= sw sa / 2^k < p + 1/2, or the greatest there is.
module vsq_scale_proof #(
  parameter int unsigned WeightScaleWidth     = 4,
  parameter int unsigned ActivationScaleWidth = 4,
  parameter int unsigned ProductWidth         = 4
) (
  input logic [WeightScaleWidth-1:0]     sw_i,
  input logic [ActivationScaleWidth-1:0] sa_i
);

  logic [ProductWidth-1:0] p;

  vsq_scale #(
    .WeightScaleWidth     (WeightScaleWidth),
    .ActivationScaleWidth (ActivationScaleWidth),
    .ProductWidth         (ProductWidth)
  ) i_scale (
    .sw_i (sw_i),
    .sa_i (sa_i),
    .p_o  (p)
  );

`ifdef FORMAL
  localparam int unsigned FullWidth = WeightScaleWidth + ActivationScaleWidth;
  localparam int unsigned Shift     = FullWidth - ProductWidth;

  // Twice of everything, so that halves are whole.
  logic [FullWidth+2:0] twice, unit, low, high;

  assign twice = (FullWidth+3)'(FullWidth'(sw_i) * FullWidth'(sa_i)) << 1;
  assign unit  = (FullWidth+3)'(1) << Shift;
  assign low   = ((FullWidth+3)'(p) << (Shift + 1)) - unit;  // used where p > 0
  assign high  = ((FullWidth+3)'(p) << (Shift + 1)) + unit;

  always_comb begin
    assert ((p == ProductWidth'(0)) || (twice >= low));
    assert ((p == {ProductWidth{1'b1}}) || (twice < high));
  end
`endif

endmodule
