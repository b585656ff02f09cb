// SPDX-License-Identifier: Apache-2.0
// One lane: three data registers, moved by the enables of requantize.sv.
module requantize_lane #(
  parameter int unsigned OutputWidth = 8
) (
  input  logic                          clk_i,
  input  logic                          enters_i,
  input  logic                          rounds_i,
  input  logic                          clips_i,
  input  logic signed [31:0]            acc_i,
  input  logic [30:0]                   multiplier_i,
  input  logic [5:0]                    shift_i,
  input  logic signed [OutputWidth-1:0] zero_point_i,  // of the row that is being clipped
  input  logic signed [OutputWidth-1:0] low_i,
  input  logic signed [OutputWidth-1:0] high_i,
  output logic [OutputWidth-1:0]        data_o
);

  // |acc * multiplier| < 2^62.
  localparam int unsigned ProductWidth = 63;
  // The zero point and both bounds have OutputWidth bits: a rounded product beyond two bits more
  // ends at a bound wherever exactly it lies.
  localparam int unsigned NearWidth = OutputWidth + 2;

  logic signed [ProductWidth-1:0] product_q;
  logic [5:0] shift_q;
  logic signed [31:0] multiplier;

  assign multiplier = {1'b0, multiplier_i};

  always_ff @(posedge clk_i) begin
    if (enters_i) begin
      product_q <= ProductWidth'(acc_i) * ProductWidth'(multiplier);
      shift_q   <= shift_i;
    end
  end

  logic signed [NearWidth-1:0] near, near_q;

  requantize_round #(
    .Width    (ProductWidth),
    .OutWidth (NearWidth)
  ) i_round (
    .value_i (product_q),
    .shift_i (shift_q),
    .near_o  (near)
  );

  always_ff @(posedge clk_i) begin
    if (rounds_i) near_q <= near;
  end

  logic signed [NearWidth:0] shifted;
  logic [OutputWidth-1:0] clipped, data_q;

  assign shifted = (NearWidth+1)'(near_q) + (NearWidth+1)'(zero_point_i);

  always_comb begin
    clipped = shifted[OutputWidth-1:0];
    if (shifted < (NearWidth+1)'(low_i)) clipped = low_i;
    else if (shifted > (NearWidth+1)'(high_i)) clipped = high_i;
  end

  always_ff @(posedge clk_i) begin
    if (clips_i) data_q <= clipped;
  end

  assign data_o = data_q;

endmodule
