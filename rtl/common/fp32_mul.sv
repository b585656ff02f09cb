// SPDX-License-Identifier: Apache-2.0
// a * b, combinational.
module fp32_mul (
  input  logic [fp32_pkg::Width-1:0] a_i,
  input  logic [fp32_pkg::Width-1:0] b_i,
  output logic [fp32_pkg::Width-1:0] product_o
);

  assign product_o = fp32_pkg::multiply(a_i, b_i);

endmodule
