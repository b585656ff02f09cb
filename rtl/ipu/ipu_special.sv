// SPDX-License-Identifier: Apache-2.0
// What NaNs and infinities make of a sum, beside the datapath, which they never enter: a NaN, and
// an infinity times zero, make it NaN; an infinity times anything else makes it an infinity.
module ipu_special #(
  parameter int unsigned Lanes   = 16,
  parameter int unsigned Formats = 0
) (
  input  logic             fp_i,
  input  logic [Lanes-1:0] sign_i,  // of the products
  input  logic [Lanes-1:0] zero_a_i,
  input  logic [Lanes-1:0] zero_b_i,
  input  logic [Lanes-1:0] infinite_a_i,
  input  logic [Lanes-1:0] infinite_b_i,
  input  logic [Lanes-1:0] nan_a_i,
  input  logic [Lanes-1:0] nan_b_i,
  output logic             nan_o,
  output logic             positive_o,  // an infinity
  output logic             negative_o
);

  logic [Lanes-1:0] nan, infinite;
  logic fp;

  assign fp         = (Formats == ipu_pkg::Every) ? fp_i : (Formats == ipu_pkg::Binary16);
  assign nan        = nan_a_i | nan_b_i | (infinite_a_i & zero_b_i) | (zero_a_i & infinite_b_i);
  assign infinite   = (infinite_a_i | infinite_b_i) & ~nan;
  assign nan_o      = fp && (nan != Lanes'(0));
  assign positive_o = fp && ((infinite & ~sign_i) != Lanes'(0));
  assign negative_o = fp && ((infinite & sign_i) != Lanes'(0));

endmodule
