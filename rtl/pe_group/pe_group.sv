// SPDX-License-Identifier: Apache-2.0
// A group of processing elements of a fully connected layer, item by item:
//
//   broadcast   the words of an item's features, Lanes elements each, one per cycle, to all PEs
//   multiply    row after row of each PE's weights, 2 * Lanes products per cycle and PE, added by a
//               tree; exact until the row ends, then limited(RNE(sum / 2^Fraction)), and ReLU
//   gather      the results of a row, Gather PEs per cycle
//
// An item of F features and r rows per PE takes F / Lanes + r F / (2 Lanes) cycles, and the first
// word of the next one is taken in the cycle after. The number of its words is even; rows_i and
// relu_i count with the last one. Result p of row r is that of neuron r * Pes + p.
//
// Weights lie outside: in a cycle with weight_read_o those of a row and a step are asked for, and
// they are on weights_i from the next cycle on until the one after the next read. Weight l of PE p is
// at [(p * 2 * Lanes + l) * ElementWidth +: ElementWidth], that of feature step * 2 * Lanes + l.
//
// The results of a row whose last step is asked for in cycle t leave from t + 5 on. When they find
// others that are held, the PEs stand still; features are taken meanwhile.
module pe_group #(
  parameter int unsigned ElementWidth = 16,
  parameter int unsigned Lanes        = 2,
  parameter int unsigned Words        = 4,  // of an item's features at most; even
  parameter int unsigned Rows         = 2,  // of a PE, at most
  parameter int unsigned Pes          = 2,
  parameter int unsigned Gather       = 1,  // divides Pes
  parameter int unsigned Fraction     = 8,
  parameter int unsigned Saturate     = 1,  // 0: results wrap, 1: they end at the bound
  // Derived, not to be set.
  parameter int unsigned RowsWidth = $clog2(Rows + 1),
  parameter int unsigned StepWidth = $clog2(Words / 2 + 1)
) (
  input  logic                                clk_i,
  input  logic                                rst_ni,
  input  logic                                valid_i,
  output logic                                ready_o,
  input  logic [Lanes*ElementWidth-1:0]       word_i,
  input  logic                                last_i,   // word of the item
  input  logic [RowsWidth-1:0]                rows_i,   // 1 to Rows
  input  logic                                relu_i,
  output logic                                weight_read_o,
  output logic [RowsWidth-1:0]                weight_row_o,
  output logic [StepWidth-1:0]                weight_step_o,
  input  logic [Pes*2*Lanes*ElementWidth-1:0] weights_i,
  output logic                                valid_o,
  input  logic                                ready_i,
  output logic [Gather*ElementWidth-1:0]      data_o,
  output logic                                last_o,   // word of the item
  output logic [31:0]                         overflows_o
);

  localparam int unsigned W          = ElementWidth;
  localparam int unsigned Steps      = Words / 2;
  localparam int unsigned IndexWidth = (Steps > 1) ? $clog2(Steps) : 1;
  localparam int unsigned Parts      = Pes / Gather;
  localparam int unsigned PartsWidth = $clog2(Parts + 1);
  localparam int unsigned SumWidth   = 2 * W + $clog2(Words * Lanes);

  // Broadcast: even words are the low halves of steps, odd ones the high halves.
  logic [Lanes*W-1:0] low_q[Steps];
  logic [Lanes*W-1:0] high_q[Steps];
  logic multiplies_q, odd_q, relu_q, takes, moves, asks, row_ends, item_ends;
  logic [StepWidth-1:0] at_q, steps_q, step_q;
  logic [RowsWidth-1:0] rows_q, row_q;

  assign ready_o   = !multiplies_q;
  assign takes     = valid_i && ready_o;
  assign asks      = multiplies_q && moves;
  assign row_ends  = step_q == steps_q - StepWidth'(1);
  assign item_ends = row_ends && (row_q == rows_q - RowsWidth'(1));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      multiplies_q <= 1'b0;
      odd_q        <= 1'b0;
      at_q         <= StepWidth'(0);
      step_q       <= StepWidth'(0);
      row_q        <= RowsWidth'(0);
    end else begin
      if (takes) begin
        odd_q <= !odd_q;
        if (odd_q) at_q <= last_i ? StepWidth'(0) : at_q + StepWidth'(1);
        if (last_i) multiplies_q <= 1'b1;
      end
      if (asks) begin
        step_q <= row_ends ? StepWidth'(0) : step_q + StepWidth'(1);
        if (row_ends) row_q <= item_ends ? RowsWidth'(0) : row_q + RowsWidth'(1);
        if (item_ends) multiplies_q <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (takes && !odd_q) low_q[IndexWidth'(at_q)] <= word_i;
    if (takes && odd_q) high_q[IndexWidth'(at_q)] <= word_i;
    if (takes && last_i) begin
      steps_q <= at_q + StepWidth'(1);
      rows_q  <= rows_i;
      relu_q  <= relu_i;
    end
  end

  assign weight_read_o = asks;
  assign weight_row_o  = row_q;
  assign weight_step_o = step_q;

  // Multiply: what belongs to a step rides along. Stage 0 has its features, and its weights are on
  // weights_i; 1 the products; 2 their sums; 3 the sums of a whole row.
  logic [2*Lanes*W-1:0] features_q;
  logic first_q;
  logic [3:0] valid_q;          // a step
  logic [3:0] row_ends_q, item_ends_q, relu_steps_q;  // of steps that are there
  logic row_done, gathers;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= 4'd0;
    else if (moves) valid_q <= {valid_q[2:0], asks};
  end

  always_ff @(posedge clk_i) begin
    if (moves) begin
      row_ends_q   <= {row_ends_q[2:0], row_ends};
      item_ends_q  <= {item_ends_q[2:0], item_ends};
      relu_steps_q <= {relu_steps_q[2:0], relu_q};
    end
    if (asks) begin
      features_q <= {high_q[IndexWidth'(step_q)], low_q[IndexWidth'(step_q)]};
      first_q    <= step_q == StepWidth'(0);
    end
  end

  logic [Pes*W-1:0] results, gather_q;
  logic [Pes-1:0] overflow;

  for (genvar p = 0; p < Pes; p++) begin : gen_pe
    pe_group_pe #(
      .ElementWidth (ElementWidth),
      .Lanes        (Lanes),
      .Fraction     (Fraction),
      .Saturate     (Saturate),
      .SumWidth     (SumWidth)
    ) i_pe (
      .clk_i      (clk_i),
      .rst_ni     (rst_ni),
      .moves_i    (moves),
      .valid_i    (valid_q[0]),
      .first_i    (first_q),
      .features_i (features_q),
      .weights_i  (weights_i[p*2*Lanes*W +: 2*Lanes*W]),
      .relu_i     (relu_steps_q[3]),
      .result_o   (results[p*W +: W]),
      .overflow_o (overflow[p])
    );
  end

  // Gather: the results of a row, shifted out.
  logic [PartsWidth-1:0] parts_q;  // that are left
  logic last_row_q, gives, room;

  assign row_done = valid_q[3] && row_ends_q[3];
  assign gives    = valid_o && ready_i;
  assign room     = (parts_q == PartsWidth'(0)) || (gives && (parts_q == PartsWidth'(1)));
  assign moves    = !row_done || room;
  assign gathers  = row_done && room;
  assign valid_o  = parts_q != PartsWidth'(0);
  assign data_o   = gather_q[Gather*W-1:0];
  assign last_o   = last_row_q && (parts_q == PartsWidth'(1));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) parts_q <= PartsWidth'(0);
    else if (gathers) parts_q <= PartsWidth'(Parts);
    else if (gives) parts_q <= parts_q - PartsWidth'(1);
  end

  always_ff @(posedge clk_i) begin
    if (gathers) begin
      gather_q   <= results;
      last_row_q <= item_ends_q[3];
    end else if (gives) begin
      gather_q <= gather_q >> (Gather * W);
    end
  end

  logic [31:0] counted, overflows_q;
  logic [32:0] overflows;

  always_comb begin
    counted = 32'd0;
    for (int unsigned p = 0; p < Pes; p++) counted = counted + {31'd0, overflow[p]};
  end
  assign overflows = {1'b0, overflows_q} + {1'b0, counted};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) overflows_q <= 32'd0;
    else if (gathers) overflows_q <= overflows[32] ? {32{1'b1}} : overflows[31:0];
  end
  assign overflows_o = overflows_q;

`ifdef FORMAL
  logic started_q;
  initial started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always_comb if (!started_q) assume (!rst_ni);

  // Items have an even number of words and at least a row.
  always_comb begin
    if (takes && last_i) begin
      assume (odd_q && rows_i != RowsWidth'(0) && 32'(rows_i) <= Rows);
    end
    if (takes && odd_q && 32'(at_q) == Steps - 1) assume (last_i);
  end

  // Cycles of an item that has never waited: neither for its words nor for what leaves.
  localparam int unsigned C = RowsWidth + StepWidth + 2;
  logic waited_q;
  logic [C-1:0] cycles_q, words_now, work;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      waited_q <= 1'b0;
      cycles_q <= C'(0);
    end else if (asks && item_ends) begin
      waited_q <= 1'b0;
      cycles_q <= C'(0);
    end else begin
      waited_q <= waited_q || (multiplies_q ? !moves : !valid_i);
      cycles_q <= cycles_q + C'(1);
    end
  end
  assign words_now = (C'(at_q) << 1) + {{(C-1){1'b0}}, odd_q};
  assign work      = (C'(steps_q) << 1) + C'(row_q) * C'(steps_q) + C'(step_q);

  logic held_q;
  logic [Gather*W:0] offered_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) held_q <= 1'b0;
    else held_q <= valid_o && !ready_i;
  end
  always_ff @(posedge clk_i) offered_q <= {last_o, data_o};

  always_comb begin
    if (started_q && rst_ni) begin
      assert (32'(at_q) < Steps);
      assert (32'(parts_q) <= Parts);
      if (!multiplies_q) begin
        assert (row_q == RowsWidth'(0) && step_q == StepWidth'(0));
        if (!waited_q) assert (cycles_q == words_now);
      end else begin
        assert (at_q == StepWidth'(0) && !odd_q);
        assert (steps_q != StepWidth'(0) && 32'(steps_q) <= Steps && step_q < steps_q);
        assert (32'(rows_q) <= Rows && row_q < rows_q);
        if (!waited_q) begin
          assert (cycles_q == work);
          if (item_ends) begin
            assert (cycles_q + C'(1) ==
                    (C'(steps_q) << 1) + C'(rows_q) * C'(steps_q));
          end
        end
      end
      // A word that is offered stays, unchanged, until it is taken.
      if (held_q) assert (valid_o && {last_o, data_o} == offered_q);
    end
  end
`endif

endmodule
