// SPDX-License-Identifier: Apache-2.0
// The adder tree: the sum of Lanes signed numbers, exact, one bit wider at every level. Lanes is a
// power of two.
module ipu_tree #(
  parameter int unsigned Lanes = 16,
  parameter int unsigned Width = 16
) (
  input  logic [Lanes*Width-1:0]         addend_i,
  output logic [Width+$clog2(Lanes)-1:0] sum_o
);

  localparam int unsigned Levels = $clog2(Lanes);

  for (genvar level = 0; level <= Levels; level++) begin : gen_level
    logic [(Lanes >> level)*(Width+level)-1:0] sums;
    if (level == 0) begin : gen_leaves
      assign sums = addend_i;
    end else begin : gen_node
      localparam int unsigned W = Width + level - 1;
      for (genvar k = 0; k < (Lanes >> level); k++) begin : gen_pair
        logic [W-1:0] x, y;
        assign x = gen_level[level-1].sums[2*k*W +: W];
        assign y = gen_level[level-1].sums[(2*k+1)*W +: W];
        assign sums[k*(W+1) +: W+1] = {x[W-1], x} + {y[W-1], y};
      end
    end
  end

  assign sum_o = gen_level[Levels].sums;

endmodule
