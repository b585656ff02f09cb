// SPDX-License-Identifier: Apache-2.0
// One line: the exact sum where it fits, else the end of the range that it passed.
module vsq_accumulate_proof #(
  parameter int unsigned Width      = 10,
  parameter int unsigned DotWidth   = 6,
  parameter int unsigned ScaleWidth = 3
) (
  input logic signed [Width-1:0]    acc_i,
  input logic signed [DotWidth-1:0] dot_i,
  input logic [ScaleWidth-1:0]      p_i
);

  logic signed [Width-1:0] sum;
  logic overflow;

  vsq_accumulate #(
    .Width      (Width),
    .DotWidth   (DotWidth),
    .ScaleWidth (ScaleWidth)
  ) i_accumulate (
    .acc_i      (acc_i),
    .dot_i      (dot_i),
    .p_i        (p_i),
    .sum_o      (sum),
    .overflow_o (overflow)
  );

`ifdef FORMAL
  localparam int unsigned ExactWidth = Width + DotWidth + ScaleWidth;

  logic signed [ExactWidth-1:0] exact, most, least;

  // The term as p additions of the dot product, bit by bit.
  always_comb begin
    exact = ExactWidth'(acc_i);
    for (int unsigned b = 0; b < ScaleWidth; b++)
      if (p_i[b]) exact = exact + (ExactWidth'(dot_i) <<< b);
  end
  assign most  = (ExactWidth'(1) <<< (Width - 1)) - ExactWidth'(1);
  assign least = -most - ExactWidth'(1);

  always_comb begin
    assert (ExactWidth'(sum) == ((exact > most) ? most : (exact < least) ? least : exact));
    assert (overflow == ((exact > most) || (exact < least)));
  end
`endif

endmodule
