// SPDX-License-Identifier: Apache-2.0
// The weight-stationary array of systolic.sv. Operands go right, sums go down; element (r, c) meets
// a row of operands r + c cycles after it went in. The next weights wait in a second plane: row r
// of it is written one column per cycle, so that it may be written anew as soon as the first operand
// has passed.
module systolic_ws #(
  parameter int unsigned Rows     = 8,
  parameter int unsigned Columns  = 8,
  parameter int unsigned Format   = 0,
  parameter int unsigned Width    = 8,
  parameter int unsigned RowWidth = 3
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

  // Row r of operands: r cycles of skew, then one per column.
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

  // Column c of weights: c cycles of skew, then the plane.
  for (genvar c = 0; c < Columns; c++) begin : gen_b
    logic [RowWidth-1:0] row;
    logic [Width-1:0]    next_q[Rows];

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
      logic [Width-1:0] weight, weight_q;

      if (r == 0) begin : gen_top
        assign above = '0;
      end else begin : gen_below
        assign above = gen_row[r-1].gen_element[c].sum_q;
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

      mac_pe #(.Format(Format)) u_mac (
        .a_i        (gen_a[r].gen_delay[r+c].a),
        .b_i        (weight),
        .c_i        (above),
        .sum_o      (sum),
        .overflow_o ()
      );

      always_ff @(posedge clk_i) sum_q <= sum;
    end
  end

  // Column c of sums waits for the last one.
  for (genvar c = 0; c < Columns; c++) begin : gen_sum
    for (genvar d = 0; d < Columns - c; d++) begin : gen_delay
      logic [31:0] sum;
      if (d == 0) begin : gen_in
        assign sum = gen_row[Rows-1].gen_element[c].sum_q;
      end else begin : gen_held
        logic [31:0] sum_q;
        always_ff @(posedge clk_i) sum_q <= gen_sum[c].gen_delay[d-1].sum;
        assign sum = sum_q;
      end
    end
    assign sum_o[c*32 +: 32] = gen_sum[c].gen_delay[Columns-1-c].sum;
  end

endmodule
