// SPDX-License-Identifier: Apache-2.0
// By the definition of rounding: the exact sum lies between the two midpoints beside the result,
// and on one of them only if the result is even.
module fp32_add_proof (
  input logic [fp32_pkg::Width-1:0] a_i,
  input logic [fp32_pkg::Width-1:0] b_i
);

  localparam int unsigned Width      = fp32_pkg::Width;
  localparam int unsigned ExactWidth = fp32_pkg::ValueWidth + 2;  // with a sign

  logic [Width-1:0] sum;

  fp32_add i_add (
    .a_i   (a_i),
    .b_i   (b_i),
    .sum_o (sum)
  );

`ifdef FORMAL
  logic [Width-2:0] a, b, code;
  logic signed [ExactWidth-1:0] value_a, value_b, exact;
  logic [ExactWidth:0] doubled, below, above;  // twice the sum, twice the midpoints
  logic nan, infinite;

  assign a        = a_i[Width-2:0];
  assign b        = b_i[Width-2:0];
  assign code     = sum[Width-2:0];
  assign value_a  = ExactWidth'(fp32_pkg::value(a));
  assign value_b  = ExactWidth'(fp32_pkg::value(b));
  assign exact    = (a_i[Width-1] ? -value_a : value_a) + (b_i[Width-1] ? -value_b : value_b);
  assign doubled  = {(exact < 0) ? -exact : exact, 1'b0};
  assign above    = (ExactWidth+1)'(fp32_pkg::value(code)) +
                    (ExactWidth+1)'(fp32_pkg::value(code + 1));
  assign below    = (ExactWidth+1)'(fp32_pkg::value(code)) +
                    (ExactWidth+1)'(fp32_pkg::value(code - 1));
  assign infinite = (a == fp32_pkg::Infinity) || (b == fp32_pkg::Infinity);
  assign nan      = (a > fp32_pkg::Infinity) || (b > fp32_pkg::Infinity) ||
                    ((a == b) && infinite && (a_i[Width-1] != b_i[Width-1]));

  always_comb begin
    if (nan) begin
      assert (sum == fp32_pkg::Nan);
    end else if (infinite) begin
      assert (sum == ((a == fp32_pkg::Infinity) ? a_i : b_i));
    end else begin
      assert (sum[Width-1] == ((exact == 0) ? a_i[Width-1] && b_i[Width-1] : exact < 0));
      assert (code <= fp32_pkg::Infinity);
      if (code != fp32_pkg::Infinity) assert (code[0] ? doubled < above : doubled <= above);
      if (code != 0) assert (code[0] ? doubled > below : doubled >= below);
    end
  end
`endif

endmodule
