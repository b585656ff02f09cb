// SPDX-License-Identifier: Apache-2.0
// The vector MAC of VS-Quant: in each cycle one dot product of VectorLength weights and
// activations, times the rounded product of the two scales that the vectors carry, added to the sum
// so far, or to zero where clear_i starts a sum.
//
//   acc = acc + (sum over i of w_i * a_i) * round(sw * sa)
//
// Three stages: the scale product decides whether operands enter at all, the dot product, scaling
// and sum. A vector offered in cycle t shows on acc_o from t + 3 on, with valid_o high in t + 3.
// Where the scale product rounds to zero the vector is gated: registers of operands, of the dot
// product and of its factor keep what they hold, so nothing behind them switches.
module vsq #(
  parameter int unsigned VectorLength         = 16,
  parameter int unsigned WeightWidth          = 4,
  parameter int unsigned ActivationWidth      = 4,
  parameter int unsigned ActivationSigned     = 1,
  parameter int unsigned WeightScaleWidth     = 4,   // 0: no scales, their factor is 1
  parameter int unsigned ActivationScaleWidth = 4,
  parameter int unsigned ProductWidth         = 0,   // of the rounded scale product; 0: full
  parameter int unsigned AccumulatorWidth     = 24,
  parameter int unsigned Saturate             = 1,   // 0: the sum wraps
  // Derived, not to be set.
  parameter int unsigned WeightScalePort     = (WeightScaleWidth == 0) ? 1 : WeightScaleWidth,
  parameter int unsigned ActivationScalePort = (ActivationScaleWidth == 0) ? 1
                                                                           : ActivationScaleWidth
) (
  input  logic                                    clk_i,
  input  logic                                    rst_ni,
  input  logic                                    valid_i,
  input  logic                                    clear_i,
  input  logic [VectorLength*WeightWidth-1:0]     w_i,
  input  logic [VectorLength*ActivationWidth-1:0] a_i,
  input  logic [WeightScalePort-1:0]              sw_i,
  input  logic [ActivationScalePort-1:0]          sa_i,
  output logic                                    valid_o,     // a vector has been dealt with
  output logic                                    gated_o,     // and was gated
  output logic                                    overflow_o,  // its sum saturated or wrapped
  output logic [AccumulatorWidth-1:0]             acc_o
);

  localparam int unsigned FullWidth  = WeightScaleWidth + ActivationScaleWidth;
  localparam int unsigned ScaleWidth = (ProductWidth == 0) ? FullWidth : ProductWidth;
  localparam int unsigned ScalePort  = (ScaleWidth == 0) ? 1 : ScaleWidth;
  localparam int unsigned DotWidth   = WeightWidth + ActivationWidth + $clog2(VectorLength);

  logic [ScalePort-1:0] p;
  logic enters;

  vsq_scale #(
    .WeightScaleWidth     (WeightScaleWidth),
    .ActivationScaleWidth (ActivationScaleWidth),
    .ProductWidth         (ProductWidth)
  ) i_scale (
    .sw_i (sw_i),
    .sa_i (sa_i),
    .p_o  (p)
  );

  assign enters = valid_i && (p != ScalePort'(0));

  logic valid_operands_q, clear_operands_q, open_operands_q;
  logic valid_dot_q, clear_dot_q, open_dot_q;
  logic valid_q, gated_q, overflow_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_operands_q <= 1'b0;
      clear_operands_q <= 1'b0;
      open_operands_q  <= 1'b0;
      valid_dot_q      <= 1'b0;
      clear_dot_q      <= 1'b0;
      open_dot_q       <= 1'b0;
    end else begin
      valid_operands_q <= valid_i;
      clear_operands_q <= valid_i && clear_i;
      open_operands_q  <= enters;
      valid_dot_q      <= valid_operands_q;
      clear_dot_q      <= clear_operands_q;
      open_dot_q       <= open_operands_q;
    end
  end

  logic [VectorLength*WeightWidth-1:0] w_q;
  logic [VectorLength*ActivationWidth-1:0] a_q;
  logic [DotWidth-1:0] dot, dot_q;
  logic [ScalePort-1:0] p_dot;

  always_ff @(posedge clk_i) begin
    if (enters) begin
      w_q <= w_i;
      a_q <= a_i;
    end
    if (open_operands_q) dot_q <= dot;
  end

  if (ScaleWidth == 0) begin : gen_unscaled
    assign p_dot = 1'b1;
  end else begin : gen_scaled
    logic [ScalePort-1:0] p_operands_q, p_dot_q;

    always_ff @(posedge clk_i) begin
      if (enters) p_operands_q <= p;
      if (open_operands_q) p_dot_q <= p_operands_q;
    end
    assign p_dot = p_dot_q;
  end

  vsq_dot #(
    .VectorLength     (VectorLength),
    .WeightWidth      (WeightWidth),
    .ActivationWidth  (ActivationWidth),
    .ActivationSigned (ActivationSigned)
  ) i_dot (
    .w_i   (w_q),
    .a_i   (a_q),
    .dot_o (dot)
  );

  logic [AccumulatorWidth-1:0] so_far, sum, acc_q;
  logic overflow;

  assign so_far = clear_dot_q ? AccumulatorWidth'(0) : acc_q;

  vsq_accumulate #(
    .Width      (AccumulatorWidth),
    .DotWidth   (DotWidth),
    .ScaleWidth (ScaleWidth),
    .Saturate   (Saturate)
  ) i_accumulate (
    .acc_i      (so_far),
    .dot_i      (dot_q),
    .p_i        (p_dot),
    .sum_o      (sum),
    .overflow_o (overflow)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q    <= 1'b0;
      gated_q    <= 1'b0;
      overflow_q <= 1'b0;
      acc_q      <= AccumulatorWidth'(0);
    end else begin
      valid_q <= valid_dot_q;
      gated_q <= valid_dot_q && !open_dot_q;
      if (valid_dot_q) begin
        overflow_q <= open_dot_q && overflow;
        acc_q      <= open_dot_q ? sum : so_far;
      end
    end
  end

  assign valid_o    = valid_q;
  assign gated_o    = gated_q;
  assign overflow_o = overflow_q;
  assign acc_o      = acc_q;

`ifdef FORMAL
  logic started_q;
  initial started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always_comb if (!started_q) assume (!rst_ni);

  // What each register held, and whether it should have kept it.
  logic operands_keep_q, dot_keeps_q, acc_keeps_q, acc_clears_q;
  logic [VectorLength*WeightWidth-1:0] w_before_q;
  logic [VectorLength*ActivationWidth-1:0] a_before_q;
  logic [DotWidth-1:0] dot_before_q;
  logic [AccumulatorWidth-1:0] acc_before_q;
  logic [ScalePort-1:0] p_kept_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      operands_keep_q <= 1'b0;
      dot_keeps_q     <= 1'b0;
      acc_keeps_q     <= 1'b0;
      acc_clears_q    <= 1'b0;
    end else begin
      operands_keep_q <= (p == ScalePort'(0));
      dot_keeps_q     <= operands_keep_q;
      acc_keeps_q     <= dot_keeps_q && !clear_dot_q;
      acc_clears_q    <= dot_keeps_q && valid_dot_q && clear_dot_q;
    end
  end
  always_ff @(posedge clk_i) begin
    w_before_q   <= w_q;
    a_before_q   <= a_q;
    dot_before_q <= dot_q;
    acc_before_q <= acc_q;
    p_kept_q     <= p_dot;
  end
  always_comb begin
    if (started_q && rst_ni) begin
      // A vector whose scale product is zero moves nothing, stage by stage,
      if (operands_keep_q) assert (!open_operands_q && (w_q == w_before_q) && (a_q == a_before_q));
      if (dot_keeps_q) assert (!open_dot_q && (dot_q == dot_before_q) && (p_dot == p_kept_q));
      // and adds nothing.
      if (acc_keeps_q) assert (acc_q == acc_before_q);
      if (acc_clears_q) assert (acc_q == AccumulatorWidth'(0));
    end
  end
`endif

endmodule
