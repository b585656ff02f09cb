// SPDX-License-Identifier: Apache-2.0
// The auxiliary shifter behind the tree: the sum of an iteration to its place in the accumulator,
// whose last bit counts 2^(exponent - FractionWidth). The sum's last bit has
//
//   place - fraction of a product - places below it + FractionWidth - base
//         - (accumulator's exponent - the products')
//
// places to go to the left, place = i*DigitA + j*DigitB, or to the right, where what falls off is
// lost (floor). One right shift does both: the sum enters as far to the left as it can ever have to
// go. Integers have their last bit in the accumulator's, and nothing of theirs ever falls off.
module ipu_auxiliary #(
  parameter int unsigned SumWidth      = 20,  // Width + log2(Lanes)
  parameter int unsigned Width         = 16,
  parameter int unsigned FractionWidth = 30,
  parameter int unsigned AccWidth      = 47,
  parameter int unsigned DigitA        = 4,
  parameter int unsigned DigitB        = 4,
  parameter int unsigned Formats       = 0,
  parameter int unsigned WeightWidth   = ipu_pkg::weight_width(DigitA, DigitB, Formats)
) (
  input  logic signed [SumWidth-1:0]        sum_i,
  input  logic                              fp_i,
  input  logic [WeightWidth-1:0]            weight_i,    // place / step
  input  logic [ipu_pkg::ExponentWidth-1:0] base_i,
  input  logic [ipu_pkg::ExponentWidth-1:0] distance_i,  // of the two exponents
  output logic [AccWidth-1:0]               addend_o
);

  localparam int unsigned Step      = ipu_pkg::step(DigitA, DigitB);
  localparam int unsigned MostPlace = ipu_pkg::most_place(DigitA, DigitB, Formats);
  localparam int unsigned Fraction  = ipu_pkg::fraction_of_product(DigitA, DigitB);
  localparam int unsigned Below     = Width - ipu_pkg::product_width(DigitA, DigitB);
  // The farthest to the left, without anything that goes to the right.
  localparam int unsigned Integers  = ipu_pkg::most_place(DigitA, DigitB, ipu_pkg::Integers);
  localparam int unsigned FpLeft    = (MostPlace + FractionWidth > Fraction + Below)
                                    ? MostPlace + FractionWidth - Fraction - Below : 0;
  localparam int unsigned IntLeft   = (Integers > Below) ? Integers - Below : 0;
  localparam int unsigned Left      = (Formats == ipu_pkg::Integers) ? IntLeft
                                    : (Formats == ipu_pkg::Binary16) ? FpLeft
                                    : (FpLeft > IntLeft) ? FpLeft : IntLeft;
  localparam int unsigned PlaceWidth = SumWidth + Left;
  // Of i = j = 0.
  localparam int unsigned FpRight  = Left + Fraction + Below - FractionWidth;
  localparam int unsigned IntRight = Left + Below;

  // A shift of so many ones leaves nothing but the sign.
  localparam int unsigned Levels = $clog2(PlaceWidth);

  logic fp;
  logic [4:0] up;
  logic [7:0] right;
  logic [Levels-1:0] near;
  logic signed [PlaceWidth-1:0] place, shifted;

  assign fp      = (Formats == ipu_pkg::Every) ? fp_i : (Formats == ipu_pkg::Binary16);
  assign up      = (MostPlace == 0) ? 5'd0 : 5'(weight_i * Step);
  assign right   = (fp ? 8'(FpRight) + 8'(base_i) + 8'(distance_i) : 8'(IntRight)) - 8'(up);
  assign place   = PlaceWidth'(sum_i) <<< Left;
  assign near    = ((right >> Levels) != 8'd0) ? {Levels{1'b1}} : right[Levels-1:0];
  assign shifted = place >>> near;

  if (PlaceWidth >= AccWidth) begin : gen_narrower
    assign addend_o = shifted[AccWidth-1:0];
  end else begin : gen_wider
    assign addend_o = {{(AccWidth-PlaceWidth){shifted[PlaceWidth-1]}}, shifted};
  end

endmodule
