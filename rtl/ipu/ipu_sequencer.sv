// SPDX-License-Identifier: Apache-2.0
// The cycles of one operation: nibbles i of a and j of b from the top down, j faster, and within
// each pair of nibbles as many cycles as alignments need. base_o is what cycles before have served.
module ipu_sequencer #(
  parameter int unsigned SafePrecision = 7
) (
  input  logic                              clk_i,
  input  logic                              rst_ni,
  input  logic                              start_i,      // the next cycle is the first of another
  input  logic [1:0]                        next_mode_i,  // of that one
  input  logic [1:0]                        mode_i,       // of the operation at hand
  input  logic                              step_i,       // to the next cycle
  input  logic                              nobody_i,     // no lane takes part: one cycle is enough
  input  logic                              more_i,       // lanes are left at this pair of nibbles
  output logic [1:0]                        i_o,
  output logic [1:0]                        j_o,
  output logic                              a_top_o,      // i is the top nibble of a
  output logic                              b_top_o,
  output logic [ipu_pkg::ExponentWidth-1:0] base_o,
  output logic                              last_o
);

  localparam int unsigned W = ipu_pkg::ExponentWidth;

  logic [1:0] i_q, i_d, j_q, j_d;
  logic [W-1:0] base_q, base_d;

  // The top nibble of a, and of b.
  function automatic logic [1:0] top_of_a(input logic [1:0] mode);
    top_of_a = 2'd2;
    if (mode == ipu_pkg::Int4) top_of_a = 2'd0;
    if ((mode == ipu_pkg::Int8x4) || (mode == ipu_pkg::Int8)) top_of_a = 2'd1;
  endfunction
  function automatic logic [1:0] top_of_b(input logic [1:0] mode);
    top_of_b = 2'd2;
    if ((mode == ipu_pkg::Int4) || (mode == ipu_pkg::Int8x4)) top_of_b = 2'd0;
    if (mode == ipu_pkg::Int8) top_of_b = 2'd1;
  endfunction

  assign last_o = nobody_i || (!more_i && (i_q == 2'd0) && (j_q == 2'd0));

  always_comb begin
    i_d    = i_q;
    j_d    = j_q;
    base_d = W'(0);
    if (more_i) begin
      base_d = base_q + W'(SafePrecision);
    end else if (j_q != 2'd0) begin
      j_d = j_q - 2'd1;
    end else begin
      i_d = i_q - 2'd1;
      j_d = top_of_b(mode_i);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      i_q    <= 2'd0;
      j_q    <= 2'd0;
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
