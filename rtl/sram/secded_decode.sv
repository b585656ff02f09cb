// SPDX-License-Identifier: Apache-2.0
// Corrects one wrong bit of the 72 and detects two. The syndrome of one error is the column of the
// wrong bit; every column has odd weight, so that of two errors is even, not zero and no column.
module secded_decode (
  input  logic [71:0] word_i,          // {check, data}
  output logic [63:0] data_o,          // as it was read where uncorrectable_o
  output logic        corrected_o,     // data or check bit
  output logic        uncorrectable_o  // two errors, or three and more that look like none of one
);

  logic [7:0]  check, syndrome;
  logic [63:0] accused_data;
  logic [7:0]  accused_check;

  secded_encode i_encode (
    .data_i  (word_i[63:0]),
    .check_o (check)
  );

  assign syndrome = check ^ word_i[71:64];

  for (genvar i = 0; i < 64; i++) begin : gen_data
    assign accused_data[i] =
        syndrome == {secded_pkg::Row7[i], secded_pkg::Row6[i], secded_pkg::Row5[i],
                     secded_pkg::Row4[i], secded_pkg::Row3[i], secded_pkg::Row2[i],
                     secded_pkg::Row1[i], secded_pkg::Row0[i]};
  end
  for (genvar i = 0; i < 8; i++) begin : gen_check
    assign accused_check[i] = syndrome == (8'd1 << i);
  end

  assign data_o          = word_i[63:0] ^ accused_data;
  assign corrected_o     = (accused_data != 64'd0) || (accused_check != 8'd0);
  assign uncorrectable_o = (syndrome != 8'd0) && !corrected_o;

endmodule
