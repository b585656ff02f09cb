// SPDX-License-Identifier: Apache-2.0
// Lanes element-wise operations per cycle: on int32, or on int8 widened to int32 (Format 0); on
// binary32, where int8_i and shift_i mean nothing (Format 1).
//
// A beat taken in cycle t is offered from t + Latency on. The pipeline moves as one: while its last
// stage is not taken nothing moves and nothing is accepted, so ready_o follows ready_i within the
// cycle. `low_i`, `high_i` and `shift_i` belong to the beat, like `op_i`.
module vector_alu #(
  parameter int unsigned Lanes   = 16,
  parameter int unsigned Latency = 3,
  parameter int unsigned Format  = 0
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                valid_i,
  output logic                ready_o,
  input  logic                last_i,  // of a pass
  input  logic [3:0]          op_i,
  input  logic                int8_i,
  input  logic [31:0]         low_i,
  input  logic [31:0]         high_i,
  input  logic [4:0]          shift_i,
  input  logic [Lanes*32-1:0] a_i,
  input  logic [Lanes*32-1:0] b_i,
  input  logic [Lanes-1:0]    condition_i,
  output logic                valid_o,
  input  logic                ready_i,
  output logic                last_o,
  output logic [Lanes*32-1:0] result_o,
  output logic [Lanes-1:0]    overflow_o  // per lane: the result wrapped
);

  localparam int unsigned Width = Lanes * 32;
  localparam int unsigned Operands = 2 * Width + Lanes + 75;
  // From two stages on the first one holds the operands, so that the lanes have a whole cycle.
  localparam int unsigned Results = (Latency > 1) ? Latency - 1 : 1;

  logic advance;
  logic [Operands-1:0] beat, operands;
  logic operands_valid;
  logic [Width-1:0] result;
  logic [Lanes-1:0] overflow;
  logic [Results-1:0] valid_q, last_q;
  logic [Results*Width-1:0] result_q;
  logic [Results*Lanes-1:0] overflow_q;

  assign advance = !valid_o || ready_i;
  assign ready_o = advance;
  assign beat    = {last_i, op_i, int8_i, low_i, high_i, shift_i, condition_i, a_i, b_i};

  if (Latency > 1) begin : gen_operands
    logic [Operands-1:0] beat_q;
    logic beat_valid_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) beat_valid_q <= 1'b0;
      else if (advance) beat_valid_q <= valid_i;
    end
    always_ff @(posedge clk_i) if (advance && valid_i) beat_q <= beat;
    assign operands       = beat_q;
    assign operands_valid = beat_valid_q;
  end else begin : gen_direct
    assign operands       = beat;
    assign operands_valid = valid_i;
  end

  logic last, int8;
  logic [3:0] op;
  logic [31:0] low, high;
  logic [4:0] shift;
  logic [Lanes-1:0] condition;
  logic [Width-1:0] a, b;
  assign {last, op, int8, low, high, shift, condition, a, b} = operands;

  if (Format == 1) begin : gen_unused
    logic unused;
    assign unused = ^{int8, shift};
  end

  for (genvar i = 0; i < Lanes; i++) begin : gen_lane
    if (Format == 1) begin : gen_fp32
      vector_alu_fp32_lane i_lane (
        .op_i        (op),
        .a_i         (a[i*32 +: 32]),
        .b_i         (b[i*32 +: 32]),
        .condition_i (condition[i]),
        .low_i       (low),
        .high_i      (high),
        .result_o    (result[i*32 +: 32])
      );
      assign overflow[i] = 1'b0;
    end else begin : gen_int32
      vector_alu_lane i_lane (
        .op_i        (op),
        .int8_i      (int8),
        .a_i         (a[i*32 +: 32]),
        .b_i         (b[i*32 +: 32]),
        .condition_i (condition[i]),
        .low_i       (low),
        .high_i      (high),
        .shift_i     (shift),
        .result_o    (result[i*32 +: 32]),
        .overflow_o  (overflow[i])
      );
    end
  end

  for (genvar s = 0; s < Results; s++) begin : gen_stage
    if (s == 0) begin : gen_first
      always_ff @(posedge clk_i or negedge rst_ni) begin
        if (!rst_ni) valid_q[0] <= 1'b0;
        else if (advance) valid_q[0] <= operands_valid;
      end
      always_ff @(posedge clk_i) begin
        if (advance && operands_valid) begin
          last_q[0]               <= last;
          result_q[0 +: Width]    <= result;
          overflow_q[0 +: Lanes]  <= overflow;
        end
      end
    end else begin : gen_next
      always_ff @(posedge clk_i or negedge rst_ni) begin
        if (!rst_ni) valid_q[s] <= 1'b0;
        else if (advance) valid_q[s] <= valid_q[s-1];
      end
      always_ff @(posedge clk_i) begin
        if (advance && valid_q[s-1]) begin
          last_q[s]                    <= last_q[s-1];
          result_q[s*Width +: Width]   <= result_q[(s-1)*Width +: Width];
          overflow_q[s*Lanes +: Lanes] <= overflow_q[(s-1)*Lanes +: Lanes];
        end
      end
    end
  end

  assign valid_o    = valid_q[Results-1];
  assign last_o     = last_q[Results-1];
  assign result_o   = result_q[(Results-1)*Width +: Width];
  assign overflow_o = overflow_q[(Results-1)*Lanes +: Lanes];

`ifdef FORMAL
  logic started_q;
  initial started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always_comb if (!started_q) assume (!rst_ni);

  // What is offered stays, unchanged, until it is taken; nothing is accepted meanwhile.
  logic stalled_q;
  logic [Width+Lanes:0] offered_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) stalled_q <= 1'b0;
    else stalled_q <= valid_o && !ready_i;
  end
  always_ff @(posedge clk_i) offered_q <= {last_o, overflow_o, result_o};

  // As many beats inside as came in and did not leave: none lost, none twice.
  logic [7:0] inside_q, stages;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) inside_q <= 8'd0;
    else inside_q <= inside_q + {7'd0, valid_i && ready_o} - {7'd0, valid_o && ready_i};
  end
  always_comb begin
    stages = (Latency > 1) ? {7'd0, operands_valid} : 8'd0;
    for (int unsigned s = 0; s < Results; s++) stages = stages + {7'd0, valid_q[s]};
    if (started_q && rst_ni) begin
      assert (inside_q == stages);
      if (stalled_q) assert (valid_o && {last_o, overflow_o, result_o} == offered_q);
      if (valid_o && !ready_i) assert (!ready_o);
      if (!valid_o) assert (ready_o);
    end
  end
`endif

endmodule
