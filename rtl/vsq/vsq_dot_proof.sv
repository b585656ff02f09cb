// SPDX-License-Identifier: Apache-2.0
// One line: the sum over the bits of the activations of shifted weights, the top bit's taken off
// where it is a sign.
module vsq_dot_proof #(
  parameter int unsigned VectorLength     = 2,
  parameter int unsigned WeightWidth      = 4,
  parameter int unsigned ActivationWidth  = 4,
  parameter int unsigned ActivationSigned = 1,
  parameter int unsigned DotWidth         = WeightWidth + ActivationWidth + $clog2(VectorLength)
) (
  input logic [VectorLength*WeightWidth-1:0]     w_i,
  input logic [VectorLength*ActivationWidth-1:0] a_i
);

  logic signed [DotWidth-1:0] dot;

  vsq_dot #(
    .VectorLength     (VectorLength),
    .WeightWidth      (WeightWidth),
    .ActivationWidth  (ActivationWidth),
    .ActivationSigned (ActivationSigned)
  ) i_dot (
    .w_i   (w_i),
    .a_i   (a_i),
    .dot_o (dot)
  );

`ifdef FORMAL
  localparam int unsigned ExactWidth = DotWidth + 2;

  logic signed [WeightWidth-1:0] w;
  logic signed [ExactWidth-1:0] exact, shifted;

  always_comb begin
    exact   = ExactWidth'(0);
    w       = WeightWidth'(0);
    shifted = ExactWidth'(0);
    for (int unsigned i = 0; i < VectorLength; i++) begin
      w = w_i[i*WeightWidth +: WeightWidth];
      for (int unsigned b = 0; b < ActivationWidth; b++) begin
        shifted = ExactWidth'(w) <<< b;
        if (!a_i[i*ActivationWidth + b]) shifted = ExactWidth'(0);
        if ((ActivationSigned == 1) && (b == ActivationWidth - 1)) exact = exact - shifted;
        else exact = exact + shifted;
      end
    end
  end
  always_comb assert (ExactWidth'(dot) == exact);
`endif

endmodule
