// SPDX-License-Identifier: Apache-2.0
// One 5 x 5 bit signed multiplier per lane. No nibble is -16, so that nine bits hold a product.
module ipu_multipliers #(
  parameter int unsigned Lanes = 16
) (
  input  logic [Lanes*ipu_pkg::NibbleWidth-1:0]  a_i,
  input  logic [Lanes*ipu_pkg::NibbleWidth-1:0]  b_i,
  output logic [Lanes*ipu_pkg::ProductWidth-1:0] product_o
);

  for (genvar k = 0; k < Lanes; k++) begin : gen_lane
    logic signed [4:0] a, b;
    logic signed [8:0] product;

    assign a       = a_i[k*5 +: 5];
    assign b       = b_i[k*5 +: 5];
    assign product = a * b;
    assign product_o[k*9 +: 9] = product;
  end

endmodule
