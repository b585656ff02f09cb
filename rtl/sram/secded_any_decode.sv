// SPDX-License-Identifier: Apache-2.0
// Detects what secded_any_encode.sv does, and corrects nothing.
module secded_decode (
  input  logic [71:0] word_i,
  output logic [63:0] data_o,
  output logic        corrected_o,
  output logic        uncorrectable_o
);

  logic [7:0] check;

  secded_encode i_encode (
    .data_i  (word_i[63:0]),
    .check_o (check)
  );

  assign data_o          = word_i[63:0];
  assign corrected_o     = 1'b0;
  assign uncorrectable_o = check != word_i[71:64];

endmodule
