// SPDX-License-Identifier: Apache-2.0
// RNE(value / 2^shift), limited to OutWidth bits. One rule for both signs: the floor, plus one when
// the rest is more than half, or half with an odd floor. shift_i < Width.
module requantize_round #(
  parameter int unsigned Width      = 63,
  parameter int unsigned OutWidth   = 10,
  parameter int unsigned ShiftWidth = $clog2(Width)
) (
  input  logic signed [Width-1:0]    value_i,
  input  logic [ShiftWidth-1:0]      shift_i,
  output logic signed [OutWidth-1:0] near_o
);

  logic signed [Width-1:0] floor;
  logic half, more;  // the last bit that was shifted out; any bit before it

  // Stage s shifts by 2^s or not.
  always_comb begin
    floor = value_i;
    half  = 1'b0;
    more  = 1'b0;
    for (int unsigned s = 0; s < ShiftWidth; s++) begin
      if (shift_i[s]) begin
        more  = more || half || ((floor & ~({Width{1'b1}} << ((1 << s) - 1))) != Width'(0));
        half  = floor[(1 << s) - 1];
        floor = floor >>> (1 << s);
      end
    end
  end

  logic signed [Width:0] rounded;
  logic up;

  assign up      = half && (more || floor[0]);
  assign rounded = (Width+1)'(floor) + (up ? (Width+1)'(1) : (Width+1)'(0));

  // It fits when all bits above are copies of the sign.
  logic fits;
  assign fits = (rounded[Width:OutWidth-1] == {(Width-OutWidth+2){rounded[Width]}});
  assign near_o = fits ? rounded[OutWidth-1:0]
                       : {rounded[Width], {(OutWidth-1){!rounded[Width]}}};

endmodule
