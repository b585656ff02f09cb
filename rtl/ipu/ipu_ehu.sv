// SPDX-License-Identifier: Apache-2.0
// The exponent handling unit, stages 1 to 4: what every lane's product has to be shifted by to
// stand beside the largest one, and whether it takes part at all.
//
//   1. exponents of products   2. their maximum   3. alignment = maximum - exponent
//   4. lanes beyond the software precision are masked
//
// Stage 5, which lanes are served in which cycle, is ipu_serve.sv. A zero takes no part in the
// maximum: it has the exponent of a subnormal, which beside a large factor may be the greatest and
// would shift all others for nothing. MaskZeros = 0 is a design that does not look.
module ipu_ehu #(
  parameter int unsigned Lanes             = 16,
  parameter int unsigned SoftwarePrecision = 28,
  parameter int unsigned MaskZeros         = 1,
  parameter int unsigned Formats           = 0
) (
  input  logic                                    fp_i,        // low: every lane, unshifted
  input  logic [Lanes*5-1:0]                      exponent_a_i,
  input  logic [Lanes*5-1:0]                      exponent_b_i,
  input  logic [Lanes-1:0]                        masked_i,    // a factor is zero
  input  logic [Lanes-1:0]                        special_i,   // a factor is infinite or NaN
  output logic [ipu_pkg::ExponentWidth-1:0]       max_o,       // 0: no lane takes part
  output logic [Lanes*ipu_pkg::ExponentWidth-1:0] align_o,
  output logic [Lanes-1:0]                        keep_o
);

  localparam int unsigned W      = ipu_pkg::ExponentWidth;
  localparam int unsigned Levels = $clog2(Lanes);

  logic fp;
  assign fp = (Formats == ipu_pkg::Every) ? fp_i : (Formats == ipu_pkg::Binary16);

  // 1. Biased sums; lanes that take no part have the least, 0.
  logic [Lanes*W-1:0] exponent;
  logic [Lanes-1:0] valid;

  assign valid = ~(special_i | (masked_i & {Lanes{MaskZeros != 0}}));

  for (genvar k = 0; k < Lanes; k++) begin : gen_add
    assign exponent[k*W +: W] = valid[k] ? W'(exponent_a_i[k*5 +: 5]) + W'(exponent_b_i[k*5 +: 5])
                                         : W'(0);
  end

  // 2. The maximum, in a tree.
  for (genvar level = 0; level <= Levels; level++) begin : gen_max
    logic [(Lanes >> level)*W-1:0] max;
    if (level == 0) begin : gen_leaves
      assign max = exponent;
    end else begin : gen_node
      for (genvar k = 0; k < (Lanes >> level); k++) begin : gen_pair
        logic [W-1:0] x, y;
        assign x = gen_max[level-1].max[2*k*W +: W];
        assign y = gen_max[level-1].max[(2*k+1)*W +: W];
        assign max[k*W +: W] = (x > y) ? x : y;
      end
    end
  end

  assign max_o = fp ? gen_max[Levels].max : W'(0);

  // 3. and 4.
  for (genvar k = 0; k < Lanes; k++) begin : gen_align
    logic [W-1:0] distance;
    assign distance          = gen_max[Levels].max - exponent[k*W +: W];
    assign align_o[k*W +: W] = fp ? distance : W'(0);
    assign keep_o[k]         = !fp || (valid[k] && (distance <= W'(SoftwarePrecision)));
  end

endmodule
