// SPDX-License-Identifier: Apache-2.0
// The accumulator: a sum that is never normalised beside an exponent register,
//
//   value = sum * 2^(exponent - ProductBias - FractionWidth)
//
// When products with a greater exponent come, the sum gives way to the right (floor). Exponent 0
// says that nothing has been added yet, and integers leave it there. A sum that wraps, and what
// NaNs and infinities make of it, is remembered until the next clear_i.
module ipu_accumulator #(
  parameter int unsigned AccWidth = 47,
  parameter int unsigned Formats  = 0
) (
  input  logic                              clk_i,
  input  logic                              add_i,
  input  logic                              clear_i,     // before the addition
  input  logic [ipu_pkg::ExponentWidth-1:0] max_i,       // of the products; 0: none, or integers
  input  logic [2:0]                        special_i,   // NaN, infinity, minus infinity
  output logic [ipu_pkg::ExponentWidth-1:0] distance_o,  // of the accumulator's exponent from max_i
  input  logic [AccWidth-1:0]               addend_i,    // in the accumulator's places
  output logic [AccWidth-1:0]               sum_o,
  output logic [ipu_pkg::ExponentWidth-1:0] exponent_o,
  output logic [2:0]                        special_o,
  output logic                              overflow_o
);

  localparam int unsigned W      = ipu_pkg::ExponentWidth;
  localparam int unsigned Floats = (Formats != ipu_pkg::Integers) ? 1 : 0;

  logic [W-1:0] exponent, exponent_d, exponent_q, give_way;
  logic signed [AccWidth-1:0] sum, sum_q;
  logic [AccWidth-1:0] sum_d, aligned;
  logic [2:0] special_q;
  logic overflow, overflow_q;

  assign exponent   = (clear_i || (Floats == 0)) ? W'(0) : exponent_q;
  assign exponent_d = ((Floats != 0) && (max_i > exponent)) ? max_i : exponent;
  assign give_way   = exponent_d - exponent;
  assign distance_o = (Floats != 0) ? exponent_d - max_i : W'(0);

  assign sum      = clear_i ? AccWidth'(0) : sum_q;
  assign aligned  = sum >>> give_way;
  assign sum_d    = aligned + addend_i;
  // Two numbers of one sign with a sum of the other.
  assign overflow = (aligned[AccWidth-1] == addend_i[AccWidth-1]) &&
                    (sum_d[AccWidth-1] != aligned[AccWidth-1]);

  // No reset: a sum starts with clear_i.
  always_ff @(posedge clk_i) begin
    if (add_i) begin
      sum_q      <= sum_d;
      exponent_q <= exponent_d;
      special_q  <= (Floats != 0) ? (clear_i ? 3'd0 : special_q) | special_i : 3'd0;
      overflow_q <= (!clear_i && overflow_q) || overflow;
    end
  end

  assign sum_o      = sum_q;
  assign exponent_o = exponent_q;
  assign special_o  = special_q;
  assign overflow_o = overflow_q;

endmodule
