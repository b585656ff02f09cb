// SPDX-License-Identifier: Apache-2.0
// For all syndromes, with the columns taken from the encoder one unit vector at a time: every column
// has odd weight and accuses its own bit and no other, so one error is corrected and two, whose
// columns differ, leave an even syndrome that is not zero; all of those are detected. That the
// syndrome of errors is the sum of their columns follows from secded_linear_proof.
module secded_positions_proof (
  input logic [7:0] syndrome_i
);

  logic [72*8-1:0] columns;  // by position
  logic [71:0] matches;
  logic [63:0] decoded;
  logic corrected, uncorrectable;

  for (genvar i = 0; i < 64; i++) begin : gen_data
    secded_encode i_encode (
      .data_i  (64'd1 << i),
      .check_o (columns[i*8 +: 8])
    );
  end
  for (genvar i = 0; i < 8; i++) begin : gen_check
    assign columns[(64+i)*8 +: 8] = 8'd1 << i;
  end
  for (genvar i = 0; i < 72; i++) begin : gen_match
    assign matches[i] = syndrome_i == columns[i*8 +: 8];
  end

  secded_decode i_decode (
    .word_i          ({syndrome_i, 64'd0}),
    .data_o          (decoded),
    .corrected_o     (corrected),
    .uncorrectable_o (uncorrectable)
  );

`ifdef FORMAL
  always_comb begin
    for (int unsigned i = 0; i < 72; i++) assert (^columns[i*8 +: 8]);
    assert ((matches & (matches - 72'd1)) == 72'd0);
    assert (decoded == matches[63:0]);
    assert (corrected == (matches != 72'd0));
    assert (uncorrectable == (syndrome_i != 8'd0 && matches == 72'd0));
    if (syndrome_i != 8'd0 && !(^syndrome_i)) assert (uncorrectable);
  end
`endif

endmodule
