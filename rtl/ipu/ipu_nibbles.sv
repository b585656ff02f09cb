// SPDX-License-Identifier: Apache-2.0
// One nibble of every operand, with its sign: that of a binary16 number goes with each of its
// nibbles; of an integer in two's complement only the top nibble is signed.
module ipu_nibbles #(
  parameter int unsigned Lanes = 16
) (
  input  logic [Lanes*ipu_pkg::CodeWidth-1:0]   code_i,
  input  logic                                  fp_i,
  input  logic [1:0]                            index_i,  // 0: the lowest
  input  logic                                  top_i,    // it is the top one
  output logic [Lanes*ipu_pkg::NibbleWidth-1:0] nibble_o
);

  for (genvar k = 0; k < Lanes; k++) begin : gen_lane
    logic [12:0] code;
    logic [3:0] bits;
    logic [4:0] magnitude;

    assign code      = code_i[k*13 +: 13];
    assign bits      = index_i[1] ? code[11:8] : index_i[0] ? code[7:4] : code[3:0];
    assign magnitude = {1'b0, bits};
    assign nibble_o[k*5 +: 5] = !fp_i    ? {top_i && bits[3], bits}
                              : code[12] ? 5'd0 - magnitude : magnitude;
  end

endmodule
