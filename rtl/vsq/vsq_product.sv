// SPDX-License-Identifier: Apache-2.0
// One weight times one activation: signed times signed, or signed times unsigned.
module vsq_product #(
  parameter int unsigned WeightWidth      = 4,
  parameter int unsigned ActivationWidth  = 4,
  parameter int unsigned ActivationSigned = 1,
  // Derived, not to be set.
  parameter int unsigned Width            = WeightWidth + ActivationWidth
) (
  input  logic [WeightWidth-1:0]     w_i,
  input  logic [ActivationWidth-1:0] a_i,
  output logic [Width-1:0]           product_o
);

  logic signed [WeightWidth-1:0] w;
  assign w = w_i;

  if (ActivationSigned == 1) begin : gen_signed
    logic signed [ActivationWidth-1:0] a;
    assign a         = a_i;
    assign product_o = Width'(w) * Width'(a);
  end else begin : gen_unsigned
    logic signed [ActivationWidth:0] a;
    assign a         = {1'b0, a_i};
    assign product_o = Width'(w) * Width'(a);
  end

endmodule
