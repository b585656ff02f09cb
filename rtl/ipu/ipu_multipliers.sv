// SPDX-License-Identifier: Apache-2.0
// One signed multiplier per lane, of a digit of a and a digit of b with their signs. No digit is
// the least number of its bits, so that ProductWidth bits hold a product.
module ipu_multipliers #(
  parameter int unsigned Lanes        = 16,
  parameter int unsigned DigitA       = 4,
  parameter int unsigned DigitB       = 4,
  parameter int unsigned ProductWidth = ipu_pkg::product_width(DigitA, DigitB)
) (
  input  logic [Lanes*(DigitA+1)-1:0]   a_i,
  input  logic [Lanes*(DigitB+1)-1:0]   b_i,
  output logic [Lanes*ProductWidth-1:0] product_o
);

  for (genvar k = 0; k < Lanes; k++) begin : gen_lane
    logic signed [DigitA:0] a;
    logic signed [DigitB:0] b;
    logic signed [ProductWidth-1:0] product;

    assign a       = a_i[k*(DigitA+1) +: DigitA+1];
    assign b       = b_i[k*(DigitB+1) +: DigitB+1];
    assign product = a * b;
    assign product_o[k*ProductWidth +: ProductWidth] = product;
  end

endmodule
