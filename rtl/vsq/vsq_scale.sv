// SPDX-License-Identifier: Apache-2.0
// The product of the two scales of a vector, rounded half up to ProductWidth bits and saturated:
//
//   p = min((sw * sa + 2^(k-1)) >> k, 2^R - 1),  k = Mw + Ma - R;  R = 0: the full product
//
// A scale of 0 bits counts as 1. Combinational.
module vsq_scale #(
  parameter int unsigned WeightScaleWidth     = 4,
  parameter int unsigned ActivationScaleWidth = 4,
  parameter int unsigned ProductWidth         = 0,  // R
  // Derived, not to be set.
  parameter int unsigned WeightPort     = (WeightScaleWidth == 0) ? 1 : WeightScaleWidth,
  parameter int unsigned ActivationPort = (ActivationScaleWidth == 0) ? 1 : ActivationScaleWidth,
  parameter int unsigned FullWidth      = (WeightScaleWidth + ActivationScaleWidth == 0)
                                          ? 1 : WeightScaleWidth + ActivationScaleWidth,
  parameter int unsigned Width          = (ProductWidth == 0) ? FullWidth : ProductWidth
) (
  input  logic [WeightPort-1:0]     sw_i,
  input  logic [ActivationPort-1:0] sa_i,
  output logic [Width-1:0]          p_o
);

  localparam int unsigned Shift = FullWidth - Width;

  logic [FullWidth-1:0] sw, sa, full;

  assign sw   = (WeightScaleWidth == 0) ? FullWidth'(1) : FullWidth'(sw_i);
  assign sa   = (ActivationScaleWidth == 0) ? FullWidth'(1) : FullWidth'(sa_i);
  assign full = sw * sa;

  if (Shift == 0) begin : gen_full
    assign p_o = full;
  end else begin : gen_rounded
    logic [Width:0] p;

    assign p   = (Width+1)'(({1'b0, full} + ((FullWidth+1)'(1) << (Shift - 1))) >> Shift);
    assign p_o = p[Width] ? {Width{1'b1}} : p[Width-1:0];
  end

endmodule
