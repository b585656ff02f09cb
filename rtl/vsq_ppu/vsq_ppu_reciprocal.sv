// SPDX-License-Identifier: Apache-2.0
// ceil(2^Shift / divisor) from a table; 0 for a divisor of 0, so that every quotient is 0.
module vsq_ppu_reciprocal #(
  parameter int unsigned DivisorWidth = 4,
  parameter int unsigned Shift        = 13
) (
  input  logic [DivisorWidth-1:0] divisor_i,
  output logic [Shift:0]          reciprocal_o
);

  localparam int unsigned Entries = 1 << DivisorWidth;

  logic [Entries*(Shift+1)-1:0] entries;

  assign entries[Shift:0] = (Shift+1)'(0);
  for (genvar d = 1; d < Entries; d++) begin : gen_entry
    localparam int unsigned Reciprocal = ((1 << Shift) + d - 1) / d;
    assign entries[d*(Shift+1) +: Shift+1] = Reciprocal[Shift:0];
  end

  assign reciprocal_o = entries[divisor_i*(Shift+1) +: Shift+1];

endmodule
