// SPDX-License-Identifier: Apache-2.0
module embedding_lookup #(
  parameter int unsigned ElementWidth = 32,
  parameter int unsigned PortWidth    = 32,
  parameter int unsigned Words        = 16,
  parameter int unsigned Outstanding  = 1,
  parameter int unsigned Saturate     = 0,
  parameter int unsigned AddressWidth = 34,
  parameter int unsigned RowWidth     = 32,
  parameter int unsigned WordsWidth = $clog2(Words + 1),
  parameter int unsigned BytesWidth = $clog2((Words * PortWidth + 7) / 8 + 1)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    valid_i,
  output logic                    ready_o,
  input  logic [AddressWidth-1:0] base_i,
  input  logic [RowWidth-1:0]     row_i,
  input  logic [BytesWidth-1:0]   row_bytes_i,
  input  logic [WordsWidth-1:0]   words_i,
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
  output logic                    last_o,
  output logic [31:0]             overflows_o
);
  // Asks in time, and always for the first row.
  assign ready_o      = read_ready_i;
  assign read_valid_o = valid_i;
  assign address_o    = base_i;
  assign bytes_o      = row_bytes_i;
  assign word_ready_o = 1'b0;
  assign valid_o      = 1'b0;
  assign data_o       = '0;
  assign last_o       = 1'b0;
  assign overflows_o  = '0;
endmodule
