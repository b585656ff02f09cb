// SPDX-License-Identifier: Apache-2.0
// One digit of every operand, with its sign: that of a binary16 number goes with each of its
// digits; of an integer in two's complement only the top digit is signed.
module ipu_digits #(
  parameter int unsigned Lanes      = 16,
  parameter int unsigned Digit      = 4,
  parameter int unsigned Formats    = 0,
  parameter int unsigned CodeWidth  = ipu_pkg::code_width(Digit, Formats),
  parameter int unsigned IndexWidth = ipu_pkg::index_width(Digit, Formats)
) (
  input  logic [Lanes*CodeWidth-1:0] code_i,
  input  logic                       fp_i,
  input  logic [IndexWidth-1:0]      index_i,  // 0: the lowest
  input  logic                       top_i,    // it is the top one
  output logic [Lanes*(Digit+1)-1:0] digit_o
);

  localparam int unsigned Digits = ipu_pkg::digits(Digit, Formats);

  logic fp;
  assign fp = (Formats == ipu_pkg::Every) ? fp_i : (Formats == ipu_pkg::Binary16);

  for (genvar k = 0; k < Lanes; k++) begin : gen_lane
    logic [CodeWidth-1:0] code;
    logic [Digit-1:0] bits;
    logic [Digit:0] magnitude;

    assign code = code_i[k*CodeWidth +: CodeWidth];
    always_comb begin
      bits = code[(Digits-1)*Digit +: Digit];
      for (int unsigned i = 0; i + 1 < Digits; i++)
        if (index_i == IndexWidth'(i)) bits = code[i*Digit +: Digit];
    end
    assign magnitude = {1'b0, bits};
    assign digit_o[k*(Digit+1) +: Digit+1] = !fp ? {top_i && bits[Digit-1], bits}
                                           : code[CodeWidth-1] ? (Digit+1)'(0) - magnitude
                                                               : magnitude;
  end

endmodule
