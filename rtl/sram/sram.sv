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

endmodule
