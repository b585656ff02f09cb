// SPDX-License-Identifier: Apache-2.0
// The local shifters: every product at the top of a window of Width bits, shifted right by its
// lane's alignment; what falls off is lost (floor). Lanes that are not served are zero. Integers
// need no shifter.
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
    logic [ProductWidth-1:0] product, served;
    logic signed [Width-1:0] wide;

    assign product = product_i[k*ProductWidth +: ProductWidth];
    assign served  = product & {ProductWidth{serve_i[k]}};
    if (Formats == ipu_pkg::Integers) begin : gen_integer
      assign wide = Width'(product) << (Width - ProductWidth);
      assign aligned_o[k*Width +: Width] = wide;
    end else begin : gen_shifter
      assign wide = Width'(served) << (Width - ProductWidth);
      assign aligned_o[k*Width +: Width] = wide >>> local_i[k*LocalWidth +: LocalWidth];
    end
  end

endmodule
