// SPDX-License-Identifier: Apache-2.0
// The dot product of two vectors, combinational. A module per product: so each multiplier is mapped
// once, and its area is seen.
module vsq_dot #(
  parameter int unsigned VectorLength     = 16,
  parameter int unsigned WeightWidth      = 4,
  parameter int unsigned ActivationWidth  = 4,
  parameter int unsigned ActivationSigned = 1,
  // Derived, not to be set.
  parameter int unsigned DotWidth         = WeightWidth + ActivationWidth + $clog2(VectorLength)
) (
  input  logic [VectorLength*WeightWidth-1:0]     w_i,
  input  logic [VectorLength*ActivationWidth-1:0] a_i,
  output logic [DotWidth-1:0]                     dot_o
);

  localparam int unsigned ProductWidth = WeightWidth + ActivationWidth;

  logic [VectorLength*ProductWidth-1:0] products;

  for (genvar i = 0; i < VectorLength; i++) begin : gen_lane
    vsq_product #(
      .WeightWidth      (WeightWidth),
      .ActivationWidth  (ActivationWidth),
      .ActivationSigned (ActivationSigned)
    ) i_product (
      .w_i       (w_i[i*WeightWidth +: WeightWidth]),
      .a_i       (a_i[i*ActivationWidth +: ActivationWidth]),
      .product_o (products[i*ProductWidth +: ProductWidth])
    );
  end

  logic signed [ProductWidth-1:0] product;
  logic signed [DotWidth-1:0] sum;

  always_comb begin
    sum     = DotWidth'(0);
    product = ProductWidth'(0);
    for (int unsigned i = 0; i < VectorLength; i++) begin
      product = products[i*ProductWidth +: ProductWidth];
      sum     = sum + DotWidth'(product);
    end
  end

  assign dot_o = sum;

endmodule
