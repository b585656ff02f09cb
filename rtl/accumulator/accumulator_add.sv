// SPDX-License-Identifier: Apache-2.0
// One column of a row: overwrites, or adds and wraps.
module accumulator_add #(
  parameter int unsigned Width = 32
) (
  input  logic             first_i,
  input  logic [Width-1:0] old_i,
  input  logic [Width-1:0] addend_i,
  output logic [Width-1:0] sum_o,
  output logic             overflow_o
);

  logic [Width-1:0] added;

  assign added = old_i + addend_i;
  assign sum_o = first_i ? addend_i : added;
  // Two numbers of one sign with a sum of the other.
  assign overflow_o = !first_i && (old_i[Width-1] == addend_i[Width-1]) && (added[Width-1] != old_i[Width-1]);

endmodule
