// SPDX-License-Identifier: Apache-2.0
// The parity-check matrix of SECDED(72,64), an odd-weight-column code (M. Y. Hsiao, IBM J. Res.
// Dev. 14, 1970), the one of base/faults/secded.h: check bit i is the parity of the data bits in
// row i. Data bit j has the column {Row7[j], ..., Row0[j]}, check bit i the column 1 << i.
package secded_pkg;

  localparam logic [63:0] Row0 = 64'hF104_2258_44B1_2CB7;
  localparam logic [63:0] Row1 = 64'hE308_44A8_8952_555B;
  localparam logic [63:0] Row2 = 64'hC710_8931_1264_9A6D;
  localparam logic [63:0] Row3 = 64'h8F21_11C2_2388_E38E;
  localparam logic [63:0] Row4 = 64'h1F42_1E04_3C0F_03F0;
  localparam logic [63:0] Row5 = 64'h3E83_E007_C00F_FC00;
  localparam logic [63:0] Row6 = 64'h7CFC_0007_FFF0_0000;
  localparam logic [63:0] Row7 = 64'hF8FF_FFF8_0000_0000;

endpackage
