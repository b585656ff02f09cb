// SPDX-License-Identifier: Apache-2.0
// One processing element: with enable_i the operands move on and their product is added to the sum
// so far, or to c_i where clear_i starts a sum. Everything taken in cycle t shows in t + 1.
//
// Output stationary: c_i is zero and clear_i marks the first product. Weight stationary: clear_i is
// high and c_i comes from the element above.
module mac #(
  parameter int unsigned Format = 0,  // 0: int8 with int32 sums, 1: bf16 with binary32 sums
  // Derived, not to be set.
  parameter int unsigned OperandWidth = (Format == 1) ? 16 : 8
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    enable_i,
  input  logic                    clear_i,
  input  logic [OperandWidth-1:0] a_i,
  input  logic [OperandWidth-1:0] b_i,
  input  logic [31:0]             c_i,
  output logic [OperandWidth-1:0] a_o,
  output logic [OperandWidth-1:0] b_o,
  output logic [31:0]             sum_o,
  output logic                    overflow_o  // the last addition wrapped
);

  logic [OperandWidth-1:0] a_q, b_q;
  logic [31:0] sum_d, sum_q;
  logic overflow_d, overflow_q;

  mac_pe #(
    .Format (Format)
  ) i_pe (
    .a_i        (a_i),
    .b_i        (b_i),
    .c_i        (clear_i ? c_i : sum_q),
    .sum_o      (sum_d),
    .overflow_o (overflow_d)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      a_q        <= OperandWidth'(0);
      b_q        <= OperandWidth'(0);
      sum_q      <= 32'd0;
      overflow_q <= 1'b0;
    end else if (enable_i) begin
      a_q        <= a_i;
      b_q        <= b_i;
      sum_q      <= sum_d;
      overflow_q <= overflow_d;
    end
  end

  assign a_o        = a_q;
  assign b_o        = b_q;
  assign sum_o      = sum_q;
  assign overflow_o = overflow_q;

endmodule
