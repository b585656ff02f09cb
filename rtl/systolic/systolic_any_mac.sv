// SPDX-License-Identifier: Apache-2.0
// Stands in for the arithmetic where the array around it is proved: a sum is the list of what was
// added to it, the last pair in the low bits, so that two sums are equal only if the same pairs
// were added in the same order. What holds for this one holds for any arithmetic.
module mac_pe #(
  parameter int unsigned Format       = 0,
  parameter int unsigned OperandWidth = 2
) (
  input  logic [OperandWidth-1:0] a_i,
  input  logic [OperandWidth-1:0] b_i,
  input  logic [31:0]             c_i,
  output logic [31:0]             sum_o,
  output logic                    overflow_o
);

  assign sum_o      = {c_i[31-2*OperandWidth:0], a_i, b_i};
  assign overflow_o = 1'b0;

endmodule
