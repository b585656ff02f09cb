// SPDX-License-Identifier: Apache-2.0
// Stands in for the lane where the pipeline is proved: results free in every cycle, so that what
// holds around it holds around any arithmetic.
module vector_alu_lane (
  input  logic [3:0]  op_i,
  input  logic        int8_i,
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  input  logic        condition_i,
  input  logic [31:0] low_i,
  input  logic [31:0] high_i,
  input  logic [4:0]  shift_i,
  output logic [31:0] result_o,
  output logic        overflow_o
);

  (* anyseq *) logic [31:0] result;
  (* anyseq *) logic overflow;

  assign result_o   = result;
  assign overflow_o = overflow;

endmodule
