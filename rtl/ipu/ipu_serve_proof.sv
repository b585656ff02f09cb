// SPDX-License-Identifier: Apache-2.0
// Cycle q serves the lanes of partition floor(alignment / SafePrecision) = q, and the remainder is
// their local shift. More cycles follow exactly if a lane is in a later partition. So every lane is
// served once, and the last cycle is that of the greatest alignment.
module ipu_serve_proof #(
  parameter int unsigned Lanes         = 4,
  parameter int unsigned SafePrecision = 7,
  parameter int unsigned LocalWidth    = 3
) (
  input logic [Lanes*6-1:0] align_i,
  input logic [Lanes-1:0]   keep_i,
  input logic [5:0]         cycle_i
);

  logic [Lanes-1:0] serve;
  logic [Lanes*LocalWidth-1:0] local_shift;
  logic [11:0] base;
  logic more;

  assign base = 12'(cycle_i) * 12'(SafePrecision);

  ipu_serve #(
    .Lanes         (Lanes),
    .SafePrecision (SafePrecision),
    .MultiCycle    (1),
    .LocalWidth    (LocalWidth)
  ) i_serve (
    .align_i (align_i),
    .keep_i  (keep_i),
    .base_i  (base[5:0]),
    .serve_o (serve),
    .local_o (local_shift),
    .more_o  (more)
  );

`ifdef FORMAL
  logic [Lanes-1:0] later;
  // No alignment is beyond 58, and so no cycle that is reached either.
  always_comb assume (base <= 12'd58);
  for (genvar k = 0; k < Lanes; k++) begin : gen_lane
    logic [5:0] partition, remainder;
    assign partition = align_i[k*6 +: 6] / 6'(SafePrecision);
    assign remainder = align_i[k*6 +: 6] % 6'(SafePrecision);
    assign later[k]  = keep_i[k] && (partition > cycle_i);
    always_comb begin
      assert (serve[k] == (keep_i[k] && (partition == cycle_i)));
      if (serve[k]) assert (6'(local_shift[k*LocalWidth +: LocalWidth]) == remainder);
    end
  end
  always_comb assert (more == (later != Lanes'(0)));
`endif

endmodule
