// SPDX-License-Identifier: Apache-2.0
// Wrong on purpose: halves are rounded up, not to even. Right in all but one of 2^shift products.
module requantize #(
  parameter int unsigned Lanes       = 4,
  parameter int unsigned OutputWidth = 8
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         valid_i,
  output logic                         ready_o,
  input  logic [Lanes*32-1:0]          acc_i,
  input  logic [Lanes*31-1:0]          multiplier_i,
  input  logic [Lanes*6-1:0]           shift_i,
  input  logic signed [OutputWidth-1:0] zero_point_i,
  input  logic signed [OutputWidth-1:0] low_i,
  input  logic signed [OutputWidth-1:0] high_i,
  input  logic                         relu_i,
  output logic                         valid_o,
  input  logic                         ready_i,
  output logic [Lanes*OutputWidth-1:0] data_o
);

  logic [2:0] valid_q;
  logic moves;
  logic [Lanes*OutputWidth-1:0] result, one_q, two_q, three_q;

  assign moves   = !valid_q[2] || ready_i;
  assign ready_o = moves;
  assign valid_o = valid_q[2];
  assign data_o  = three_q;

  logic signed [63:0] low, high;
  assign low  = (relu_i && (zero_point_i > low_i)) ? 64'(zero_point_i) : 64'(low_i);
  assign high = 64'(high_i);

  for (genvar i = 0; i < Lanes; i++) begin : gen_lane
    logic signed [63:0] product, rounded, y;
    logic [5:0] shift;
    logic signed [31:0] acc;

    assign acc     = acc_i[i*32 +: 32];
    assign shift   = shift_i[i*6 +: 6];
    assign product = 64'(acc) * $signed({33'd0, multiplier_i[i*31 +: 31]});
    assign rounded = (product + ((64'sd1 <<< shift) >>> 1)) >>> shift;
    assign y       = rounded + 64'(zero_point_i);
    assign result[i*OutputWidth +: OutputWidth] =
        (y < low) ? OutputWidth'(low) : (y > high) ? OutputWidth'(high) : OutputWidth'(y);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= 3'd0;
    else if (moves) valid_q <= {valid_q[1:0], valid_i};
  end

  always_ff @(posedge clk_i) begin
    if (moves) begin
      one_q   <= result;
      two_q   <= one_q;
      three_q <= two_q;
    end
  end

endmodule
