// SPDX-License-Identifier: Apache-2.0
// limited(RNE(sum / 2^Fraction)): half to even, then wrapped or limited to ElementWidth bits; with
// relu_i nothing below zero.
module pe_group_round #(
  parameter int unsigned SumWidth     = 37,
  parameter int unsigned ElementWidth = 16,
  parameter int unsigned Fraction     = 8,
  parameter int unsigned Saturate     = 1
) (
  input  logic [SumWidth-1:0]     sum_i,
  input  logic                    relu_i,
  output logic [ElementWidth-1:0] result_o,
  output logic                    overflow_o  // it did not fit
);

  localparam int unsigned W = SumWidth + 1;

  logic [W-1:0] sum, rounded;
  assign sum = {sum_i[SumWidth-1], sum_i};

  if (Fraction == 0) begin : gen_integer
    assign rounded = sum;
  end else begin : gen_fraction
    // The floor, plus one when the rest is more than half, or half with an odd floor.
    logic [W-1:0] floor;
    logic half, more;
    assign floor = {{Fraction{sum[W-1]}}, sum[W-1:Fraction]};
    assign half  = sum[Fraction-1];
    if (Fraction == 1) begin : gen_no_rest
      assign more = 1'b0;
    end else begin : gen_rest
      assign more = |sum[Fraction-2:0];
    end
    assign rounded = floor + {{(W-1){1'b0}}, half && (more || floor[0])};
  end

  // It fits when all bits above are copies of the sign.
  logic fits, negative;
  logic [ElementWidth-1:0] limited;
  assign negative   = rounded[W-1];
  assign fits       = rounded[W-1:ElementWidth-1] == {(W-ElementWidth+1){negative}};
  assign overflow_o = !fits;
  assign limited    = (fits || (Saturate == 0)) ? rounded[ElementWidth-1:0]
                                                : {negative, {(ElementWidth-1){!negative}}};
  assign result_o   = (relu_i && limited[ElementWidth-1]) ? {ElementWidth{1'b0}} : limited;

endmodule
