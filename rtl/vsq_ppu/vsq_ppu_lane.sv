// SPDX-License-Identifier: Apache-2.0
// One sum to its scaled value: multiply; round, add the bias, limit, ReLU. Two registers, moved by
// the enables of vsq_ppu.sv.
module vsq_ppu_lane #(
  parameter int unsigned AccumulatorWidth = 24,
  parameter int unsigned ValueWidth       = 13,  // signed
  // Derived, not to be set.
  parameter int unsigned ProductWidth     = AccumulatorWidth + 17,
  parameter int unsigned ShiftWidth       = $clog2(ProductWidth)
) (
  input  logic                               clk_i,
  input  logic                               multiplies_i,
  input  logic                               rounds_i,
  input  logic signed [AccumulatorWidth-1:0] acc_i,
  input  logic [15:0]                        multiplier_i,
  input  logic [ShiftWidth-1:0]              shift_i,  // with the sum
  input  logic signed [ValueWidth-1:0]       bias_i,   // with the sum
  input  logic                               floor_i,  // with the product: nothing below zero
  output logic [ValueWidth-1:0]              value_o
);

  logic signed [ProductWidth-1:0] product_q;
  logic [ShiftWidth-1:0] shift_q;
  logic signed [ValueWidth-1:0] bias_q;
  logic signed [16:0] multiplier;

  assign multiplier = {1'b0, multiplier_i};

  always_ff @(posedge clk_i) begin
    if (multiplies_i) begin
      product_q <= ProductWidth'(acc_i) * ProductWidth'(multiplier);
      shift_q   <= shift_i;
      bias_q    <= bias_i;
    end
  end

  // Two bits more than a value: with any bias, what is beyond these is beyond the limits.
  logic signed [ValueWidth+1:0] near;
  logic signed [ValueWidth+2:0] sum, most;
  logic [ValueWidth-1:0] value_q;

  requantize_round #(
    .Width    (ProductWidth),
    .OutWidth (ValueWidth + 2)
  ) i_round (
    .value_i (product_q),
    .shift_i (shift_q),
    .near_o  (near)
  );

  assign sum  = (ValueWidth+3)'(near) + (ValueWidth+3)'(bias_q);
  assign most = {4'b0000, {(ValueWidth-1){1'b1}}};

  always_ff @(posedge clk_i) begin
    if (rounds_i) begin
      if (floor_i && sum[ValueWidth+2]) value_q <= ValueWidth'(0);
      else if (sum > most) value_q <= most[ValueWidth-1:0];
      else if (sum < -most) value_q <= -most[ValueWidth-1:0];
      else value_q <= sum[ValueWidth-1:0];
    end
  end

  assign value_o = value_q;

endmodule
