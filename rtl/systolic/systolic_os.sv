// SPDX-License-Identifier: Apache-2.0
// The output-stationary array of systolic.sv. Rows of A go right, columns of B go down; element
// (r, c) adds the products of its sum r + c cycles after they went in. A complete sum moves into
// the drain register of its element, and the drain registers of a column then shift down together.
// The wave of the next complete sums follows right behind: row r takes a new sum no earlier than
// the cycle in which its last old one moves on.
module systolic_os #(
  parameter int unsigned Rows    = 8,
  parameter int unsigned Columns = 8,
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
      assign moves = last[Rows] ? ~Rows'(1) : moves_q << 1;
    end else begin : gen_next
      assign moves = gen_column[c-1].moves_q;
    end
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) moves_q <= '0;
      else moves_q <= moves;
    end
  end

  for (genvar r = 0; r < Rows; r++) begin : gen_a
    for (genvar d = 0; d < r + Columns; d++) begin : gen_delay
      logic [Width-1:0] a;
      if (d == 0) begin : gen_in
        assign a = a_i[r*Width +: Width];
      end else begin : gen_held
        logic [Width-1:0] a_q;
        always_ff @(posedge clk_i) a_q <= gen_a[r].gen_delay[d-1].a;
        assign a = a_q;
      end
    end
  end

  for (genvar c = 0; c < Columns; c++) begin : gen_b
    for (genvar d = 0; d < c + Rows; d++) begin : gen_delay
      logic [Width-1:0] b;
      if (d == 0) begin : gen_in
        assign b = b_i[c*Width +: Width];
      end else begin : gen_held
        logic [Width-1:0] b_q;
        always_ff @(posedge clk_i) b_q <= gen_b[c].gen_delay[d-1].b;
        assign b = b_q;
      end
    end
  end

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    for (genvar c = 0; c < Columns; c++) begin : gen_element
      logic [31:0] partial, sum, sum_q, above, drain_q;

      if (r == 0) begin : gen_top
        assign above = '0;
      end else begin : gen_below
        assign above = gen_row[r-1].gen_element[c].drain_q;
      end

      assign partial = first[r+c] ? '0 : sum_q;
      mac_pe #(.Format(Format)) u_mac (
        .a_i        (gen_a[r].gen_delay[r+c].a),
        .b_i        (gen_b[c].gen_delay[r+c].b),
        .c_i        (partial),
        .sum_o      (sum),
        .overflow_o ()
      );

      always_ff @(posedge clk_i) begin
        if (valid[r+c]) sum_q <= sum;
        if (last[r+c+1]) drain_q <= sum_q;
        else if (gen_column[c].moves_q[r]) drain_q <= above;
      end
    end
  end

  // Column c of sums waits for the last one.
  for (genvar c = 0; c < Columns; c++) begin : gen_sum
    for (genvar d = 0; d < Columns - c; d++) begin : gen_delay
      logic [31:0] sum;
      if (d == 0) begin : gen_in
        assign sum = gen_row[Rows-1].gen_element[c].drain_q;
      end else begin : gen_held
        logic [31:0] sum_q;
        always_ff @(posedge clk_i) sum_q <= gen_sum[c].gen_delay[d-1].sum;
        assign sum = sum_q;
      end
    end
    assign sum_o[c*32 +: 32] = gen_sum[c].gen_delay[Columns-1-c].sum;
  end

endmodule
