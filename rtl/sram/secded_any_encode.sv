// SPDX-License-Identifier: Apache-2.0
// Stands in for the code where the memory around it is proved: a parity of every byte, so that each
// data bit is in one check bit. The memory asks no more of a code than that what was encoded is
// decoded without a correction, which secded_*_proof.sv say of the real one.
module secded_encode (
  input  logic [63:0] data_i,
  output logic [7:0]  check_o
);

  assign check_o = {^data_i[63:56], ^data_i[55:48], ^data_i[47:40], ^data_i[39:32],
                    ^data_i[31:24], ^data_i[23:16], ^data_i[15:8],  ^data_i[7:0]};

endmodule
