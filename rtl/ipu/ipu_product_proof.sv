// SPDX-License-Identifier: Apache-2.0
// One line: the nibble products of an integer mode, each at its place, add up to the product of the
// operands.
module ipu_product_proof (
  input logic [7:0] a_i,
  input logic [7:0] b_i,
  input logic [1:0] mode_i
);

  logic signed [19:0] sum;

  ipu_integer_model i_model (
    .a_i    (a_i),
    .b_i    (b_i),
    .mode_i (mode_i),
    .i_i    (2'd1),
    .j_i    (2'd1),
    .rest_o (sum)
  );

`ifdef FORMAL
  logic signed [3:0] a4, b4;
  logic signed [7:0] a8, b8;

  assign a4 = a_i[3:0];
  assign b4 = b_i[3:0];
  assign a8 = a_i;
  assign b8 = b_i;
  always_comb begin
    if (mode_i == ipu_pkg::Int4) assert (sum == 20'(a4) * 20'(b4));
    if (mode_i == ipu_pkg::Int8x4) assert (sum == 20'(a8) * 20'(b4));
    if (mode_i == ipu_pkg::Int8) assert (sum == 20'(a8) * 20'(b8));
  end
`endif

endmodule
