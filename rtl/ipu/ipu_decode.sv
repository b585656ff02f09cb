// SPDX-License-Identifier: Apache-2.0
// Operands as sign and magnitude, with their exponents.
//
// binary16: the 11-bit significand, hidden bit included, moved up to fill whole digits: nibbles
// leave one place below it. A subnormal has the exponent of the least normal number. Integers pass
// in two's complement, and to the end of a digit that they do not fill goes their sign; their
// exponent means nothing.
module ipu_decode #(
  parameter int unsigned Lanes     = 16,
  parameter int unsigned Digit     = 4,
  parameter int unsigned Formats   = 0,
  parameter int unsigned CodeWidth = ipu_pkg::code_width(Digit, Formats)
) (
  input  logic [Lanes*ipu_pkg::OperandWidth-1:0] operand_i,
  input  logic                                   fp_i,
  input  logic                                   narrow_i,    // an integer has 4 bits, not 8
  output logic [Lanes*CodeWidth-1:0]             code_o,
  output logic [Lanes*5-1:0]                     exponent_o,  // biased by 15, 1 at least
  output logic [Lanes-1:0]                       zero_o,
  output logic [Lanes-1:0]                       infinite_o,
  output logic [Lanes-1:0]                       nan_o
);

  localparam int unsigned Places = ipu_pkg::digits(Digit, Formats) * Digit;

  logic fp, floats, extend;
  assign floats = Formats != ipu_pkg::Integers;
  assign fp     = (Formats == ipu_pkg::Every) ? fp_i : floats;
  // Digits that 4 bits fill look at no other bit.
  assign extend = ((4 % Digit) != 0) && narrow_i;

  for (genvar k = 0; k < Lanes; k++) begin : gen_lane
    logic [15:0] operand;
    logic [4:0] exponent;
    logic [9:0] fraction;
    logic normal;
    logic signed [7:0] eight;
    logic [Places-1:0] integral;

    assign operand  = operand_i[k*16 +: 16];
    assign exponent = operand[14:10];
    assign fraction = operand[9:0];
    assign normal   = floats && (exponent != 5'd0);
    assign eight    = extend ? {{4{operand[3]}}, operand[3:0]} : operand[7:0];
    assign integral = ((8 % Digit) != 0) ? Places'(eight) : Places'({1'b0, eight});

    if (Formats == ipu_pkg::Integers) begin : gen_integer
      assign code_o[k*CodeWidth +: CodeWidth] = integral;
    end else begin : gen_any
      logic [Places-1:0] significand;
      assign significand = Places'({normal, fraction}) << (Places - 11);
      assign code_o[k*CodeWidth +: CodeWidth] = fp ? {operand[15], significand} : {1'b0, integral};
    end
    assign exponent_o[k*5 +: 5] = normal ? exponent : 5'd1;
    assign zero_o[k]            = floats && !normal && (fraction == 10'd0);
    assign infinite_o[k]        = floats && (exponent == 5'd31) && (fraction == 10'd0);
    assign nan_o[k]             = floats && (exponent == 5'd31) && (fraction != 10'd0);
  end

endmodule
