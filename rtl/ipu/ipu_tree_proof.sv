// SPDX-License-Identifier: Apache-2.0
// One line: the tree's sum is that of all lanes.
module ipu_tree_proof #(
  parameter int unsigned Lanes = 8,
  parameter int unsigned Width = 12
) (
  input logic [Lanes*Width-1:0] addend_i
);

  localparam int unsigned SumWidth = Width + $clog2(Lanes);

  logic signed [SumWidth-1:0] sum;

  ipu_tree #(
    .Lanes (Lanes),
    .Width (Width)
  ) i_tree (
    .addend_i (addend_i),
    .sum_o    (sum)
  );

`ifdef FORMAL
  for (genvar k = 0; k < Lanes; k++) begin : gen_sum
    logic signed [Width-1:0] addend;
    logic signed [31:0] so_far;
    assign addend = addend_i[k*Width +: Width];
    if (k == 0) begin : gen_first
      assign so_far = 32'(addend);
    end else begin : gen_next
      assign so_far = gen_sum[k-1].so_far + 32'(addend);
    end
  end
  always_comb assert (32'(sum) == gen_sum[Lanes-1].so_far);
`endif

endmodule
