// SPDX-License-Identifier: Apache-2.0
// The alignment by its definition: the maximum is that of a lane that takes part and no such lane
// is above it; a lane's alignment is what it lacks; lanes beyond the software precision are out.
module ipu_ehu_proof #(
  parameter int unsigned Lanes             = 16,
  parameter int unsigned SoftwarePrecision = 28,
  parameter int unsigned MaskZeros         = 1
) (
  input logic [Lanes*5-1:0] exponent_a_i,
  input logic [Lanes*5-1:0] exponent_b_i,
  input logic [Lanes-1:0]   masked_i,
  input logic [Lanes-1:0]   special_i,
  input logic               fp_i
);

  logic [5:0] max;
  logic [Lanes*6-1:0] align;
  logic [Lanes-1:0] keep;

  ipu_ehu #(
    .Lanes             (Lanes),
    .SoftwarePrecision (SoftwarePrecision),
    .MaskZeros         (MaskZeros)
  ) i_ehu (
    .fp_i         (fp_i),
    .exponent_a_i (exponent_a_i),
    .exponent_b_i (exponent_b_i),
    .masked_i     (masked_i),
    .special_i    (special_i),
    .max_o        (max),
    .align_o      (align),
    .keep_o       (keep)
  );

`ifdef FORMAL
  logic [Lanes-1:0] valid, reaches;
  for (genvar k = 0; k < Lanes; k++) begin : gen_lane
    logic [5:0] exponent;
    assign exponent   = 6'(exponent_a_i[k*5 +: 5]) + 6'(exponent_b_i[k*5 +: 5]);
    assign valid[k]   = !special_i[k] && !(masked_i[k] && (MaskZeros != 0));
    assign reaches[k] = valid[k] && (exponent == max);
    always_comb begin
      // As ipu_decode has it: 1 at least.
      assume (exponent_a_i[k*5 +: 5] != 5'd0 && exponent_b_i[k*5 +: 5] != 5'd0);
      if (fp_i) begin
        if (valid[k]) begin
          assert (exponent <= max);
          assert (align[k*6 +: 6] == max - exponent);
        end
        assert (keep[k] == (valid[k] && (32'(max) - 32'(exponent) <= SoftwarePrecision)));
      end else begin
        assert (keep[k] && align[k*6 +: 6] == 6'd0);
      end
    end
  end
  always_comb begin
    if (fp_i && (valid != Lanes'(0))) assert (reaches != Lanes'(0));
    else assert (max == 6'd0);
  end
`endif

endmodule
