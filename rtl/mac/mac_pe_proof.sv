// SPDX-License-Identifier: Apache-2.0
// One line: the sum is that of the integers modulo 2^32, and an overflow is where it differs.
module mac_pe_proof (
  input logic signed [7:0]  a_i,
  input logic signed [7:0]  b_i,
  input logic signed [31:0] c_i
);

  logic signed [31:0] sum;
  logic overflow;

  mac_pe #(
    .Format (0)
  ) i_pe (
    .a_i        (a_i),
    .b_i        (b_i),
    .c_i        (c_i),
    .sum_o      (sum),
    .overflow_o (overflow)
  );

`ifdef FORMAL
  logic signed [39:0] exact;
  assign exact = 40'(c_i) + 40'(a_i) * 40'(b_i);
  always_comb begin
    assert (sum == exact[31:0]);
    assert (overflow == (exact != 40'(sum)));
  end
`endif

endmodule
