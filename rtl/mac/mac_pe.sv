// SPDX-License-Identifier: Apache-2.0
// c + a * b, combinational: the arithmetic of one processing element.
//
// Format 0: int8 operands, int32 sum that wraps in two's complement. Format 1: bf16 operands, the
// product and then the sum rounded to binary32; never overflow_o.
module mac_pe #(
  parameter int unsigned Format = 0,
  // Derived, not to be set.
  parameter int unsigned OperandWidth = (Format == 1) ? 16 : 8
) (
  input  logic [OperandWidth-1:0] a_i,
  input  logic [OperandWidth-1:0] b_i,
  input  logic [31:0]             c_i,
  output logic [31:0]             sum_o,
  output logic                    overflow_o  // the sum wrapped
);

  if (Format == 1) begin : gen_bf16
    logic [31:0] product;

    bf16_mul i_mul (
      .a_i       (a_i),
      .b_i       (b_i),
      .product_o (product)
    );
    fp32_add i_add (
      .a_i   (c_i),
      .b_i   (product),
      .sum_o (sum_o)
    );
    assign overflow_o = 1'b0;
  end else begin : gen_int8
    logic signed [7:0] a, b;
    logic signed [15:0] product;

    assign a          = a_i;
    assign b          = b_i;
    assign product    = a * b;
    assign sum_o      = c_i + {{16{product[15]}}, product};
    // Two numbers of one sign with a sum of the other.
    assign overflow_o = (c_i[31] == product[15]) && (sum_o[31] != c_i[31]);
  end

endmodule
