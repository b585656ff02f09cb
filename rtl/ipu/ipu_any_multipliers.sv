// SPDX-License-Identifier: Apache-2.0
// Stands in for the multipliers where what lies around them is proved: both factors side by side,
// so that products are equal only if their factors are, but for a sign.
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
    assign product_o[k*9 +: 9] = {a_i[k*5+4] ^ b_i[k*5+4], a_i[k*5 +: 4], b_i[k*5 +: 4]};
  end

endmodule
