// SPDX-License-Identifier: Apache-2.0
// For all data and all errors: check bit Row of both together is the sum of those of either. The
// syndrome of a read word is therefore that of its errors alone, whatever the word held.
module secded_linear_proof #(
  parameter int unsigned Row = 0
) (
  input logic [63:0] data_i,
  input logic [63:0] errors_i
);

  logic [7:0] of_data, of_errors, of_both;

  secded_encode i_data (
    .data_i  (data_i),
    .check_o (of_data)
  );
  secded_encode i_errors (
    .data_i  (errors_i),
    .check_o (of_errors)
  );
  secded_encode i_both (
    .data_i  (data_i ^ errors_i),
    .check_o (of_both)
  );

`ifdef FORMAL
  always_comb assert (of_both[Row] == (of_data[Row] ^ of_errors[Row]));
`endif

endmodule
