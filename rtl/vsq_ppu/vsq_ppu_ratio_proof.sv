// SPDX-License-Identifier: Apache-2.0
// A cycle after a value was offered: of its quotient q, |2 Q value - 2 q largest| <= largest, with
// equality for an even q alone; q is at most Q.
module vsq_ppu_ratio_proof #(
  parameter int unsigned ValueWidth    = 6,
  parameter int unsigned QuotientWidth = 3
) (
  input logic                  clk_i,
  input logic [ValueWidth-1:0] value_i,
  input logic [ValueWidth-1:0] largest_i
);

  logic [ValueWidth-1:0] value_q, largest_q;
  logic [QuotientWidth-1:0] quotient;

  always_ff @(posedge clk_i) begin
    value_q   <= value_i;
    largest_q <= largest_i;
  end

  vsq_ppu_ratio #(
    .ValueWidth    (ValueWidth),
    .QuotientWidth (QuotientWidth)
  ) i_ratio (
    .clk_i       (clk_i),
    .divides_i   (1'b1),
    .value_i     (value_i),
    .largest_i   (largest_i),
    .largest_q_i (largest_q),
    .quotient_o  (quotient)
  );

`ifdef FORMAL
  localparam int unsigned Width = ValueWidth + QuotientWidth + 2;

  logic started_q;
  initial started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;

  logic [Width-1:0] twice, point, largest;

  assign largest = Width'(largest_q);
  assign twice   = (Width'(value_q) << (QuotientWidth + 1)) - (Width'(value_q) << 1);
  assign point   = (Width'(quotient) * largest) << 1;

  always_comb assume (value_i <= largest_i);
  always_comb begin
    if (started_q) begin
      if (largest_q == ValueWidth'(0)) assert (quotient == QuotientWidth'(0));
      assert (twice + largest >= point);
      assert (twice <= point + largest);
      if (largest_q != ValueWidth'(0)) begin
        if (twice + largest == point) assert (!quotient[0]);
        if (twice == point + largest) assert (!quotient[0]);
      end
    end
  end
`endif

endmodule
