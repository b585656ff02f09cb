// SPDX-License-Identifier: Apache-2.0
// A requantiser that is not Mantissa's: rows of structs instead of flat registers, all arithmetic
// in 64 bits, rounding by a bias. Its ports are those that `mantissa cosim requantize --ports`
// lists, and so is its time: three stages that stand still together.
module my_requantizer
  import my_requantizer_pkg::*;
#(
  parameter int unsigned Lanes       = 4,
  parameter int unsigned OutputWidth = 8
) (
  input  logic                              clk_i,
  input  logic                              rst_ni,
  input  logic                              valid_i,
  output logic                              ready_o,
  input  logic [Lanes-1:0][31:0]            acc_i,
  input  logic [Lanes-1:0][30:0]            multiplier_i,
  input  logic [Lanes-1:0][5:0]             shift_i,
  input  logic signed [OutputWidth-1:0]     zero_point_i,
  input  logic signed [OutputWidth-1:0]     low_i,
  input  logic signed [OutputWidth-1:0]     high_i,
  input  logic                              relu_i,
  output logic                              valid_o,
  input  logic                              ready_i,
  output logic [Lanes-1:0][OutputWidth-1:0] data_o
);

  typedef struct packed {
    logic [Lanes-1:0][5:0] shift;
    wide_t                 zero_point;
    wide_t                 low;
    wide_t                 high;
  } row_t;

  row_t row_in, row_q[2];
  wide_t product_q[Lanes], moved_q[Lanes];
  logic [2:0] valid_q;
  logic moves;

  assign moves   = !valid_q[2] || ready_i;
  assign ready_o = moves;
  assign valid_o = valid_q[2];

  always_comb begin
    row_in.shift      = shift_i;
    row_in.zero_point = 64'(zero_point_i);
    row_in.low        = 64'(low_i);
    row_in.high       = 64'(high_i);
    if (relu_i && zero_point_i > low_i) row_in.low = row_in.zero_point;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= '0;
    else if (moves) valid_q <= {valid_q[1:0], valid_i};
  end

  always_ff @(posedge clk_i) begin
    if (moves) begin
      row_q[0] <= row_in;
      row_q[1] <= row_q[0];
      for (int i = 0; i < Lanes; i++) begin
        product_q[i] <= 64'(signed'(acc_i[i])) * 64'(multiplier_i[i]);
        moved_q[i]   <= row_q[0].zero_point + divided(product_q[i], row_q[0].shift[i]);
        data_o[i]    <= OutputWidth'(limited(moved_q[i], row_q[1].low, row_q[1].high));
      end
    end
  end

  // Checked in simulation, and found at once when they are broken.
  assert property (@(posedge clk_i) disable iff (!rst_ni) valid_o && !ready_i |=> valid_o);

endmodule
