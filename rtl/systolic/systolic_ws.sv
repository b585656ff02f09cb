// SPDX-License-Identifier: Apache-2.0
// The weight-stationary array of systolic.sv. Operands go right, sums go down; element (r, c) meets
// a row of operands r + c cycles after it went in. The next weights wait in a second plane: row r
// of it is written one column per cycle, so that it may be written anew as soon as the first
// operand has passed.
module systolic_ws #(
  parameter int unsigned Rows     = 2,
  parameter int unsigned Columns  = 2,
  parameter int unsigned Format   = 0,
  parameter int unsigned Width    = 8,
  parameter int unsigned RowWidth = 1
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  input  logic                     load_i,
  input  logic [RowWidth-1:0]      row_i,
  input  logic                     valid_i,
  input  logic                     first_i,
  input  logic [Rows*Width-1:0]    a_i,
  input  logic [Columns*Width-1:0] b_i,
  output logic                     valid_o,
  output logic [Columns*32-1:0]    sum_o
);

  localparam int unsigned Latency = Rows + Columns - 1;

  // Delayed by d cycles: valid[d], first[d], load[d].
  logic [Latency-1:0] valid_q, first_q;
  logic [Latency:0]   valid, first;
  logic [Columns-1:0] load_q;
  logic [Columns:0]   load;

  assign valid   = {valid_q, valid_i};
  assign first   = {first_q, first_i && valid_i};
  assign load    = {load_q, load_i};
  assign valid_o = valid[Latency];

  logic unused;
  assign unused = &{first[Latency], load[Columns]};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
      first_q <= '0;
      load_q  <= '0;
    end else begin
      valid_q <= valid[Latency-1:0];
      first_q <= first[Latency-1:0];
      load_q  <= load[Columns-1:0];
    end
  end

  logic [Rows*Width-1:0] skewed_a;
  systolic_skew #(.Lanes(Rows), .Width(Width)) u_skew_a (
    .clk_i, .d_i(a_i), .d_o(skewed_a)
  );

  // Column c of weights: c cycles of skew, then the plane; registers, since yosys writes no proof
  // of a memory of one word.
  for (genvar c = 0; c < Columns; c++) begin : gen_b
    logic [RowWidth-1:0] row;
    (* mem2reg *) logic [Width-1:0] next_q[Rows];

    if (c == 0) begin : gen_row
      assign row = row_i;
    end else begin : gen_row_held
      logic [RowWidth-1:0] row_q;
      always_ff @(posedge clk_i) if (load[c-1]) row_q <= gen_b[c-1].row;
      assign row = row_q;
    end

    for (genvar d = 0; d <= c; d++) begin : gen_delay
      logic [Width-1:0] b;
      if (d == 0) begin : gen_in
        assign b = b_i[c*Width +: Width];
      end else begin : gen_held
        logic [Width-1:0] b_q;
        always_ff @(posedge clk_i) if (load[d-1]) b_q <= gen_b[c].gen_delay[d-1].b;
        assign b = b_q;
      end
    end

    always_ff @(posedge clk_i) if (load[c]) next_q[row] <= gen_b[c].gen_delay[c].b;
  end

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    for (genvar c = 0; c < Columns; c++) begin : gen_element
      logic [31:0]      above, sum, sum_q;
      logic [Width-1:0] weight, weight_q, a, factor, b;  // a goes on to the right

      if (r == 0) begin : gen_top
        assign above = '0;
      end else begin : gen_below
        assign above = gen_row[r-1].gen_element[c].sum_q;
      end

      if (c == 0) begin : gen_left
        assign a = skewed_a[r*Width +: Width];
      end else begin : gen_right
        logic [Width-1:0] a_q;
        always_ff @(posedge clk_i) a_q <= gen_row[r].gen_element[c-1].a;
        assign a = a_q;
      end

      // A weight is taken over in the cycle before it is needed, which keeps the choice out of the
      // multiplier's path; where there is no such cycle, in the same one.
      if (r + c == 0 || Rows == 1) begin : gen_late
        assign weight = first[r+c] ? gen_b[c].next_q[r] : weight_q;
        always_ff @(posedge clk_i) if (first[r+c]) weight_q <= gen_b[c].next_q[r];
      end else begin : gen_early
        assign weight = weight_q;
        always_ff @(posedge clk_i) if (first[r+c-1]) weight_q <= gen_b[c].next_q[r];
      end

      // Where there is no weight, zero times zero is added: zero times infinity would be NaN.
      if (Format == 1) begin : gen_or_none
        assign factor = (&weight) ? '0 : a;
        assign b      = (&weight) ? '0 : weight;
      end else begin : gen_always
        assign factor = a;
        assign b      = weight;
      end

      mac_pe #(.Format(Format)) u_mac (
        .a_i        (factor),
        .b_i        (b),
        .c_i        (above),
        .sum_o      (sum),
        // verilator lint_off PINCONNECTEMPTY
        .overflow_o ()  // connected, it slows the simulation
        // verilator lint_on PINCONNECTEMPTY
      );

      always_ff @(posedge clk_i) sum_q <= sum;
    end
  end

  // Column c of sums waits for the last one.
  logic [Columns*32-1:0] sums_out;
  for (genvar c = 0; c < Columns; c++) begin : gen_sum
    assign sums_out[c*32 +: 32] = gen_row[Rows-1].gen_element[c].sum_q;
  end
  systolic_skew #(.Lanes(Columns), .Width(32), .Mirrored(1)) u_align (
    .clk_i, .d_i(sums_out), .d_o(sum_o)
  );

`ifdef FORMAL
  logic started_q;
  initial started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always_comb if (!started_q) assume (!rst_ni);

  logic               begins, holds, holds_q;  // the next weights hold from now on; some do
  logic [Rows-1:0]    loaded;                  // row r of the next weights has gone in
  logic [Latency-1:0] past_q;                  // valid_i of the cycles before
  assign begins = valid_i && first_i;
  assign holds  = begins || holds_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      holds_q <= 1'b0;
      past_q  <= '0;
    end else begin
      holds_q <= holds;
      past_q  <= Latency'({past_q, valid_i});
    end
  end
  always_comb if (started_q && rst_ni) assert (valid_o == past_q[Latency-1]);

  // What the array may expect: operands behind weights, and rows of weights in their time.
  localparam int unsigned AgeWidth = $clog2(Rows + 1);
  logic [AgeWidth-1:0] since, since_q;  // cycles since the weights began to hold, at most Rows
  assign since = begins ? '0 : since_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) since_q <= AgeWidth'(Rows);
    else if (since != AgeWidth'(Rows)) since_q <= since + AgeWidth'(1);
  end
  always_comb begin
    assume (!valid_i || holds);
    assume (!load_i || (32'(row_i) < Rows && 32'(row_i) <= 32'(since)));
  end
  for (genvar r = 0; r < Rows; r++) begin : gen_age
    logic                loaded_q;
    logic [AgeWidth-1:0] age_q;  // cycles since the row went in, at most Rows
    assign loaded[r] = loaded_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        loaded_q <= 1'b0;
        age_q    <= '0;
      end else if (load_i && row_i == RowWidth'(r)) begin
        loaded_q <= 1'b1;
        age_q    <= AgeWidth'(1);
      end else if (age_q != AgeWidth'(Rows)) begin
        age_q <= age_q + AgeWidth'(1);
      end
    end
    always_comb assume (!begins || (loaded_q && 32'(age_q) >= Rows - r));
  end

  // The same array without skew. What element (r, c) of it has now, that of the array above has
  // r + c cycles later, and its next weight c cycles later.
  for (genvar r = 0; r < Rows; r++) begin : gen_model
    for (genvar c = 0; c < Columns; c++) begin : gen_element
      logic [Width-1:0] next_q, held, held_q;
      logic [31:0]      above, sum;
      if (r == 0) begin : gen_top
        assign above = '0;
      end else begin : gen_below
        assign above = gen_model[r-1].gen_element[c].sum;
      end
      assign held = begins ? next_q : held_q;
      always_ff @(posedge clk_i) begin
        if (load_i && row_i == RowWidth'(r)) next_q <= b_i[c*Width +: Width];
        held_q <= held;
      end
      mac_pe #(.Format(Format)) u_mac (
        .a_i(a_i[r*Width +: Width]), .b_i(held), .c_i(above), .sum_o(sum), .overflow_o()
      );

      for (genvar d = 0; d <= r + c; d++) begin : gen_delay
        logic             has_next, has_weight;
        logic [Width-1:0] next, weight;
        if (d == 0) begin : gen_now
          assign has_next   = loaded[r];
          assign has_weight = holds;
          assign next       = next_q;
          assign weight     = held;
        end else begin : gen_later
          logic             has_next_q, has_weight_q;
          logic [Width-1:0] later_next_q, later_weight_q;
          assign has_next   = has_next_q;
          assign has_weight = has_weight_q;
          assign next       = later_next_q;
          assign weight     = later_weight_q;
          always_ff @(posedge clk_i or negedge rst_ni) begin
            if (!rst_ni) begin
              has_next_q   <= 1'b0;
              has_weight_q <= 1'b0;
            end else begin
              has_next_q   <= gen_model[r].gen_element[c].gen_delay[d-1].has_next;
              has_weight_q <= gen_model[r].gen_element[c].gen_delay[d-1].has_weight;
            end
          end
          always_ff @(posedge clk_i) begin
            later_next_q   <= gen_model[r].gen_element[c].gen_delay[d-1].next;
            later_weight_q <= gen_model[r].gen_element[c].gen_delay[d-1].weight;
          end
        end
      end
      always_comb begin
        if (started_q && rst_ni) begin
          if (gen_delay[c].has_next) assert (gen_b[c].next_q[r] == gen_delay[c].next);
          if (gen_delay[r+c].has_weight) begin
            assert (gen_row[r].gen_element[c].weight == gen_delay[r+c].weight);
          end
        end
      end
    end
  end

  // One row of operands, chosen freely, is followed to its sums. What holds for it holds for all.
  (* anyseq *) logic choose;
  localparam int unsigned PlaceWidth = $clog2(Latency + 1);
  logic [PlaceWidth-1:0] place_q;  // cycles since it went in; 0: none is followed
  logic [Columns*32-1:0] sums, sums_q;
  for (genvar c = 0; c < Columns; c++) begin : gen_sums
    assign sums[c*32 +: 32] = gen_model[Rows-1].gen_element[c].sum;
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) place_q <= '0;
    else if (place_q == '0) place_q <= PlaceWidth'(valid_i && choose);
    else if (place_q == PlaceWidth'(Latency)) place_q <= '0;
    else place_q <= place_q + PlaceWidth'(1);
  end
  always_ff @(posedge clk_i) if (place_q == '0) sums_q <= sums;
  always_comb begin
    if (started_q && rst_ni && place_q == PlaceWidth'(Latency)) begin
      assert (valid_o && sum_o == sums_q);
    end
  end
`endif

endmodule
