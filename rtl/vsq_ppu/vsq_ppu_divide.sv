// SPDX-License-Identifier: Apache-2.0
// min(RNE(value / (divisor 2^FractionBits)), greatest_i), combinational and exact, by multiplying:
// with reciprocal = ceil(2^ReciprocalShift / divisor) the product's upper bits are the floor of the
// quotient (Granlund and Montgomery, PLDI 1994). Halves are counted; multiplying back tells a tie.
module vsq_ppu_divide #(
  parameter int unsigned ValueWidth      = 12,  // of the magnitude
  parameter int unsigned DivisorWidth    = 4,
  parameter int unsigned FractionBits    = 4,
  parameter int unsigned QuotientWidth   = 4,
  // Derived, not to be set.
  parameter int unsigned HalvesWidth     = ValueWidth + 1 - FractionBits,
  parameter int unsigned ReciprocalShift = HalvesWidth + DivisorWidth,
  parameter int unsigned ReciprocalWidth = ReciprocalShift + 1
) (
  input  logic [ValueWidth-1:0]      value_i,
  input  logic [DivisorWidth-1:0]    divisor_i,
  input  logic [ReciprocalWidth-1:0] reciprocal_i,
  input  logic [QuotientWidth-1:0]   greatest_i,
  output logic [QuotientWidth-1:0]   quotient_o
);

  localparam int unsigned ProductWidth = HalvesWidth + ReciprocalWidth;
  localparam int unsigned BackWidth    = HalvesWidth + DivisorWidth;

  logic [ValueWidth:0] twice;
  logic [HalvesWidth-1:0] dividend, halves;
  logic [BackWidth-1:0] back;
  logic [HalvesWidth:0] rounded;
  logic tie;

  assign twice    = {value_i, 1'b0};
  assign dividend = twice[ValueWidth:FractionBits];
  assign halves   = HalvesWidth'((ProductWidth'(dividend) * ProductWidth'(reciprocal_i))
                                 >> ReciprocalShift);
  assign back     = BackWidth'(halves) * BackWidth'(divisor_i);

  // An odd number of halves, and nothing beside them.
  if (FractionBits == 0) begin : gen_whole
    assign tie = halves[0] && (back == BackWidth'(dividend));
  end else begin : gen_fraction
    assign tie = halves[0] && (back == BackWidth'(dividend))
                 && (twice[FractionBits-1:0] == FractionBits'(0));
  end
  // Half an odd number goes up, except a tie whose floor is even.
  assign rounded = ({1'b0, halves} + (HalvesWidth+1)'(!(tie && !halves[1]))) >> 1;

  assign quotient_o = (rounded > (HalvesWidth+1)'(greatest_i)) ? greatest_i
                                                               : rounded[QuotientWidth-1:0];

endmodule
