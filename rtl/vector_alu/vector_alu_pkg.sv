// SPDX-License-Identifier: Apache-2.0
// Operations of the vector unit: pointwise kinds of the trace vocabulary. Here as they are on
// integers; in binary32 (vector_alu_fp32_lane.sv) nothing wraps, and Shift passes a on.
package vector_alu_pkg;

  localparam logic [3:0] Add     = 4'd0;   // a + b, wrapping
  localparam logic [3:0] Sub     = 4'd1;   // a - b, wrapping
  localparam logic [3:0] Mul     = 4'd2;   // a * b, wrapping
  localparam logic [3:0] Maximum = 4'd3;
  localparam logic [3:0] Minimum = 4'd4;
  localparam logic [3:0] Equal   = 4'd5;   // 1 or 0, as the next two
  localparam logic [3:0] Less    = 4'd6;
  localparam logic [3:0] Greater = 4'd7;
  localparam logic [3:0] Relu    = 4'd8;   // of a, as all below
  localparam logic [3:0] Relu6   = 4'd9;
  localparam logic [3:0] Clamp   = 4'd10;  // low_i .. high_i, high_i wins where they cross
  localparam logic [3:0] Abs     = 4'd11;  // -2^31 wraps, as in Neg
  localparam logic [3:0] Neg     = 4'd12;
  localparam logic [3:0] Sign    = 4'd13;  // -1, 0, 1
  localparam logic [3:0] Shift   = 4'd14;  // RNE(a / 2^shift_i), ties to even
  localparam logic [3:0] Where   = 4'd15;  // condition_i ? a : b

endpackage
