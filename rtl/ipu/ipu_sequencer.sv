// SPDX-License-Identifier: Apache-2.0
// The cycles of one operation: digits i of a and j of b from the top down, j faster, and within
// each pair of digits as many cycles as alignments need. base_o is what cycles before have served.
module ipu_sequencer #(
  parameter int unsigned SafePrecision = 7,
  parameter int unsigned DigitA        = 4,
  parameter int unsigned DigitB        = 4,
  parameter int unsigned Formats       = 0,
  parameter int unsigned IndexA        = ipu_pkg::index_width(DigitA, Formats),
  parameter int unsigned IndexB        = ipu_pkg::index_width(DigitB, Formats)
) (
  input  logic                              clk_i,
  input  logic                              rst_ni,
  input  logic                              start_i,      // the next cycle is the first of another
  input  logic [1:0]                        next_mode_i,  // of that one
  input  logic [1:0]                        mode_i,       // of the operation at hand
  input  logic                              step_i,       // to the next cycle
  input  logic                              nobody_i,     // no lane takes part: one cycle is enough
  input  logic                              more_i,       // lanes are left at this pair of digits
  output logic [IndexA-1:0]                 i_o,
  output logic [IndexB-1:0]                 j_o,
  output logic                              a_top_o,      // i is the top digit of a
  output logic                              b_top_o,
  output logic [ipu_pkg::ExponentWidth-1:0] base_o,
  output logic                              last_o
);

  localparam int unsigned W = ipu_pkg::ExponentWidth;

  logic [IndexA-1:0] i_q, i_d;
  logic [IndexB-1:0] j_q, j_d;
  logic [W-1:0] base_q, base_d;

  // The top digit of a, and of b, of 4, 8 or 11 bits.
  localparam int unsigned Top4A  = (4 + DigitA - 1) / DigitA - 1;
  localparam int unsigned Top8A  = (8 + DigitA - 1) / DigitA - 1;
  localparam int unsigned Top11A = (11 + DigitA - 1) / DigitA - 1;
  localparam int unsigned Top4B  = (4 + DigitB - 1) / DigitB - 1;
  localparam int unsigned Top8B  = (8 + DigitB - 1) / DigitB - 1;
  localparam int unsigned Top11B = (11 + DigitB - 1) / DigitB - 1;

  function automatic logic fp(input logic [1:0] mode);
    fp = (Formats == ipu_pkg::Every) ? (mode == ipu_pkg::Fp16) : (Formats == ipu_pkg::Binary16);
  endfunction
  function automatic logic [IndexA-1:0] top_of_a(input logic [1:0] mode);
    top_of_a = (mode == ipu_pkg::Int4) ? IndexA'(Top4A) : IndexA'(Top8A);
    if (fp(mode)) top_of_a = IndexA'(Top11A);
  endfunction
  function automatic logic [IndexB-1:0] top_of_b(input logic [1:0] mode);
    top_of_b = (mode == ipu_pkg::Int8) ? IndexB'(Top8B) : IndexB'(Top4B);
    if (fp(mode)) top_of_b = IndexB'(Top11B);
  endfunction

  assign last_o = nobody_i || (!more_i && (i_q == IndexA'(0)) && (j_q == IndexB'(0)));

  always_comb begin
    i_d    = i_q;
    j_d    = j_q;
    base_d = W'(0);
    if (more_i && (Formats != ipu_pkg::Integers)) begin
      base_d = base_q + W'(SafePrecision);
    end else if (j_q != IndexB'(0)) begin
      j_d = j_q - IndexB'(1);
    end else begin
      if (ipu_pkg::digits(DigitA, Formats) > 1) i_d = i_q - IndexA'(1);
      j_d = top_of_b(mode_i);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      i_q    <= IndexA'(0);
      j_q    <= IndexB'(0);
      base_q <= W'(0);
    end else if (start_i) begin
      i_q    <= top_of_a(next_mode_i);
      j_q    <= top_of_b(next_mode_i);
      base_q <= W'(0);
    end else if (step_i) begin
      i_q    <= i_d;
      j_q    <= j_d;
      base_q <= base_d;
    end
  end

  assign i_o     = i_q;
  assign j_o     = j_q;
  assign a_top_o = i_q == top_of_a(mode_i);
  assign b_top_o = j_q == top_of_b(mode_i);
  assign base_o  = base_q;

endmodule
