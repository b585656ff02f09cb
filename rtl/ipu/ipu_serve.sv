// SPDX-License-Identifier: Apache-2.0
// Stage 5 of the exponent handling: the lanes that a cycle serves. Cycle q takes the lanes with
// base <= alignment < base + SafePrecision, base = q * SafePrecision; their local shift is what is
// left above base. So nobody divides, and the last cycle is the one that leaves nobody beyond.
module ipu_serve #(
  parameter int unsigned Lanes         = 16,
  parameter int unsigned SafePrecision = 7,
  parameter int unsigned MultiCycle    = 1,  // 0: every lane at once, with its whole alignment
  parameter int unsigned LocalWidth    = 3,  // of the local shifts
  parameter int unsigned Formats       = 0
) (
  input  logic [Lanes*ipu_pkg::ExponentWidth-1:0] align_i,
  input  logic [Lanes-1:0]                        keep_i,
  input  logic [ipu_pkg::ExponentWidth-1:0]       base_i,
  output logic [Lanes-1:0]                        serve_o,
  output logic [Lanes*LocalWidth-1:0]             local_o,
  output logic                                    more_o   // lanes are left for later cycles
);

  localparam int unsigned W      = ipu_pkg::ExponentWidth;
  // Integers are served at once.
  localparam int unsigned Floats = (Formats != ipu_pkg::Integers) ? 1 : 0;

  logic [Lanes-1:0] later;

  for (genvar k = 0; k < Lanes; k++) begin : gen_lane
    // One bit more: negative where the lane has been served.
    logic [W:0] left;
    assign left = {1'b0, align_i[k*W +: W]} - {1'b0, base_i};

    assign later[k]   = (Floats != 0) && (MultiCycle != 0) && keep_i[k] && !left[W] &&
                        (left[W-1:0] >= W'(SafePrecision));
    assign serve_o[k] = (Floats == 0) || (keep_i[k] && !left[W] && !later[k]);
    assign local_o[k*LocalWidth +: LocalWidth] = (Floats != 0) ? left[LocalWidth-1:0]
                                                               : LocalWidth'(0);
  end

  assign more_o = later != Lanes'(0);

endmodule
