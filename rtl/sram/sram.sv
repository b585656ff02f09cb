// SPDX-License-Identifier: Apache-2.0
// One-port memory of 64-bit words with synchronous read, byte enables, injected faults, and
// SECDED(72,64) in front of it.
//
// A request is taken when req_i and ready_o are high; a read answers with rvalid_o exactly
// 1 + Secded cycles later, and no answer can be held back. Reads follow each other in every cycle.
//
// With SECDED the check bits cover the whole word, so that a write of some bytes only reads, corrects,
// merges and writes back: ready_o stays low for two cycles. Where its read finds an uncorrectable
// error the word is left as it is: new check bits would hide the error from every later read.
//
// Faults belong to a request and change what its array access reads, check bits included:
// ((word & ~stuck_at_0_i) | stuck_at_1_i) ^ flip_i. A stuck cell is the same mask on all reads of
// its word; writes of whole words ignore the masks.
module sram #(
  parameter int unsigned Words  = 256,
  parameter int unsigned Secded = 1,
  // Derived, not to be set.
  parameter int unsigned AddressWidth = (Words > 1) ? $clog2(Words) : 1,
  parameter int unsigned ArrayWidth   = (Secded != 0) ? 72 : 64
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    req_i,
  output logic                    ready_o,
  input  logic                    write_i,
  input  logic [AddressWidth-1:0] address_i,
  input  logic [63:0]             wdata_i,
  input  logic [7:0]              byte_enable_i,  // writes only
  input  logic [ArrayWidth-1:0]   flip_i,
  input  logic [ArrayWidth-1:0]   stuck_at_0_i,
  input  logic [ArrayWidth-1:0]   stuck_at_1_i,
  output logic                    rvalid_o,
  output logic [63:0]             rdata_o,
  output logic                    corrected_o,     // with rvalid_o, or where a partial write read
  output logic                    uncorrectable_o
);

  logic [ArrayWidth-1:0] words_q[Words];
  logic [ArrayWidth-1:0] faulty;
  logic accept;

  assign accept = req_i && ready_o;
  assign faulty = ((words_q[address_i] & ~stuck_at_0_i) | stuck_at_1_i) ^ flip_i;

  if (Secded != 0) begin : gen_secded
    logic [71:0] read_q;
    logic [63:0] data, data_q, wdata_q, write_data;
    logic [7:0]  enable_q, check;
    logic [AddressWidth-1:0] address_q, write_address;
    logic partial, reads, write;
    logic read_valid_q, partial_q, valid_q, merge_q;  // in the array's register; decoded
    logic corrected, uncorrectable, corrected_q, uncorrectable_q;

    assign partial = accept && write_i && (byte_enable_i != 8'hFF) && (byte_enable_i != 8'h00);
    assign reads   = (accept && !write_i) || partial;

    secded_decode i_decode (
      .word_i          (read_q),
      .data_o          (data),
      .corrected_o     (corrected),
      .uncorrectable_o (uncorrectable)
    );
    secded_encode i_encode (
      .data_i  (write_data),
      .check_o (check)
    );

    always_comb begin
      write_address = address_i;
      write_data    = wdata_i;
      write         = accept && write_i && (byte_enable_i == 8'hFF);
      if (merge_q) begin
        write_address = address_q;
        write_data    = data_q;
        for (int unsigned i = 0; i < 8; i++) begin
          if (enable_q[i]) write_data[i*8 +: 8] = wdata_q[i*8 +: 8];
        end
        write = !uncorrectable_q;
      end
    end

    always_ff @(posedge clk_i) begin
      if (write) words_q[write_address] <= {check, write_data};
      if (reads) read_q <= faulty;
      if (partial) begin
        address_q <= address_i;
        wdata_q   <= wdata_i;
        enable_q  <= byte_enable_i;
      end
      data_q <= data;
    end

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        read_valid_q    <= 1'b0;
        partial_q       <= 1'b0;
        valid_q         <= 1'b0;
        merge_q         <= 1'b0;
        corrected_q     <= 1'b0;
        uncorrectable_q <= 1'b0;
      end else begin
        read_valid_q    <= accept && !write_i;
        partial_q       <= partial;
        valid_q         <= read_valid_q;
        merge_q         <= partial_q;
        corrected_q     <= corrected && (read_valid_q || partial_q);
        uncorrectable_q <= uncorrectable && (read_valid_q || partial_q);
      end
    end

    assign ready_o         = !partial_q && !merge_q;
    assign rvalid_o        = valid_q;
    assign rdata_o         = data_q;
    assign corrected_o     = corrected_q;
    assign uncorrectable_o = uncorrectable_q;
  end else begin : gen_plain
    logic [63:0] read_q;
    logic valid_q;

    always_ff @(posedge clk_i) begin
      for (int unsigned i = 0; i < 8; i++) begin
        if (accept && write_i && byte_enable_i[i]) begin
          words_q[address_i][i*8 +: 8] <= wdata_i[i*8 +: 8];
        end
      end
      if (accept && !write_i) read_q <= faulty;
    end
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) valid_q <= 1'b0;
      else valid_q <= accept && !write_i;
    end

    assign ready_o         = 1'b1;
    assign rvalid_o        = valid_q;
    assign rdata_o         = read_q;
    assign corrected_o     = 1'b0;
    assign uncorrectable_o = 1'b0;
  end

`ifdef FORMAL
  logic started_q;
  initial started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always_comb if (!started_q) assume (!rst_ni);
  always_comb assume (32'(address_i) < Words);

  // Requests that were taken one and two cycles before: reads, and writes that read first.
  logic read, merge;
  logic [1:0] reads_q, merges_q;
  assign read  = accept && !write_i;
  assign merge = (Secded != 0) && accept && write_i && (byte_enable_i != 8'hFF) &&
                 (byte_enable_i != 8'h00);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      reads_q  <= 2'b00;
      merges_q <= 2'b00;
    end else begin
      reads_q  <= {reads_q[0], read};
      merges_q <= {merges_q[0], merge};
    end
  end
  always_comb begin
    if (started_q && rst_ni) begin
      assert (ready_o == (merges_q == 2'b00));
      assert (rvalid_o == reads_q[Secded]);
      if (!rvalid_o && !merges_q[1]) assert (!corrected_o && !uncorrectable_o);
    end
  end

  // One word, chosen freely, beside one without pipeline; its accesses meet no fault. What holds
  // for it holds for all.
  (* anyconst *) logic [AddressWidth-1:0] chosen;
  logic takes, known_q;  // has been written as a whole since reset
  logic [63:0] value, value_q, old_q;
  logic [1:0] answers_q;
  logic [63:0] answer_q, later_q;

  always_comb assume (32'(chosen) < Words);
  assign takes = accept && (address_i == chosen);
  always_comb if (takes) assume ({flip_i, stuck_at_0_i, stuck_at_1_i} == (3*ArrayWidth)'(0));
  always_comb begin
    value = value_q;
    for (int unsigned i = 0; i < 8; i++) begin
      if (byte_enable_i[i]) value[i*8 +: 8] = wdata_i[i*8 +: 8];
    end
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      known_q   <= 1'b0;
      answers_q <= 2'b00;
    end else begin
      if (takes && write_i && (byte_enable_i == 8'hFF)) known_q <= 1'b1;
      answers_q <= {answers_q[0], takes && !write_i && known_q};
    end
  end
  always_ff @(posedge clk_i) begin
    if (takes && write_i) value_q <= value;
    if (takes && write_i) old_q <= value_q;
    answer_q <= value_q;
    later_q  <= answer_q;
  end

  if (Secded != 0) begin : gen_stored
    // A stored word has no syndrome; the array's register has that of the decoder.
    logic [71:0] word;
    logic [63:0] merged;
    logic [7:0]  check, check_read;
    logic merging;
    assign word = words_q[chosen];
    secded_encode i_check (.data_i(word[63:0]), .check_o(check));
    secded_encode i_check_read (.data_i(gen_secded.read_q[63:0]), .check_o(check_read));
    always_comb begin
      merged = old_q;
      for (int unsigned i = 0; i < 8; i++) begin
        if (gen_secded.enable_q[i]) merged[i*8 +: 8] = gen_secded.wdata_q[i*8 +: 8];
      end
    end
    assign merging = (merges_q != 2'b00) && (gen_secded.address_q == chosen);
    always_comb begin
      if (started_q && rst_ni) begin
        assert (gen_secded.partial_q == merges_q[0] && gen_secded.merge_q == merges_q[1]);
        assert (gen_secded.read_valid_q == reads_q[0] && merges_q != 2'b11);
        if (known_q) begin
          assert (word[71:64] == check);
          assert (word[63:0] == (merging ? old_q : value_q));
          if (merging) assert (value_q == merged);
          if (merging && merges_q[0]) begin
            assert (gen_secded.read_q[63:0] == old_q && gen_secded.read_q[71:64] == check_read);
          end
          if (merging && merges_q[1]) begin
            assert (gen_secded.data_q == old_q && !corrected_o && !uncorrectable_o);
          end
        end
        if (answers_q[0]) begin
          assert (reads_q[0] && gen_secded.read_q[63:0] == answer_q);
          assert (gen_secded.read_q[71:64] == check_read);
        end
        if (answers_q[1]) begin
          assert (rvalid_o && rdata_o == later_q && !corrected_o && !uncorrectable_o);
        end
      end
    end
  end else begin : gen_stored
    always_comb begin
      if (started_q && rst_ni) begin
        if (known_q) assert (words_q[chosen] == value_q);
        if (answers_q[0]) assert (rvalid_o && rdata_o == answer_q);
      end
    end
  end
`endif

endmodule
