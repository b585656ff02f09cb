// SPDX-License-Identifier: Apache-2.0
// The post-processing unit of VS-Quant: VectorLength sums to one quantised vector and its scale.
//
//   y  = clip(RNE(acc * multiplier / 2^shift) + bias), then ReLU      in units of g_out / 2^F
//   m  = max |y|;  sq = min(RNE(m / (Q 2^F)), 2^M - 1)
//   q  = clip(RNE(y / (sq 2^F)), -Q, Q)      with ScaleFirst (order B), else
//   q  = RNE(y Q / m)                        of the exact scale (order A)
//
// Five stages: multiply; round and limit; vector maximum; scale and its reciprocal, or the first
// digits of the division by m; quantise. Sums offered in cycle t leave with valid_o in t + 5. There
// is no way to hold them.
module vsq_ppu #(
  parameter int unsigned VectorLength     = 16,
  parameter int unsigned AccumulatorWidth = 24,
  parameter int unsigned OutputWidth      = 4,  // N
  parameter int unsigned OutputSigned     = 1,
  parameter int unsigned ScaleWidth       = 4,  // M
  parameter int unsigned FractionBits     = 4,  // F
  parameter int unsigned ScaleFirst       = 1,  // 1: order B, 0: order A
  // Derived, not to be set.
  parameter int unsigned ValueWidth       = OutputWidth + ScaleWidth + FractionBits + 1,
  parameter int unsigned ShiftWidth       = $clog2(AccumulatorWidth + 17)
) (
  input  logic                                     clk_i,
  input  logic                                     rst_ni,
  input  logic                                     valid_i,
  input  logic [VectorLength*AccumulatorWidth-1:0] acc_i,
  input  logic [VectorLength*16-1:0]               multiplier_i,
  input  logic [ShiftWidth-1:0]                    shift_i,
  input  logic [VectorLength*ValueWidth-1:0]       bias_i,
  input  logic                                     relu_i,
  output logic                                     valid_o,
  output logic [ScaleWidth-1:0]                    sq_o,
  output logic [VectorLength*OutputWidth-1:0]      q_o
);

  localparam int unsigned MagnitudeWidth  = ValueWidth - 1;
  localparam int unsigned GreatestWidth   = (OutputSigned == 1) ? OutputWidth - 1 : OutputWidth;
  localparam int unsigned HalvesWidth     = MagnitudeWidth + 1 - FractionBits;
  localparam int unsigned ReciprocalShift = HalvesWidth + ScaleWidth;
  // Q, all ones, by which the maximum is divided.
  localparam int unsigned Greatest   = (1 << GreatestWidth) - 1;
  localparam int unsigned ScaleShift = HalvesWidth + GreatestWidth;
  localparam int unsigned Reciprocal = ((1 << ScaleShift) + Greatest - 1) / Greatest;

  logic [4:0] valid_q;
  logic relu_product_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= 5'b00000;
    else valid_q <= {valid_q[3:0], valid_i};
  end
  always_ff @(posedge clk_i) begin
    if (valid_i) relu_product_q <= relu_i;
  end

  logic [VectorLength*ValueWidth-1:0] values, values_max_q, values_scale_q;

  for (genvar i = 0; i < VectorLength; i++) begin : gen_lane
    vsq_ppu_lane #(
      .AccumulatorWidth (AccumulatorWidth),
      .ValueWidth       (ValueWidth)
    ) i_lane (
      .clk_i        (clk_i),
      .multiplies_i (valid_i),
      .rounds_i     (valid_q[0]),
      .acc_i        (acc_i[i*AccumulatorWidth +: AccumulatorWidth]),
      .multiplier_i (multiplier_i[i*16 +: 16]),
      .shift_i      (shift_i),
      .bias_i       (bias_i[i*ValueWidth +: ValueWidth]),
      .floor_i      (relu_product_q || (OutputSigned == 0)),
      .value_o      (values[i*ValueWidth +: ValueWidth])
    );
  end

  // A tree: in each step the larger of two neighbours moves down.
  logic [VectorLength*MagnitudeWidth-1:0] magnitudes, tree;
  logic [MagnitudeWidth-1:0] largest_q;

  for (genvar i = 0; i < VectorLength; i++) begin : gen_magnitude
    logic [ValueWidth-1:0] own;
    assign own = values[i*ValueWidth +: ValueWidth];
    assign magnitudes[i*MagnitudeWidth +: MagnitudeWidth] =
        own[ValueWidth-1] ? -own[MagnitudeWidth-1:0] : own[MagnitudeWidth-1:0];
  end

  always_comb begin
    tree = magnitudes;
    for (int unsigned step = 1; step < VectorLength; step = 2 * step)
      for (int unsigned i = 0; i + step < VectorLength; i = i + 2 * step)
        if (tree[(i+step)*MagnitudeWidth +: MagnitudeWidth]
            > tree[i*MagnitudeWidth +: MagnitudeWidth])
          tree[i*MagnitudeWidth +: MagnitudeWidth] =
              tree[(i+step)*MagnitudeWidth +: MagnitudeWidth];
  end

  logic [ScaleWidth-1:0] sq, sq_q, sq_out_q;

  vsq_ppu_divide #(
    .ValueWidth    (MagnitudeWidth),
    .DivisorWidth  (GreatestWidth),
    .FractionBits  (FractionBits),
    .QuotientWidth (ScaleWidth)
  ) i_scale (
    .value_i      (largest_q),
    .divisor_i    ({GreatestWidth{1'b1}}),
    .reciprocal_i (Reciprocal[ScaleShift:0]),
    .greatest_i   ({ScaleWidth{1'b1}}),
    .quotient_o   (sq)
  );

  always_ff @(posedge clk_i) begin
    if (valid_q[1]) begin
      largest_q    <= tree[MagnitudeWidth-1:0];
      values_max_q <= values;
    end
    if (valid_q[2]) begin
      sq_q           <= sq;
      values_scale_q <= values_max_q;
    end
    if (valid_q[3]) sq_out_q <= sq_q;
  end

  logic [VectorLength*GreatestWidth-1:0] quotients;

  if (ScaleFirst == 1) begin : gen_scale_first
    logic [ReciprocalShift:0] reciprocal, reciprocal_q;

    vsq_ppu_reciprocal #(
      .DivisorWidth (ScaleWidth),
      .Shift        (ReciprocalShift)
    ) i_reciprocal (
      .divisor_i    (sq),
      .reciprocal_o (reciprocal)
    );

    always_ff @(posedge clk_i) begin
      if (valid_q[2]) reciprocal_q <= reciprocal;
    end

    for (genvar i = 0; i < VectorLength; i++) begin : gen_lane
      logic [ValueWidth-1:0] own;
      logic [MagnitudeWidth-1:0] own_magnitude;

      assign own           = values_scale_q[i*ValueWidth +: ValueWidth];
      assign own_magnitude = own[ValueWidth-1] ? -own[MagnitudeWidth-1:0]
                                               : own[MagnitudeWidth-1:0];

      vsq_ppu_divide #(
        .ValueWidth    (MagnitudeWidth),
        .DivisorWidth  (ScaleWidth),
        .FractionBits  (FractionBits),
        .QuotientWidth (GreatestWidth)
      ) i_divide (
        .value_i      (own_magnitude),
        .divisor_i    (sq_q),
        .reciprocal_i (reciprocal_q),
        .greatest_i   ({GreatestWidth{1'b1}}),
        .quotient_o   (quotients[i*GreatestWidth +: GreatestWidth])
      );
    end
  end else begin : gen_data_first
    logic [MagnitudeWidth-1:0] largest_scale_q;

    always_ff @(posedge clk_i) begin
      if (valid_q[2]) largest_scale_q <= largest_q;
    end

    for (genvar i = 0; i < VectorLength; i++) begin : gen_lane
      logic [ValueWidth-1:0] own;
      logic [MagnitudeWidth-1:0] own_magnitude;

      assign own           = values_max_q[i*ValueWidth +: ValueWidth];
      assign own_magnitude = own[ValueWidth-1] ? -own[MagnitudeWidth-1:0]
                                               : own[MagnitudeWidth-1:0];

      vsq_ppu_ratio #(
        .ValueWidth    (MagnitudeWidth),
        .QuotientWidth (GreatestWidth)
      ) i_ratio (
        .clk_i       (clk_i),
        .divides_i   (valid_q[2]),
        .value_i     (own_magnitude),
        .largest_i   (largest_q),
        .largest_q_i (largest_scale_q),
        .quotient_o  (quotients[i*GreatestWidth +: GreatestWidth])
      );
    end
  end

  for (genvar i = 0; i < VectorLength; i++) begin : gen_sign
    logic [OutputWidth-1:0] quotient, q_q;

    assign quotient = OutputWidth'(quotients[i*GreatestWidth +: GreatestWidth]);

    always_ff @(posedge clk_i) begin
      if (valid_q[3])
        q_q <= values_scale_q[i*ValueWidth + ValueWidth - 1] ? OutputWidth'(0) - quotient
                                                             : quotient;
    end
    assign q_o[i*OutputWidth +: OutputWidth] = q_q;
  end

  assign valid_o = valid_q[4];
  assign sq_o    = sq_out_q;

endmodule
