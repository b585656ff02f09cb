// SPDX-License-Identifier: Apache-2.0
// Skews the operands of the arrays, and aligns their sums: lane l of d_o is that of d_i l cycles
// before; Mirrored, Lanes - 1 - l cycles before.
module systolic_skew #(
  parameter int unsigned Lanes    = 2,
  parameter int unsigned Width    = 8,
  parameter int unsigned Mirrored = 0
) (
  input  logic                   clk_i,
  input  logic [Lanes*Width-1:0] d_i,
  output logic [Lanes*Width-1:0] d_o
);

  // verilator inline_module
  logic unused;  // by a single lane
  assign unused = clk_i;

  for (genvar l = 0; l < Lanes; l++) begin : gen_lane
    localparam int unsigned Depth = (Mirrored != 0) ? Lanes - 1 - l : l;
    for (genvar d = 0; d <= Depth; d++) begin : gen_delay
      logic [Width-1:0] value;
      if (d == 0) begin : gen_in
        assign value = d_i[l*Width +: Width];
      end else begin : gen_held
        logic [Width-1:0] value_q;
        always_ff @(posedge clk_i) value_q <= gen_lane[l].gen_delay[d-1].value;
        assign value = value_q;
      end
    end
    assign d_o[l*Width +: Width] = gen_delay[Depth].value;
  end

endmodule
