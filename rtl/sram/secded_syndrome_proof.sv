// SPDX-License-Identifier: Apache-2.0
// What the decoder accuses depends on the syndrome alone.
module secded_syndrome_proof (
  input logic [71:0] word_i
);

  logic [7:0]  check;
  logic [63:0] decoded, of_zero;
  logic corrected, uncorrectable, corrected_zero, uncorrectable_zero;

  secded_encode i_encode (
    .data_i  (word_i[63:0]),
    .check_o (check)
  );
  secded_decode i_decode (
    .word_i          (word_i),
    .data_o          (decoded),
    .corrected_o     (corrected),
    .uncorrectable_o (uncorrectable)
  );
  secded_decode i_zero (
    .word_i          ({check ^ word_i[71:64], 64'd0}),
    .data_o          (of_zero),
    .corrected_o     (corrected_zero),
    .uncorrectable_o (uncorrectable_zero)
  );

`ifdef FORMAL
  always_comb begin
    assert (decoded == (word_i[63:0] ^ of_zero));
    assert (corrected == corrected_zero && uncorrectable == uncorrectable_zero);
  end
`endif

endmodule
