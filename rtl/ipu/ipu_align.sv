// SPDX-License-Identifier: Apache-2.0
// The local shifters: every product with Width - 9 places below it, shifted right by its lane's
// alignment; what falls off is lost (floor). Lanes that are not served are zero.
module ipu_align #(
  parameter int unsigned Lanes      = 16,
  parameter int unsigned Width      = 16,
  parameter int unsigned LocalWidth = 3
) (
  input  logic [Lanes*ipu_pkg::ProductWidth-1:0] product_i,
  input  logic [Lanes-1:0]                       serve_i,
  input  logic [Lanes*LocalWidth-1:0]            local_i,
  output logic [Lanes*Width-1:0]                 aligned_o
);

  for (genvar k = 0; k < Lanes; k++) begin : gen_lane
    logic [8:0] served;
    logic signed [Width-1:0] wide;

    assign served = product_i[k*9 +: 9] & {9{serve_i[k]}};
    assign wide   = {served, {(Width-9){1'b0}}};
    assign aligned_o[k*Width +: Width] = wide >>> local_i[k*LocalWidth +: LocalWidth];
  end

endmodule
