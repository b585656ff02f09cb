// SPDX-License-Identifier: Apache-2.0
// The auxiliary shifter behind the tree: the sum of an iteration to its place in the accumulator,
// whose last bit counts 2^(exponent - FractionWidth). The sum's last bit has
//
//   4(i+j) - 22 - (Width-9) + FractionWidth - base - (accumulator's exponent - the products')
//
// places to go to the left, or to the right, where what falls off is lost (floor). One right shift
// does both: the sum enters as far to the left as it can ever have to go. Integers have their last
// bit in the accumulator's, and nothing of theirs ever falls off.
module ipu_auxiliary #(
  parameter int unsigned SumWidth      = 20,  // Width + log2(Lanes)
  parameter int unsigned Width         = 16,
  parameter int unsigned FractionWidth = 30,
  parameter int unsigned AccWidth      = 47
) (
  input  logic signed [SumWidth-1:0]        sum_i,
  input  logic                              fp_i,
  input  logic [2:0]                        weight_i,    // i + j
  input  logic [ipu_pkg::ExponentWidth-1:0] base_i,
  input  logic [ipu_pkg::ExponentWidth-1:0] distance_i,  // of the two exponents
  output logic [AccWidth-1:0]               addend_o
);

  // Of i = j = 2 without anything that goes to the right; integers never have to go farther.
  localparam int unsigned Left = (FractionWidth + 3 > Width) ? FractionWidth + 3 - Width : 0;
  localparam int unsigned PlaceWidth = SumWidth + Left;
  // Of i = j = 0.
  localparam int unsigned FpRight  = Left + ipu_pkg::FractionOfProduct + Width - 9 - FractionWidth;
  localparam int unsigned IntRight = Left + Width - 9;

  // A shift of so many ones leaves nothing but the sign.
  localparam int unsigned Levels = $clog2(PlaceWidth);

  logic [7:0] right;
  logic [Levels-1:0] near;
  logic signed [PlaceWidth-1:0] place, shifted;

  assign right   = (fp_i ? 8'(FpRight) + 8'(base_i) + 8'(distance_i) : 8'(IntRight)) -
                   {3'd0, weight_i, 2'd0};
  assign place   = {sum_i, {Left{1'b0}}};
  assign near    = ((right >> Levels) != 8'd0) ? {Levels{1'b1}} : right[Levels-1:0];
  assign shifted = place >>> near;

  if (PlaceWidth >= AccWidth) begin : gen_narrower
    assign addend_o = shifted[AccWidth-1:0];
  end else begin : gen_wider
    assign addend_o = {{(AccWidth-PlaceWidth){shifted[PlaceWidth-1]}}, shifted};
  end

endmodule
