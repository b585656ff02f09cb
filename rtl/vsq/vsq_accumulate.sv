// SPDX-License-Identifier: Apache-2.0
// acc + dot * p in Width bits, combinational: what does not fit saturates, or wraps.
module vsq_accumulate #(
  parameter int unsigned Width      = 24,
  parameter int unsigned DotWidth   = 12,
  parameter int unsigned ScaleWidth = 8,   // of p; 0: there is none
  parameter int unsigned Saturate   = 1,
  // Derived, not to be set.
  parameter int unsigned ScalePort  = (ScaleWidth == 0) ? 1 : ScaleWidth
) (
  input  logic [Width-1:0]     acc_i,
  input  logic [DotWidth-1:0]  dot_i,
  input  logic [ScalePort-1:0] p_i,
  output logic [Width-1:0]     sum_o,
  output logic                 overflow_o
);

  localparam int unsigned TermWidth = DotWidth + ScaleWidth;
  localparam int unsigned SumWidth  = ((TermWidth > Width) ? TermWidth : Width) + 1;

  logic signed [Width-1:0] acc;
  logic signed [DotWidth-1:0] dot;
  logic signed [TermWidth-1:0] term;
  logic signed [SumWidth-1:0] sum;

  assign acc = acc_i;
  assign dot = dot_i;

  if (ScaleWidth == 0) begin : gen_unscaled
    assign term = dot;
  end else begin : gen_scaled
    logic signed [ScaleWidth:0] p;
    assign p    = {1'b0, p_i};
    assign term = TermWidth'(dot) * TermWidth'(p);
  end

  assign sum = SumWidth'(acc) + SumWidth'(term);

  // It fits when all bits above are copies of the sign.
  logic fits;
  assign fits = (sum[SumWidth-1:Width-1] == {(SumWidth-Width+1){sum[SumWidth-1]}});

  assign overflow_o = !fits;
  assign sum_o = (fits || (Saturate == 0)) ? sum[Width-1:0]
                                           : {sum[SumWidth-1], {(Width-1){!sum[SumWidth-1]}}};

endmodule
