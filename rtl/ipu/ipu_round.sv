// SPDX-License-Identifier: Apache-2.0
// The accumulator as a number: binary32 or binary16 (in the low half), rounded once, to nearest,
// ties to even, or toward zero; or the low 32 bits of an integer.
//
// No sum of binary16 products lies below the normal numbers of binary32 or above them. In binary16
// small ones become subnormal, and large ones infinity, or toward zero the greatest number. Zero is
// +0. Only FractionWidth >= 24 leaves bits to round.
module ipu_round #(
  parameter int unsigned FractionWidth = 30,
  parameter int unsigned AccWidth      = 47,
  parameter int unsigned Formats       = 0
) (
  input  logic signed [AccWidth-1:0]        sum_i,
  input  logic [ipu_pkg::ExponentWidth-1:0] exponent_i,
  input  logic [2:0]                        special_i,      // NaN, infinity, minus infinity
  input  logic                              fp_i,
  input  logic                              half_i,         // binary16
  input  logic                              toward_zero_i,
  output logic [31:0]                       result_o
);

  localparam int unsigned Levels = $clog2(AccWidth);
  // Exponents, in two's complement. That of a leading one in the top bit of the sum:
  localparam int unsigned W       = 9;
  localparam int unsigned TopFp32 = AccWidth - 1 + 127 - ipu_pkg::ProductBias - FractionWidth;
  // Bits that are rounded away.
  localparam int unsigned Rest32  = AccWidth - 24;
  localparam int unsigned Rest16  = AccWidth - 11;

  logic [AccWidth-1:0] magnitude, normal;
  logic [Levels-1:0] left;
  logic [12:0] half, lost;
  logic [3:0] down;
  logic [W-1:0] exponent, below;
  logic [30:0] packed_single;
  logic [14:0] packed_half;
  logic sign, single_up, half_up, subnormal, zero, fp;

  assign fp = (Formats == ipu_pkg::Every) ? fp_i : (Formats == ipu_pkg::Binary16);

  always_comb begin
    // 1. Sign and magnitude, the leading one to the top.
    sign      = sum_i[AccWidth-1];
    magnitude = sign ? AccWidth'(0) - sum_i : sum_i;
    zero      = magnitude == AccWidth'(0);
    normal    = magnitude;
    left      = Levels'(0);
    for (int unsigned s = Levels; s > 0; s--) begin
      if ((normal >> (AccWidth - (1 << (s - 1)))) == AccWidth'(0)) begin
        normal = normal << (1 << (s - 1));
        left   = left | Levels'(1 << (s - 1));
      end
    end
    exponent = W'(TopFp32) + W'(exponent_i) - W'(left);

    // 2. binary32. Packed first: a carry out of the fraction belongs into the exponent.
    single_up     = !toward_zero_i && normal[Rest32-1] &&
                    (normal[Rest32] || (normal[Rest32-2:0] != (Rest32-1)'(0)));
    packed_single = {exponent[7:0], normal[AccWidth-2:Rest32]} + 31'(single_up);

    // 3. binary16, whose exponents are less by 112: the significand, the bit below it, and one for
    // all the rest. Subnormals move down first.
    half      = {normal[AccWidth-1:Rest16-1], normal[Rest16-2:0] != (Rest16-1)'(0)};
    below     = W'(113) - exponent;
    subnormal = !below[W-1] && (below != W'(0));
    down      = (below > W'(15)) ? 4'd15 : below[3:0];
    if (subnormal) begin
      lost    = half & ~(13'h1FFF << down);
      half    = half >> down;
      half[0] = half[0] || (lost != 13'd0);
    end else begin
      lost = 13'd0;
    end
    exponent    = subnormal ? W'(0) : exponent - W'(112);
    half_up     = !toward_zero_i && half[1] && (half[2] || half[0]);
    packed_half = {exponent[4:0], half[11:2]} + 15'(half_up);
    if (exponent >= W'(31)) packed_half = toward_zero_i ? 15'h7BFF : 15'h7C00;

    // 4. What there is to say.
    result_o = half_i ? {16'd0, sign, packed_half} : {sign, packed_single};
    if (zero) result_o = 32'd0;
    if (special_i[2] || (special_i[1] && special_i[0])) begin
      result_o = half_i ? 32'h0000_7E00 : 32'h7FC0_0000;
    end else if (special_i[1] || special_i[0]) begin
      result_o = half_i ? {16'd0, special_i[0], 15'h7C00} : {special_i[0], 31'h7F80_0000};
    end
    if (!fp) result_o = 32'(sum_i);
  end

endmodule
