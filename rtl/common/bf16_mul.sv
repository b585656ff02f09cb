// SPDX-License-Identifier: Apache-2.0
// a * b as binary32, combinational.
module bf16_mul (
  input  logic [15:0] a_i,
  input  logic [15:0] b_i,
  output logic [31:0] product_o
);

  assign product_o = bf16_pkg::multiply(a_i, b_i);

endmodule
