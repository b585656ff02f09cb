// SPDX-License-Identifier: Apache-2.0
// Lookup unit of one memory channel: rows of embedding tables are asked for, their words come one
// per cycle.
//
//   address = base + row * row_bytes                      modulo 2^AddressWidth
//
// A row that is offered goes out as a read in the same cycle, if fewer than Outstanding reads are in
// flight; a read is in flight until the cycle after its last word. Words come in the order of the
// reads. Rows from one with first_i to the next one with last_i are summed element by element, and
// only the sum leaves, word by word as the last row comes; a row that is both leaves as it is, so
// that rows stand side by side.
//
// A word of a last row that comes in cycle t is on data_o from t + 1 on. While one is held, words of
// a last row wait, others are taken. overflows_o counts sums that wrapped or were limited, up to
// 2^32 - 1.
module embedding_lookup #(
  parameter int unsigned ElementWidth = 32,
  parameter int unsigned PortWidth    = 32,  // a multiple of ElementWidth
  parameter int unsigned Words        = 16,  // of a row, at most
  parameter int unsigned Outstanding  = 1,
  parameter int unsigned Saturate     = 0,   // 0: sums wrap, 1: they end at the bound
  parameter int unsigned AddressWidth = 34,
  parameter int unsigned RowWidth     = 32,
  // Derived, not to be set.
  parameter int unsigned WordsWidth = $clog2(Words + 1),
  parameter int unsigned BytesWidth = $clog2((Words * PortWidth + 7) / 8 + 1)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    valid_i,
  output logic                    ready_o,
  input  logic [AddressWidth-1:0] base_i,       // of the table
  input  logic [RowWidth-1:0]     row_i,
  input  logic [BytesWidth-1:0]   row_bytes_i,
  input  logic [WordsWidth-1:0]   words_i,      // of the row, 1 to Words; the same in all rows of a sum
  input  logic                    first_i,
  input  logic                    last_i,
  output logic                    read_valid_o,
  input  logic                    read_ready_i,
  output logic [AddressWidth-1:0] address_o,
  output logic [BytesWidth-1:0]   bytes_o,
  input  logic                    word_valid_i,
  output logic                    word_ready_o,
  input  logic [PortWidth-1:0]    word_i,
  output logic                    valid_o,
  input  logic                    ready_i,
  output logic [PortWidth-1:0]    data_o,
  output logic                    last_o,       // word of its row, or sum
  output logic [31:0]             overflows_o
);

  localparam int unsigned Elements     = PortWidth / ElementWidth;
  localparam int unsigned PointerWidth = (Outstanding > 1) ? $clog2(Outstanding) : 1;
  localparam int unsigned FlightWidth  = $clog2(Outstanding + 1);
  localparam int unsigned IndexWidth   = (Words > 1) ? $clog2(Words) : 1;

  // Reads in flight, the oldest at oldest_q: {first, last, words}.
  logic [WordsWidth+1:0] reads_q[Outstanding];
  logic [PointerWidth-1:0] oldest_q, next_q;
  logic [FlightWidth-1:0] flight_q, flight_d;
  logic room, asks, takes, ends;

  assign room         = flight_q != FlightWidth'(Outstanding);
  assign read_valid_o = valid_i && room;
  assign ready_o      = read_ready_i && room;
  assign asks         = read_valid_o && read_ready_i;
  assign bytes_o      = row_bytes_i;
  assign address_o    = base_i + AddressWidth'(row_i) * AddressWidth'(row_bytes_i);

  logic first, last, leaves, valid_q;
  logic [WordsWidth-1:0] words, at_q;  // of the oldest read, and how many of them have come

  assign {first, last, words} = reads_q[oldest_q];
  assign word_ready_o = (flight_q != FlightWidth'(0)) && (!last || !valid_q || ready_i);
  assign takes        = word_valid_i && word_ready_o;
  assign ends         = takes && (at_q == words - WordsWidth'(1));
  assign leaves       = takes && last;

  always_comb begin
    flight_d = flight_q;
    if (asks && !ends) flight_d = flight_q + FlightWidth'(1);
    if (ends && !asks) flight_d = flight_q - FlightWidth'(1);
  end

  function automatic logic [PointerWidth-1:0] after(input logic [PointerWidth-1:0] pointer);
    after = (pointer == PointerWidth'(Outstanding - 1)) ? PointerWidth'(0)
                                                        : pointer + PointerWidth'(1);
  endfunction

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      flight_q <= FlightWidth'(0);
      oldest_q <= PointerWidth'(0);
      next_q   <= PointerWidth'(0);
      at_q     <= WordsWidth'(0);
      valid_q  <= 1'b0;
    end else begin
      flight_q <= flight_d;
      if (asks) next_q <= after(next_q);
      if (ends) oldest_q <= after(oldest_q);
      if (takes) at_q <= ends ? WordsWidth'(0) : at_q + WordsWidth'(1);
      if (leaves) valid_q <= 1'b1;
      else if (ready_i) valid_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (asks) reads_q[next_q] <= {first_i, last_i, words_i};
  end

  // The sum so far, word by word.
  logic [PortWidth-1:0] sums_q[Words];
  logic [PortWidth-1:0] old, sum, data_q;
  logic [Elements-1:0] overflow;
  logic last_q;

  assign old = sums_q[IndexWidth'(at_q)];

  for (genvar i = 0; i < Elements; i++) begin : gen_element
    embedding_lookup_add #(
      .ElementWidth (ElementWidth),
      .Saturate     (Saturate)
    ) i_add (
      .first_i    (first),
      .old_i      (old[i*ElementWidth +: ElementWidth]),
      .element_i  (word_i[i*ElementWidth +: ElementWidth]),
      .sum_o      (sum[i*ElementWidth +: ElementWidth]),
      .overflow_o (overflow[i])
    );
  end

  always_ff @(posedge clk_i) begin
    if (takes && !last) sums_q[IndexWidth'(at_q)] <= sum;
    if (leaves) begin
      data_q <= sum;
      last_q <= ends;
    end
  end

  assign valid_o = valid_q;
  assign data_o  = data_q;
  assign last_o  = last_q;

  logic [31:0] counted, overflows_q;
  logic [32:0] overflows;

  always_comb begin
    counted = 32'd0;
    for (int unsigned i = 0; i < Elements; i++) counted = counted + {31'd0, overflow[i]};
  end
  assign overflows = {1'b0, overflows_q} + {1'b0, counted};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) overflows_q <= 32'd0;
    else if (takes) overflows_q <= overflows[32] ? {32{1'b1}} : overflows[31:0];
  end
  assign overflows_o = overflows_q;

`ifdef FORMAL
  logic started_q;
  initial started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always_comb if (!started_q) assume (!rst_ni);
  always_comb if (valid_i) assume (words_i != WordsWidth'(0) && 32'(words_i) <= Words);

  // One read, chosen freely among all that are ever asked for, is followed: it gets its words after
  // those that were asked for before it, as many as it asked for, and then another's come.
  (* anyseq *) logic choose;
  logic followed_q;
  logic [FlightWidth-1:0] ahead_q;  // reads that get theirs before it
  logic [WordsWidth+1:0] asked_q;
  logic [FlightWidth:0] place, end_of_reads;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      followed_q <= 1'b0;
      ahead_q    <= FlightWidth'(0);
    end else if (!followed_q) begin
      if (asks && choose) begin
        followed_q <= 1'b1;
        ahead_q    <= ends ? flight_q - FlightWidth'(1) : flight_q;
      end
    end else if (ends) begin
      followed_q <= ahead_q != FlightWidth'(0);
      ahead_q    <= ahead_q - FlightWidth'(1);
    end
  end
  always_ff @(posedge clk_i) if (asks && choose && !followed_q) asked_q <= {first_i, last_i, words_i};

  function automatic logic [FlightWidth:0] wrapped(input logic [FlightWidth:0] sum_of);
    wrapped = (sum_of >= (FlightWidth+1)'(Outstanding)) ? sum_of - (FlightWidth+1)'(Outstanding)
                                                        : sum_of;
  endfunction
  assign place        = wrapped((FlightWidth+1)'(oldest_q) + (FlightWidth+1)'(ahead_q));
  assign end_of_reads = wrapped((FlightWidth+1)'(oldest_q) + (FlightWidth+1)'(flight_q));

  // One word of a row, at any place, and the sum of it in a register of its own.
  (* anyconst *) logic [WordsWidth-1:0] watched;
  logic summed_q;  // the sum of that word has begun
  logic [PortWidth-1:0] shadow_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) summed_q <= 1'b0;
    else if (takes && at_q == watched) summed_q <= !last;
  end
  always_ff @(posedge clk_i) if (takes && at_q == watched && !last) shadow_q <= sum;

  logic held_q;
  logic [PortWidth:0] offered_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) held_q <= 1'b0;
    else held_q <= valid_o && !ready_i;
  end
  always_ff @(posedge clk_i) offered_q <= {last_o, data_o};

  always_comb begin
    assume (32'(watched) < Words);
    if (started_q && rst_ni) begin
      assert (flight_q <= FlightWidth'(Outstanding));
      assert (32'(oldest_q) < Outstanding && 32'(next_q) < Outstanding);
      assert (end_of_reads == (FlightWidth+1)'(next_q));
      if (flight_q == FlightWidth'(0)) assert (at_q == WordsWidth'(0) && !word_ready_o);
      if (followed_q) begin
        assert (ahead_q < flight_q);
        assert (reads_q[PointerWidth'(place)] == asked_q);
        assert (asked_q[WordsWidth-1:0] != WordsWidth'(0));
        assert (32'(asked_q[WordsWidth-1:0]) <= Words);
        if (ahead_q == FlightWidth'(0)) assert (at_q < asked_q[WordsWidth-1:0]);
      end
      if (summed_q) assert (sums_q[IndexWidth'(watched)] == shadow_q);
      // A word that is offered stays, unchanged, until it is taken.
      if (held_q) assert (valid_o && {last_o, data_o} == offered_q);
    end
  end
`endif

endmodule
