// SPDX-License-Identifier: Apache-2.0
// One line: the sum is that of the integers, limited, or modulo 2^ElementWidth; an overflow is where
// it differs.
module embedding_lookup_add_proof #(
  parameter int unsigned ElementWidth = 32
) (
  input logic                           first_i,
  input logic signed [ElementWidth-1:0] old_i,
  input logic signed [ElementWidth-1:0] element_i
);

  logic signed [ElementWidth-1:0] wrapped, limited;
  logic wraps, limits;

  embedding_lookup_add #(
    .ElementWidth (ElementWidth),
    .Saturate     (0)
  ) i_wrapping (
    .first_i    (first_i),
    .old_i      (old_i),
    .element_i  (element_i),
    .sum_o      (wrapped),
    .overflow_o (wraps)
  );
  embedding_lookup_add #(
    .ElementWidth (ElementWidth),
    .Saturate     (1)
  ) i_saturating (
    .first_i    (first_i),
    .old_i      (old_i),
    .element_i  (element_i),
    .sum_o      (limited),
    .overflow_o (limits)
  );

`ifdef FORMAL
  localparam int unsigned W = ElementWidth + 2;
  logic signed [W-1:0] exact, most, least;
  assign exact = (first_i ? W'(0) : W'(old_i)) + W'(element_i);
  assign most  = W'({1'b0, {(ElementWidth-1){1'b1}}});
  assign least = -most - W'(1);
  always_comb begin
    assert (wrapped == exact[ElementWidth-1:0]);
    assert (wraps == (exact != W'(wrapped)));
    assert (W'(limited) == ((exact > most) ? most : (exact < least) ? least : exact));
    assert (limits == wraps);
  end
`endif

endmodule
