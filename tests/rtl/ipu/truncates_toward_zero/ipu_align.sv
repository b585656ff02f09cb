// SPDX-License-Identifier: Apache-2.0
// Wrong on purpose: what falls off is cut from the magnitude, so that negative products are shifted
// toward zero, not down. Right for every product that loses nothing.
module ipu_align #(
  parameter int unsigned Lanes        = 16,
  parameter int unsigned Width        = 16,
  parameter int unsigned ProductWidth = 9,
  parameter int unsigned LocalWidth   = 3,
  parameter int unsigned Formats      = 0
) (
  input  logic [Lanes*ProductWidth-1:0] product_i,
  input  logic [Lanes-1:0]              serve_i,
  input  logic [Lanes*LocalWidth-1:0]   local_i,
  output logic [Lanes*Width-1:0]        aligned_o
);

  for (genvar k = 0; k < Lanes; k++) begin : gen_lane
    logic [8:0] product;
    logic [Width-1:0] magnitude, shifted;

    assign product   = serve_i[k] ? product_i[k*9 +: 9] : 9'd0;
    assign magnitude = {product[8] ? 9'd0 - product : product, {(Width-9){1'b0}}};
    assign shifted   = magnitude >> local_i[k*LocalWidth +: LocalWidth];
    assign aligned_o[k*Width +: Width] = product[8] ? Width'(0) - shifted : shifted;
  end

endmodule
