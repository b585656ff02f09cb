// SPDX-License-Identifier: Apache-2.0
// Operands as sign and magnitude, with their exponents.
//
// binary16: the 11-bit significand, hidden bit included, one place to the left, so that it fills
// three nibbles but for the last bit. A subnormal has the exponent of the least normal number.
// Integers pass unchanged in two's complement; their exponent means nothing.
module ipu_decode #(
  parameter int unsigned Lanes = 16
) (
  input  logic [Lanes*ipu_pkg::OperandWidth-1:0] operand_i,
  input  logic                                   fp_i,
  output logic [Lanes*ipu_pkg::CodeWidth-1:0]    code_o,
  output logic [Lanes*5-1:0]                     exponent_o,  // biased by 15, 1 at least
  output logic [Lanes-1:0]                       zero_o,
  output logic [Lanes-1:0]                       infinite_o,
  output logic [Lanes-1:0]                       nan_o
);

  for (genvar k = 0; k < Lanes; k++) begin : gen_lane
    logic [15:0] operand;
    logic [4:0] exponent;
    logic [9:0] fraction;
    logic normal;

    assign operand  = operand_i[k*16 +: 16];
    assign exponent = operand[14:10];
    assign fraction = operand[9:0];
    assign normal   = exponent != 5'd0;

    assign code_o[k*13 +: 13]   = fp_i ? {operand[15], normal, fraction, 1'b0}
                                       : {5'd0, operand[7:0]};
    assign exponent_o[k*5 +: 5] = normal ? exponent : 5'd1;
    assign zero_o[k]            = !normal && (fraction == 10'd0);
    assign infinite_o[k]        = (exponent == 5'd31) && (fraction == 10'd0);
    assign nan_o[k]             = (exponent == 5'd31) && (fraction != 10'd0);
  end

endmodule
