// SPDX-License-Identifier: Apache-2.0
// One element of a sum of rows: starts it, or adds in two's complement. A sum beyond ElementWidth
// bits wraps, or ends at the bound.
module embedding_lookup_add #(
  parameter int unsigned ElementWidth = 32,
  parameter int unsigned Saturate     = 0
) (
  input  logic                    first_i,  // old_i counts for nothing
  input  logic [ElementWidth-1:0] old_i,
  input  logic [ElementWidth-1:0] element_i,
  output logic [ElementWidth-1:0] sum_o,
  output logic                    overflow_o
);

  localparam int unsigned Top = ElementWidth - 1;

  logic [ElementWidth-1:0] added, limited;

  assign added = old_i + element_i;
  // Two numbers of one sign with a sum of the other.
  assign overflow_o = !first_i && (old_i[Top] == element_i[Top]) && (added[Top] != old_i[Top]);
  assign limited    = (overflow_o && (Saturate == 1)) ? {old_i[Top], {Top{!old_i[Top]}}} : added;
  assign sum_o      = first_i ? element_i : limited;

endmodule
