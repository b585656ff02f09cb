// SPDX-License-Identifier: Apache-2.0
// One line: the sum is that of the integers modulo 2^32, and an overflow is where it differs.
module accumulator_add_proof (
  input logic               first_i,
  input logic signed [31:0] old_i,
  input logic signed [31:0] addend_i
);

  logic signed [31:0] sum;
  logic overflow;

  accumulator_add i_add (
    .first_i    (first_i),
    .old_i      (old_i),
    .addend_i   (addend_i),
    .sum_o      (sum),
    .overflow_o (overflow)
  );

`ifdef FORMAL
  logic signed [39:0] exact;
  assign exact = (first_i ? 40'sd0 : 40'(old_i)) + 40'(addend_i);
  always_comb begin
    assert (sum == exact[31:0]);
    assert (overflow == (exact != 40'(sum)));
  end
`endif

endmodule
