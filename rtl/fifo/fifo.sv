// SPDX-License-Identifier: Apache-2.0
// First in, first out, between two valid/ready handshakes.
//
// No path leads from an input to an output within a cycle, so that ready_i never reaches ready_o:
// with Depth = 2 this is the skid buffer that cuts a long ready chain at full throughput. A word
// that enters leaves one cycle later at the earliest.
module fifo #(
  parameter int unsigned Width = 8,
  parameter int unsigned Depth = 2  // words; at least 2
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             valid_i,
  output logic             ready_o,
  input  logic [Width-1:0] data_i,
  output logic             valid_o,
  input  logic             ready_i,
  output logic [Width-1:0] data_o
);

  localparam int unsigned PointerWidth = $clog2(Depth);
  localparam int unsigned CountWidth = $clog2(Depth + 1);

  logic [Width-1:0] words_q[Depth];
  logic [PointerWidth-1:0] read_q, write_q;
  logic [CountWidth-1:0] count_q, count_d;
  logic push, pop;

  assign ready_o = count_q != CountWidth'(Depth);
  assign valid_o = count_q != CountWidth'(0);
  assign data_o  = words_q[read_q];
  assign push    = valid_i && ready_o;
  assign pop     = valid_o && ready_i;

  always_comb begin
    count_d = count_q;
    if (push && !pop) count_d = count_q + CountWidth'(1);
    if (pop && !push) count_d = count_q - CountWidth'(1);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      count_q <= CountWidth'(0);
      read_q  <= PointerWidth'(0);
      write_q <= PointerWidth'(0);
    end else begin
      count_q <= count_d;
      if (push) write_q <= (write_q == PointerWidth'(Depth - 1)) ? PointerWidth'(0)
                                                                 : write_q + PointerWidth'(1);
      if (pop) read_q <= (read_q == PointerWidth'(Depth - 1)) ? PointerWidth'(0)
                                                              : read_q + PointerWidth'(1);
    end
  end

  // Words need no reset: none is read before it was written.
  always_ff @(posedge clk_i) begin
    if (push) words_q[write_q] <= data_i;
  end

`ifdef FORMAL
  // One word, chosen freely among all that ever enter, is followed through: it leaves once, after
  // exactly the words that were there before it, unchanged. What holds for any word holds for all.
  (* anyseq *) logic choose;
  logic followed_q;                  // the chosen word is inside
  logic [CountWidth-1:0] ahead_q;    // words that leave before it
  logic [Width-1:0] value_q;
  logic [CountWidth:0] place, end_of_words;  // where it must be, where the next word goes

  logic started_q;
  initial started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always_comb if (!started_q) assume (!rst_ni);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      followed_q <= 1'b0;
      ahead_q    <= CountWidth'(0);
    end else if (!followed_q) begin
      if (push && choose) begin
        followed_q <= 1'b1;
        ahead_q    <= pop ? count_q - CountWidth'(1) : count_q;
      end
    end else if (pop) begin
      followed_q <= ahead_q != CountWidth'(0);
      ahead_q    <= ahead_q - CountWidth'(1);
    end
  end
  always_ff @(posedge clk_i) if (push && choose && !followed_q) value_q <= data_i;

  // Sums of a pointer and a number of words, around the end of the memory.
  function automatic logic [CountWidth:0] wrapped(input logic [CountWidth:0] sum);
    wrapped = (sum >= (CountWidth+1)'(Depth)) ? sum - (CountWidth+1)'(Depth) : sum;
  endfunction
  assign place        = wrapped((CountWidth+1)'(read_q) + (CountWidth+1)'(ahead_q));
  assign end_of_words = wrapped((CountWidth+1)'(read_q) + (CountWidth+1)'(count_q));

  always_comb begin
    if (started_q && rst_ni) begin
      // Never more than Depth words, and the pointers differ by their number.
      assert (count_q <= CountWidth'(Depth));
      assert (32'(read_q) < Depth && 32'(write_q) < Depth);
      assert (end_of_words == (CountWidth+1)'(write_q));
      if (followed_q) begin
        // Not lost, not overtaken, not changed.
        assert (ahead_q < count_q);
        assert (words_q[PointerWidth'(place)] == value_q);
        if (ahead_q == CountWidth'(0)) assert (valid_o && data_o == value_q);
      end
    end
  end

  // A word that is offered stays, unchanged, until it is taken.
  logic stalled_q;
  logic [Width-1:0] offered_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) stalled_q <= 1'b0;
    else stalled_q <= valid_o && !ready_i;
  end
  always_ff @(posedge clk_i) offered_q <= data_o;
  always_comb begin
    if (started_q && rst_ni && stalled_q) assert (valid_o && data_o == offered_q);
  end
`endif

endmodule
