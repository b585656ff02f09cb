// SPDX-License-Identifier: Apache-2.0
// For proofs: what is left of one lane's integer product from nibbles i and j on, in the order of
// ipu_sequencer, each nibble product at its place. Whatever ipu_multipliers multiplies.
module ipu_integer_model (
  input  logic [7:0]         a_i,
  input  logic [7:0]         b_i,
  input  logic [1:0]         mode_i,
  input  logic [1:0]         i_i,
  input  logic [1:0]         j_i,
  output logic signed [19:0] rest_o
);

  logic two_a, two_b;  // nibbles
  logic [9:0] nibbles_a, nibbles_b;
  logic signed [8:0] low_low, low_high, high_low, high_high;

  assign two_a     = mode_i != ipu_pkg::Int4;
  assign two_b     = mode_i == ipu_pkg::Int8;
  assign nibbles_a = {a_i[7], a_i[7:4], !two_a && a_i[3], a_i[3:0]};
  assign nibbles_b = {b_i[7], b_i[7:4], !two_b && b_i[3], b_i[3:0]};

  // a's nibble first.
  ipu_multipliers #(
    .Lanes (4)
  ) i_multipliers (
    .a_i       ({nibbles_a[9:5], nibbles_a[9:5], nibbles_a[4:0], nibbles_a[4:0]}),
    .b_i       ({nibbles_b, nibbles_b}),
    .product_o ({high_high, high_low, low_high, low_low})
  );

  always_comb begin
    rest_o = 20'(low_low);
    if (two_b && ((i_i == 2'd1) || (j_i == 2'd1))) rest_o = rest_o + (20'(low_high) <<< 4);
    if (two_a && (i_i == 2'd1)) rest_o = rest_o + (20'(high_low) <<< 4);
    if (two_a && two_b && (i_i == 2'd1) && (j_i == 2'd1))
      rest_o = rest_o + (20'(high_high) <<< 8);
  end

endmodule
