// SPDX-License-Identifier: Apache-2.0
// Check bits of a 64-bit word: eight XOR trees of 26 inputs.
module secded_encode (
  input  logic [63:0] data_i,
  output logic [7:0]  check_o
);

  assign check_o = {^(data_i & secded_pkg::Row7), ^(data_i & secded_pkg::Row6),
                    ^(data_i & secded_pkg::Row5), ^(data_i & secded_pkg::Row4),
                    ^(data_i & secded_pkg::Row3), ^(data_i & secded_pkg::Row2),
                    ^(data_i & secded_pkg::Row1), ^(data_i & secded_pkg::Row0)};

endmodule
