// SPDX-License-Identifier: Apache-2.0
// a + b, combinational.
module fp32_add (
  input  logic [fp32_pkg::Width-1:0] a_i,
  input  logic [fp32_pkg::Width-1:0] b_i,
  output logic [fp32_pkg::Width-1:0] sum_o
);

  assign sum_o = fp32_pkg::add(a_i, b_i);

endmodule
