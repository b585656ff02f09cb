// SPDX-License-Identifier: Apache-2.0
// By the definition of rounding, as fp32_add_proof.sv has it.
module fp32_mul_proof (
  input logic [fp32_pkg::Width-1:0] a_i,
  input logic [fp32_pkg::Width-1:0] b_i
);

  localparam int unsigned Width = fp32_pkg::Width;
  // Exact products are in units of the smallest subnormal squared; a result's last place is
  // 2^Scale of them.
  localparam int unsigned Scale      = fp32_pkg::Bias - 1 + fp32_pkg::FractionWidth;
  localparam int unsigned ExactWidth = 2 * fp32_pkg::ValueWidth;

  logic [Width-1:0] product;

  fp32_mul i_mul (
    .a_i       (a_i),
    .b_i       (b_i),
    .product_o (product)
  );

`ifdef FORMAL
  logic [Width-2:0] a, b, code;
  logic [ExactWidth:0] doubled, below, above;  // twice the product, twice the midpoints
  logic nan, infinite, zero;

  assign a        = a_i[Width-2:0];
  assign b        = b_i[Width-2:0];
  assign code     = product[Width-2:0];
  assign doubled  = ((ExactWidth+1)'(fp32_pkg::value(a)) * (ExactWidth+1)'(fp32_pkg::value(b)))
                    << 1;
  assign above    = ((ExactWidth+1)'(fp32_pkg::value(code)) +
                     (ExactWidth+1)'(fp32_pkg::value(code + 1))) << Scale;
  assign below    = ((ExactWidth+1)'(fp32_pkg::value(code)) +
                     (ExactWidth+1)'(fp32_pkg::value(code - 1))) << Scale;
  assign infinite = (a == fp32_pkg::Infinity) || (b == fp32_pkg::Infinity);
  assign zero     = (a == 0) || (b == 0);
  assign nan      = (a > fp32_pkg::Infinity) || (b > fp32_pkg::Infinity) || (infinite && zero);

  always_comb begin
    if (nan) begin
      assert (product == fp32_pkg::Nan);
    end else begin
      assert (product[Width-1] == (a_i[Width-1] ^ b_i[Width-1]));
      assert (code <= fp32_pkg::Infinity);
      if (infinite) assert (code == fp32_pkg::Infinity);
      else begin
        if (code != fp32_pkg::Infinity) assert (code[0] ? doubled < above : doubled <= above);
        if (code != 0) assert (code[0] ? doubled > below : doubled >= below);
      end
    end
  end
`endif

endmodule
