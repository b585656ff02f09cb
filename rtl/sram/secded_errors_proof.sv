// SPDX-License-Identifier: Apache-2.0
// All 72 single and all 2556 double errors of a word that holds zero: the one is corrected, the
// other detected and left. By secded_syndrome_proof and secded_linear_proof what holds for zero
// holds for all data.
module secded_errors_proof (
  input logic [6:0] first_i,
  input logic [6:0] second_i
);

  logic [71:0] errors;
  logic [63:0] decoded;
  logic corrected, uncorrectable;

  assign errors = (72'd1 << first_i) | (72'd1 << second_i);

  secded_decode i_decode (
    .word_i          (errors),
    .data_o          (decoded),
    .corrected_o     (corrected),
    .uncorrectable_o (uncorrectable)
  );

`ifdef FORMAL
  always_comb begin
    assume (first_i < 7'd72 && second_i < 7'd72);
    if (first_i == second_i) assert (corrected && !uncorrectable && decoded == 64'd0);
    else assert (!corrected && uncorrectable && decoded == errors[63:0]);
  end
`endif

endmodule
