// SPDX-License-Identifier: Apache-2.0
// The output-stationary array of systolic.sv. Rows of A go right, columns of B go down; element
// (r, c) adds the products of its sum r + c cycles after they went in. A complete sum moves into
// the drain register of its element, and the drain registers of a column then shift down together.
// The wave of the next complete sums follows right behind: row r takes a new sum no earlier than
// the cycle in which its last old one moves on.
module systolic_os #(
  parameter int unsigned Rows    = 2,
  parameter int unsigned Columns = 2,
  parameter int unsigned Format  = 0,
  parameter int unsigned Width   = 8
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  input  logic                     valid_i,
  input  logic                     first_i,
  input  logic                     last_i,
  input  logic [Rows*Width-1:0]    a_i,
  input  logic [Columns*Width-1:0] b_i,
  output logic                     valid_o,
  output logic [Columns*32-1:0]    sum_o
);

  localparam int unsigned Steps = Rows + Columns - 1;

  // Delayed by d cycles: valid[d], first[d], last[d].
  logic [Steps-1:0] valid_q, first_q, last_q;
  logic [Steps:0]   valid, first, last;
  logic [Rows-1:0]  leaving_q;

  assign valid   = {valid_q, valid_i};
  assign first   = {first_q, first_i};
  assign last    = {last_q, last_i && valid_i};
  assign valid_o = leaving_q[Rows-1];

  logic unused;
  assign unused = &{valid[Steps], first[Steps]};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q   <= '0;
      first_q   <= '0;
      last_q    <= '0;
      leaving_q <= '0;
    end else begin
      valid_q <= valid[Steps-1:0];
      first_q <= first[Steps-1:0];
      last_q  <= last[Steps-1:0];
      if (last[Steps]) leaving_q <= '1;
      else leaving_q <= leaving_q << 1;
    end
  end

  for (genvar c = 0; c < Columns; c++) begin : gen_column
    logic [Rows-1:0] moves_q, moves;  // bit r: row r takes what is above it
    if (c == 0) begin : gen_first
      assign moves = last[Rows] ? ~(Rows'(1)) : moves_q << 1;
    end else begin : gen_next
      assign moves = gen_column[c-1].moves_q;
    end
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) moves_q <= '0;
      else moves_q <= moves;
    end
  end

  logic [Rows*Width-1:0] skewed_a;
  systolic_skew #(.Lanes(Rows), .Width(Width)) u_skew_a (
    .clk_i, .d_i(a_i), .d_o(skewed_a)
  );

  logic [Columns*Width-1:0] skewed_b;
  systolic_skew #(.Lanes(Columns), .Width(Width)) u_skew_b (
    .clk_i, .d_i(b_i), .d_o(skewed_b)
  );

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    for (genvar c = 0; c < Columns; c++) begin : gen_element
      logic [31:0] partial, sum, sum_q, above, drain_q;
      logic [Width-1:0] a, b;

      if (r == 0) begin : gen_top
        assign above = '0;
        assign b     = skewed_b[c*Width +: Width];
      end else begin : gen_below
        logic [Width-1:0] b_q;
        always_ff @(posedge clk_i) b_q <= gen_row[r-1].gen_element[c].b;
        assign above = gen_row[r-1].gen_element[c].drain_q;
        assign b     = b_q;
      end
      if (c == 0) begin : gen_left
        assign a = skewed_a[r*Width +: Width];
      end else begin : gen_right
        logic [Width-1:0] a_q;
        always_ff @(posedge clk_i) a_q <= gen_row[r].gen_element[c-1].a;
        assign a = a_q;
      end

      assign partial = first[r+c] ? '0 : sum_q;
      mac_pe #(.Format(Format)) u_mac (
        .a_i        (a),
        .b_i        (b),
        .c_i        (partial),
        .sum_o      (sum),
        // verilator lint_off PINCONNECTEMPTY
        .overflow_o ()  // connected, it slows the simulation
        // verilator lint_on PINCONNECTEMPTY
      );

      always_ff @(posedge clk_i) begin
        if (valid[r+c]) sum_q <= sum;
        if (last[r+c+1]) drain_q <= sum_q;
        else if (gen_column[c].moves_q[r]) drain_q <= above;
      end
    end
  end

  // Column c of sums waits for the last one.
  logic [Columns*32-1:0] sums_out;
  for (genvar c = 0; c < Columns; c++) begin : gen_sum
    assign sums_out[c*32 +: 32] = gen_row[Rows-1].gen_element[c].drain_q;
  end
  systolic_skew #(.Lanes(Columns), .Width(32), .Mirrored(1)) u_align (
    .clk_i, .d_i(sums_out), .d_o(sum_o)
  );

`ifdef FORMAL
  logic started_q;
  initial started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always_comb if (!started_q) assume (!rst_ni);

  // Rows of sums leave in the Rows cycles from First cycles behind a last one on.
  localparam int unsigned First      = Rows + Columns;
  localparam int unsigned Final      = First + Rows - 1;
  localparam int unsigned ApartWidth = $clog2(Rows + 1);
  logic                  completes, begun_q;
  logic [Final:1]        past_q;   // completes, so many cycles before
  logic [ApartWidth-1:0] apart_q;  // cycles since the last one, at most Rows
  assign completes = valid_i && last_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      begun_q <= 1'b0;
      past_q  <= '0;
      apart_q <= ApartWidth'(Rows);
    end else begin
      begun_q <= begun_q || valid_i;
      past_q  <= {past_q[Final-1:1], completes};
      if (completes) apart_q <= ApartWidth'(1);
      else if (apart_q != ApartWidth'(Rows)) apart_q <= apart_q + ApartWidth'(1);
    end
  end
  always_comb begin
    assume (!valid_i || first_i || begun_q);
    assume (!completes || apart_q == ApartWidth'(Rows));
    if (started_q && rst_ni) assert (valid_o == (past_q[Final:First] != '0));
  end

  // The same array without skew. The sum that element (r, c) of it has now, that of the array above
  // has r + c cycles later.
  logic [Rows*Columns*32-1:0] sums;  // with the operands of this cycle
  for (genvar r = 0; r < Rows; r++) begin : gen_model
    for (genvar c = 0; c < Columns; c++) begin : gen_element
      logic [31:0] before, sum, total_q;
      assign before = first_i ? '0 : total_q;
      mac_pe #(.Format(Format)) u_mac (
        .a_i(a_i[r*Width +: Width]), .b_i(b_i[c*Width +: Width]), .c_i(before), .sum_o(sum),
        .overflow_o()
      );
      always_ff @(posedge clk_i) if (valid_i) total_q <= sum;
      assign sums[(r*Columns+c)*32 +: 32] = sum;

      for (genvar d = 0; d <= r + c; d++) begin : gen_delay
        logic        has;
        logic [31:0] total;
        if (d == 0) begin : gen_now
          assign has   = begun_q;
          assign total = total_q;
        end else begin : gen_later
          logic        has_q;
          logic [31:0] later_q;
          assign has   = has_q;
          assign total = later_q;
          always_ff @(posedge clk_i or negedge rst_ni) begin
            if (!rst_ni) has_q <= 1'b0;
            else has_q <= gen_model[r].gen_element[c].gen_delay[d-1].has;
          end
          always_ff @(posedge clk_i) later_q <= gen_model[r].gen_element[c].gen_delay[d-1].total;
        end
      end
      always_comb begin
        if (started_q && rst_ni && gen_delay[r+c].has) begin
          assert (gen_row[r].gen_element[c].sum_q == gen_delay[r+c].total);
        end
      end
    end
  end

  // Sums that are complete, chosen freely, are followed until they have left, the last row first.
  // What holds for them holds for all.
  (* anyseq *) logic choose;
  localparam int unsigned PlaceWidth = $clog2(Final + 1);
  logic [PlaceWidth-1:0]      place_q;  // cycles since they were complete; 0: none are followed
  logic [Rows*Columns*32-1:0] sums_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) place_q <= '0;
    else if (place_q == '0) place_q <= PlaceWidth'(completes && choose);
    else if (place_q == PlaceWidth'(Final)) place_q <= '0;
    else place_q <= place_q + PlaceWidth'(1);
  end
  always_ff @(posedge clk_i) begin
    if (place_q == '0) sums_q <= sums;
    else if (place_q >= PlaceWidth'(First)) sums_q <= sums_q << Columns * 32;
  end
  always_comb begin
    if (started_q && rst_ni && place_q >= PlaceWidth'(First)) begin
      assert (valid_o && sum_o == sums_q[(Rows-1)*Columns*32 +: Columns*32]);
    end
  end
`endif

endmodule
