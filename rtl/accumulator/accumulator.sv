// SPDX-License-Identifier: Apache-2.0
// Partial sums below a matrix unit: Banks x Rows rows of Columns int32 or binary32.
//
// Sums: the unit above never waits, so there is no ready. A row taken in cycle t is read at the end
// of t, added (or, with first_i, stored as it is) and written at the end of t + 1; one row per cycle
// whatever its address, since a row that is still being added is forwarded.
// Drain: a row requested in cycle t is on data_o from t + 1 until it is taken; it holds every sum
// taken before t, and none taken in t. A bank has one read port and sums go first: a request waits
// while a sum reads its bank.
//
// Integer sums wrap in two's complement; overflows_o counts every sum that did and stays at its
// maximum. Those in binary32 (fp32_pkg.sv) are not counted: infinity shows where one overflowed.
module accumulator #(
  parameter int unsigned Format       = 0,  // 0: int32, 1: binary32
  parameter int unsigned Rows         = 16,
  parameter int unsigned Columns      = 16,
  parameter int unsigned Banks        = 2,
  parameter int unsigned CounterWidth = 32,
  parameter int unsigned SumWidth     = 32,  // less in proofs only
  // Derived, not to be set.
  parameter int unsigned RowWidth  = (Rows > 1) ? $clog2(Rows) : 1,
  parameter int unsigned BankWidth = (Banks > 1) ? $clog2(Banks) : 1
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    valid_i,
  input  logic                    first_i,  // overwrites
  input  logic [BankWidth-1:0]    bank_i,
  input  logic [RowWidth-1:0]     row_i,
  input  logic [Columns*SumWidth-1:0]   data_i,
  input  logic                    drain_valid_i,
  output logic                    drain_ready_o,
  input  logic [BankWidth-1:0]    drain_bank_i,
  input  logic [RowWidth-1:0]     drain_row_i,
  output logic                    valid_o,
  input  logic                    ready_i,
  output logic [Columns*SumWidth-1:0]   data_o,
  output logic [CounterWidth-1:0] overflows_o
);

  localparam int unsigned Width = Columns * SumWidth;
  localparam int unsigned LaneCountWidth = $clog2(Columns + 1);

  logic adding_q, first_q;          // a sum in its second cycle
  logic [BankWidth-1:0] bank_q;
  logic [RowWidth-1:0] row_q;
  logic [Width-1:0] addend_q, old_q, sum;
  logic [Columns-1:0] overflow;

  logic reads, drain, repeated, drain_repeated, out_valid_q;
  logic [Width-1:0] out_q;
  logic [Banks*Width-1:0] banks_read;
  logic [Width-1:0] sum_read, drain_read;

  // A sum and a drain that meet a row which is being added see the result of this cycle.
  assign repeated       = adding_q && (bank_q == bank_i) && (row_q == row_i);
  assign drain_repeated = adding_q && (bank_q == drain_bank_i) && (row_q == drain_row_i);

  assign reads         = valid_i && !first_i;
  assign drain_ready_o = (!out_valid_q || ready_i) && !(reads && (bank_i == drain_bank_i));
  assign drain         = drain_valid_i && drain_ready_o;

  for (genvar b = 0; b < Banks; b++) begin : gen_bank
    logic [Width-1:0] sums_q[Rows];
    logic [RowWidth-1:0] read_row;

    assign read_row = (reads && (bank_i == BankWidth'(b))) ? row_i : drain_row_i;
    assign banks_read[b*Width +: Width] = sums_q[read_row];

    always_ff @(posedge clk_i) begin
      if (adding_q && (bank_q == BankWidth'(b))) sums_q[row_q] <= sum;
    end
  end

  always_comb begin
    sum_read   = banks_read[Width-1:0];
    drain_read = banks_read[Width-1:0];
    for (int unsigned b = 1; b < Banks; b++) begin
      if (bank_i == BankWidth'(b)) sum_read = banks_read[b*Width +: Width];
      if (drain_bank_i == BankWidth'(b)) drain_read = banks_read[b*Width +: Width];
    end
  end

  for (genvar c = 0; c < Columns; c++) begin : gen_column
    accumulator_add #(
      .Format (Format),
      .Width  (SumWidth)
    ) i_add (
      .first_i    (first_q),
      .old_i      (old_q[c*SumWidth +: SumWidth]),
      .addend_i   (addend_q[c*SumWidth +: SumWidth]),
      .sum_o      (sum[c*SumWidth +: SumWidth]),
      .overflow_o (overflow[c])
    );
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      adding_q    <= 1'b0;
      out_valid_q <= 1'b0;
    end else begin
      adding_q <= valid_i;
      if (drain) out_valid_q <= 1'b1;
      else if (ready_i) out_valid_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      first_q  <= first_i;
      bank_q   <= bank_i;
      row_q    <= row_i;
      addend_q <= data_i;
    end
    if (reads) old_q <= repeated ? sum : sum_read;
    if (drain) out_q <= drain_repeated ? sum : drain_read;
  end

  // The count of this cycle, and the total that does not wrap.
  logic [LaneCountWidth-1:0] wrapped;
  logic [CounterWidth-1:0] overflows_q;
  logic [CounterWidth+LaneCountWidth-1:0] total;

  always_comb begin
    wrapped = LaneCountWidth'(0);
    for (int unsigned c = 0; c < Columns; c++) wrapped = wrapped + LaneCountWidth'(overflow[c]);
  end

  assign total = {{LaneCountWidth{1'b0}}, overflows_q} + {{CounterWidth{1'b0}}, wrapped};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) overflows_q <= {CounterWidth{1'b0}};
    else if (adding_q) begin
      overflows_q <= (total[CounterWidth+LaneCountWidth-1:CounterWidth] != LaneCountWidth'(0))
                         ? {CounterWidth{1'b1}}
                         : total[CounterWidth-1:0];
    end
  end

  assign valid_o     = out_valid_q;
  assign data_o      = out_q;
  assign overflows_o = overflows_q;

`ifdef FORMAL
  logic started_q;
  initial started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always_comb if (!started_q) assume (!rst_ni);

  // Addresses exist.
  always_comb assume (32'(row_i) < Rows && 32'(bank_i) < Banks);
  always_comb assume (32'(drain_row_i) < Rows && 32'(drain_bank_i) < Banks);

  // One row, chosen freely, beside a sum without pipeline: what holds for it holds for all.
  (* anyconst *) logic [BankWidth-1:0] chosen_bank;
  (* anyconst *) logic [RowWidth-1:0] chosen_row;
  logic known_q;  // has been overwritten since reset, and holds value_q from the next cycle on
  logic [Width-1:0] value_q, added;
  logic takes, answers_q;
  logic [Width-1:0] answer_q;

  always_comb assume (32'(chosen_row) < Rows && 32'(chosen_bank) < Banks);
  assign takes = valid_i && (bank_i == chosen_bank) && (row_i == chosen_row);
  for (genvar c = 0; c < Columns; c++) begin : gen_added
    assign added[c*SumWidth +: SumWidth] = value_q[c*SumWidth +: SumWidth] + data_i[c*SumWidth +: SumWidth];
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      known_q   <= 1'b0;
      answers_q <= 1'b0;
    end else begin
      if (takes && first_i) known_q <= 1'b1;
      if (drain) answers_q <= known_q && (drain_bank_i == chosen_bank) &&
                              (drain_row_i == chosen_row);
      else if (ready_i) answers_q <= 1'b0;
    end
  end
  always_ff @(posedge clk_i) begin
    if (takes) value_q <= first_i ? data_i : added;
    if (drain) answer_q <= value_q;
  end

  // Where the chosen row is now.
  logic [Width-1:0] chosen_sum;
  logic in_flight;
  logic [Banks*Width-1:0] stored;
  for (genvar b = 0; b < Banks; b++) begin : gen_stored
    assign stored[b*Width +: Width] = gen_bank[b].sums_q[chosen_row];
  end
  assign in_flight = adding_q && (bank_q == chosen_bank) && (row_q == chosen_row);
  always_comb begin
    chosen_sum = stored[Width-1:0];
    for (int unsigned b = 1; b < Banks; b++) begin
      if (chosen_bank == BankWidth'(b)) chosen_sum = stored[b*Width +: Width];
    end
    if (in_flight) chosen_sum = sum;
  end

  always_comb begin
    if (started_q && rst_ni) begin
      if (known_q) assert (chosen_sum == value_q);
      if (answers_q) assert (valid_o && data_o == answer_q);
    end
  end

  // A row that is offered stays, unchanged, until it is taken; a request is never refused while
  // there is room and no sum.
  logic stalled_q;
  logic [Width-1:0] offered_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) stalled_q <= 1'b0;
    else stalled_q <= valid_o && !ready_i;
  end
  always_ff @(posedge clk_i) offered_q <= data_o;
  always_comb begin
    if (started_q && rst_ni) begin
      if (stalled_q) assert (valid_o && data_o == offered_q);
      if (!valid_i && !valid_o) assert (drain_ready_o);
    end
  end
`endif

endmodule
