// SPDX-License-Identifier: Apache-2.0
// One line: of quotient q and divisor d, |2 value - 2 q d 2^F| <= d 2^F, with equality for an even
// q alone; or q is the greatest and the value lies beyond.
module vsq_ppu_divide_proof #(
  parameter int unsigned ValueWidth    = 8,
  parameter int unsigned DivisorWidth  = 3,
  parameter int unsigned FractionBits  = 2,
  parameter int unsigned QuotientWidth = 3
) (
  input logic [ValueWidth-1:0]    value_i,
  input logic [DivisorWidth-1:0]  divisor_i,
  input logic [QuotientWidth-1:0] greatest_i
);

  localparam int unsigned HalvesWidth     = ValueWidth + 1 - FractionBits;
  localparam int unsigned ReciprocalShift = HalvesWidth + DivisorWidth;
  localparam int unsigned ReciprocalWidth = ReciprocalShift + 1;

  logic [ReciprocalWidth-1:0] reciprocal;
  logic [QuotientWidth-1:0] quotient;

  vsq_ppu_reciprocal #(
    .DivisorWidth (DivisorWidth),
    .Shift        (ReciprocalShift)
  ) i_reciprocal (
    .divisor_i    (divisor_i),
    .reciprocal_o (reciprocal)
  );
  vsq_ppu_divide #(
    .ValueWidth    (ValueWidth),
    .DivisorWidth  (DivisorWidth),
    .FractionBits  (FractionBits),
    .QuotientWidth (QuotientWidth)
  ) i_divide (
    .value_i      (value_i),
    .divisor_i    (divisor_i),
    .reciprocal_i (reciprocal),
    .greatest_i   (greatest_i),
    .quotient_o   (quotient)
  );

`ifdef FORMAL
  localparam int unsigned Width = ValueWidth + DivisorWidth + FractionBits + QuotientWidth + 2;

  logic [Width-1:0] value, unit, point;

  assign value = Width'(value_i) << 1;
  assign unit  = Width'(divisor_i) << FractionBits;
  assign point = (Width'(quotient) * unit) << 1;

  always_comb assume (divisor_i != DivisorWidth'(0));
  always_comb begin
    assert (quotient <= greatest_i);
    assert (value + unit >= point);
    if (value + unit == point) assert (!quotient[0] || (quotient == greatest_i));
    if (quotient != greatest_i) begin
      assert (value <= point + unit);
      if (value == point + unit) assert (!quotient[0]);
    end
  end
`endif

endmodule
