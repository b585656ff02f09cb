// SPDX-License-Identifier: Apache-2.0
// Steps of restoring long division, combinational: each takes one more digit of the dividend behind
// what is left, and the divisor off it where that goes.
module vsq_ppu_long_division #(
  parameter int unsigned Width = 12,  // of the divisor
  parameter int unsigned Steps = 2
) (
  input  logic [Width-1:0] rest_i,     // below the divisor
  input  logic [Steps-1:0] digits_i,   // of the dividend, the highest first
  input  logic [Width-1:0] divisor_i,  // not zero
  output logic [Steps-1:0] quotient_o,
  output logic [Width-1:0] rest_o
);

  logic [Width:0] part;
  logic [Width+1:0] less;
  logic [Width-1:0] rest;
  logic [Steps-1:0] quotient;

  always_comb begin
    rest     = rest_i;
    quotient = Steps'(0);
    part     = (Width+1)'(0);
    less     = (Width+2)'(0);
    for (int unsigned s = 0; s < Steps; s++) begin
      part = {rest, digits_i[Steps-1-s]};
      less = {1'b0, part} - {2'b00, divisor_i};
      quotient[Steps-1-s] = !less[Width+1];
      rest = less[Width+1] ? part[Width-1:0] : less[Width-1:0];
    end
  end

  assign quotient_o = quotient;
  assign rest_o     = rest;

endmodule
