// SPDX-License-Identifier: Apache-2.0
// Both shifters by the definition of a floor: what is left, moved back, is at most the number and
// less than one unit below it.
module ipu_shift_proof #(
  parameter int unsigned Width         = 16,
  parameter int unsigned FractionWidth = 30,
  parameter int unsigned LocalWidth    = 3,
  parameter int unsigned SumWidth      = 18,
  parameter int unsigned AccWidth      = 35
) (
  input logic signed [8:0]          product_i,
  input logic                       serve_i,
  input logic [LocalWidth-1:0]      local_i,
  input logic signed [SumWidth-1:0] sum_i,
  input logic                       fp_i,
  input logic [2:0]                 weight_i,
  input logic [5:0]                 base_i,
  input logic [5:0]                 distance_i
);

  logic signed [Width-1:0] aligned;
  logic signed [AccWidth-1:0] addend;

  ipu_align #(
    .Lanes      (1),
    .Width      (Width),
    .LocalWidth (LocalWidth)
  ) i_align (
    .product_i (product_i),
    .serve_i   (serve_i),
    .local_i   (local_i),
    .aligned_o (aligned)
  );
  ipu_auxiliary #(
    .SumWidth      (SumWidth),
    .Width         (Width),
    .FractionWidth (FractionWidth),
    .AccWidth      (AccWidth)
  ) i_auxiliary (
    .sum_i      (sum_i),
    .fp_i       (fp_i),
    .weight_i   (weight_i),
    .base_i     (base_i),
    .distance_i (distance_i),
    .addend_o   (addend)
  );

`ifdef FORMAL
  // Of one lane, with as many places below as it can be shifted by.
  localparam int unsigned Room = (1 << LocalWidth) - 1;
  logic signed [Width+Room:0] exact, moved_back;
  assign exact      = (Width+Room+1)'(product_i) <<< (Width - 9);
  assign moved_back = (Width+Room+1)'(aligned) <<< local_i;
  always_comb begin
    if (serve_i) begin
      assert (moved_back <= exact);
      assert (exact - moved_back < ((Width+Room+1)'(1) <<< local_i));
    end else begin
      assert (aligned == Width'(0));
    end
  end

  // Of the sum: by how much to the left, as ipu_auxiliary's header has it.
  localparam int unsigned Wide = AccWidth + SumWidth;
  logic signed [9:0] left, right;
  logic signed [Wide-1:0] sum, to_the_left, back;
  assign left = 10'({weight_i, 2'd0}) - 10'(Width - 9) +
                (fp_i ? 10'(FractionWidth) - 10'd22 - 10'({4'd0, base_i}) - 10'({4'd0, distance_i})
                      : 10'd0);
  assign right       = -left;
  assign sum         = Wide'(sum_i);
  assign to_the_left = sum <<< left[5:0];
  assign back        = Wide'(addend) <<< right[5:0];
  always_comb begin
    assume (weight_i <= 3'd4);
    // Integers have nothing below their last place, nor more than 8 places to go.
    if (!fp_i) assume (weight_i <= 3'd2);
    if (!fp_i) assume ((sum_i & ~({SumWidth{1'b1}} << (Width - 9))) == SumWidth'(0));
    if (left >= 10'sd0) begin
      assert (Wide'(addend) == to_the_left);
    end else if (right < 10'(SumWidth)) begin
      assert (back <= sum);
      assert (sum - back < (Wide'(1) <<< right[5:0]));
    end else begin
      assert (addend == {AccWidth{sum_i[SumWidth-1]}});
    end
  end
`endif

endmodule
