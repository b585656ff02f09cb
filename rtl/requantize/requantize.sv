// SPDX-License-Identifier: Apache-2.0
// int32 accumulators to narrow integers, Lanes per cycle:
//
//   y = clip(zero_point + RNE(acc * multiplier / 2^shift), low, high)
//
// with one exact 64-bit product and one rounding, half to even. ReLU raises `low` to the zero point,
// which is what zero looks like at the output. low > high: whatever lies below low becomes low,
// everything else high.
//
// Three stages: multiply, shift and round, clip. A row that enters in cycle t is on data_o from
// t + 3 on when nobody holds it; when the last row is held (valid_o and not ready_i), all stand
// still. So ready_o follows ready_i within the cycle: rtl/fifo cuts that path where it is too long.
module requantize #(
  parameter int unsigned Lanes       = 4,
  parameter int unsigned OutputWidth = 8  // bits of the zero point, the bounds and the result
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         valid_i,
  output logic                         ready_o,
  input  logic [Lanes*32-1:0]          acc_i,
  input  logic [Lanes*31-1:0]          multiplier_i,
  input  logic [Lanes*6-1:0]           shift_i,
  input  logic [OutputWidth-1:0]       zero_point_i,
  input  logic [OutputWidth-1:0]       low_i,
  input  logic [OutputWidth-1:0]       high_i,
  input  logic                         relu_i,
  output logic                         valid_o,
  input  logic                         ready_i,
  output logic [Lanes*OutputWidth-1:0] data_o
);

  logic valid_product_q, valid_rounded_q, valid_q;
  logic moves, enters, rounds, clips;

  assign moves   = !valid_q || ready_i;
  assign ready_o = moves;
  assign valid_o = valid_q;
  assign enters  = moves && valid_i;
  assign rounds  = moves && valid_product_q;
  assign clips   = moves && valid_rounded_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_product_q <= 1'b0;
      valid_rounded_q <= 1'b0;
      valid_q         <= 1'b0;
    end else if (moves) begin
      valid_product_q <= valid_i;
      valid_rounded_q <= valid_product_q;
      valid_q         <= valid_rounded_q;
    end
  end

  // What belongs to a row rides along.
  logic signed [OutputWidth-1:0] zero_point_product_q, zero_point_rounded_q;
  logic signed [OutputWidth-1:0] low_product_q, low_rounded_q, high_product_q, high_rounded_q;
  logic signed [OutputWidth-1:0] zero_point, low;

  assign zero_point = zero_point_i;
  assign low        = low_i;

  always_ff @(posedge clk_i) begin
    if (enters) begin
      zero_point_product_q <= zero_point;
      low_product_q        <= (relu_i && (low < zero_point)) ? zero_point : low;
      high_product_q       <= high_i;
    end
    if (rounds) begin
      zero_point_rounded_q <= zero_point_product_q;
      low_rounded_q        <= low_product_q;
      high_rounded_q       <= high_product_q;
    end
  end

  for (genvar i = 0; i < Lanes; i++) begin : gen_lane
    requantize_lane #(
      .OutputWidth (OutputWidth)
    ) i_lane (
      .clk_i        (clk_i),
      .enters_i     (enters),
      .rounds_i     (rounds),
      .clips_i      (clips),
      .acc_i        (acc_i[i*32 +: 32]),
      .multiplier_i (multiplier_i[i*31 +: 31]),
      .shift_i      (shift_i[i*6 +: 6]),
      .zero_point_i (zero_point_rounded_q),
      .low_i        (low_rounded_q),
      .high_i       (high_rounded_q),
      .data_o       (data_o[i*OutputWidth +: OutputWidth])
    );
  end

`ifdef FORMAL
  logic started_q;
  initial started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always_comb if (!started_q) assume (!rst_ni);

  // A row that is offered stays, unchanged, until it is taken.
  logic held_q;
  logic [Lanes*OutputWidth-1:0] offered_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) held_q <= 1'b0;
    else held_q <= valid_o && !ready_i;
  end
  always_ff @(posedge clk_i) offered_q <= data_o;
  always_comb begin
    if (started_q && rst_ni && held_q) assert (valid_o && (data_o == offered_q));
  end
`endif

endmodule
