// SPDX-License-Identifier: Apache-2.0
// A mixed-precision inner-product unit, IPU(w) and MC-IPU(w) of arXiv 2101.11748: the sum over
// Lanes of a[k] * b[k], added to an accumulator. Signed multipliers work off the operands pair by
// pair of digits, of DigitA bits of a and DigitB of b: by nibbles int4 x int4 in one iteration,
// int8 x int4 in two, int8 x int8 in four, binary16 in nine. 12 x 1 bits are MC-SER of the paper,
// 8 x 4 MC-IPU84, 8 x 8 MC-IPU8. Formats = 1 and 2 leave out what the other kind of operand needs;
// of Integers alone the window is a product, and the stages are the same.
//
// Products of binary16 are shifted right to the largest one's exponent, in a window of Width bits
// that keeps SafePrecision places below a product, Width - 9 below one of nibbles. What a window cannot hold is lost
// (MultiCycle = 0), or waits for a later cycle of the iteration, whose sum is shifted as a whole
// behind the adder tree. An iteration takes floor(greatest alignment / SafePrecision) + 1 cycles,
// counting only lanes that are aligned by at most SoftwarePrecision places; others are dropped.
// An operation without any lane takes one cycle.
//
// Stages: operands; exponents (ipu_ehu); multiply, shift, add (a cycle of an iteration each);
// auxiliary shift and accumulation; rounding. With last_i an operation completes its sum, and with
// first_i it starts the next. All operations of a sum have one mode. An operation of c cycles that
// is taken in cycle t shows its result from t + c + 4 on when nobody holds it; operations follow
// each other without a gap. When a result is held (valid_o and not ready_i) and the next one is
// complete, all behind it stand still; so ready_o follows ready_i within the cycle.
module ipu #(
  parameter int unsigned Lanes             = 16,  // a power of two
  parameter int unsigned Width             = 16,  // of the window: a product, more if MultiCycle
  parameter int unsigned SoftwarePrecision = 28,
  parameter int unsigned FractionWidth     = 30,  // of the accumulator
  parameter int unsigned Growth            = 10,  // 2^Growth operations never overflow a sum
  parameter int unsigned MultiCycle        = 1,
  parameter int unsigned MaskZeros         = 1,
  parameter int unsigned DigitA            = 4,   // bits
  parameter int unsigned DigitB            = 4,
  parameter int unsigned Formats           = 0,   // of ipu_pkg
  // Derived, not to be set.
  parameter int unsigned AccWidth          = 3 + FractionWidth + $clog2(Lanes) + Growth
) (
  input  logic                              clk_i,
  input  logic                              rst_ni,
  input  logic                              valid_i,
  output logic                              ready_o,
  input  logic [1:0]                        mode_i,         // of ipu_pkg
  input  logic                              first_i,
  input  logic                              last_i,
  input  logic                              half_i,         // the result is binary16, not binary32
  input  logic                              toward_zero_i,  // it is rounded so, not to nearest
  input  logic [Lanes*16-1:0]               a_i,            // integers in the low bits
  input  logic [Lanes*16-1:0]               b_i,
  output logic                              valid_o,
  input  logic                              ready_i,
  output logic [31:0]                       result_o,
  output logic [AccWidth-1:0]               sum_o,          // not rounded
  output logic [ipu_pkg::ExponentWidth-1:0] exponent_o,     // of the sum, biased by 30; 0: none
  output logic                              overflow_o      // the sum has wrapped
);

  localparam int unsigned W             = ipu_pkg::ExponentWidth;
  localparam int unsigned CodeA         = ipu_pkg::code_width(DigitA, Formats);
  localparam int unsigned CodeB         = ipu_pkg::code_width(DigitB, Formats);
  localparam int unsigned IndexA        = ipu_pkg::index_width(DigitA, Formats);
  localparam int unsigned IndexB        = ipu_pkg::index_width(DigitB, Formats);
  localparam int unsigned WeightWidth   = ipu_pkg::weight_width(DigitA, DigitB, Formats);
  localparam int unsigned Step          = ipu_pkg::step(DigitA, DigitB);
  localparam int unsigned ProductWidth  = ipu_pkg::product_width(DigitA, DigitB);
  localparam int unsigned SumWidth      = Width + $clog2(Lanes);
  localparam int unsigned SafePrecision = Width - ProductWidth;
  // What integers alone never need is zero; so are the bits of operands that they do not have.
  localparam int unsigned Floats        = (Formats != ipu_pkg::Integers) ? 1 : 0;
  localparam logic [15:0] OperandMask   = (Floats != 0) ? 16'hFFFF : 16'h00FF;
  // The farthest that a local shifter goes.
  localparam int unsigned Reach =
      ((MultiCycle != 0) && (SafePrecision <= SoftwarePrecision)) ? SafePrecision - 1
                                                                  : SoftwarePrecision;
  localparam int unsigned LocalWidth = (Reach <= 1) ? 1 : (Reach >= 63) ? 6 : $clog2(Reach + 1);

  // Which stage holds an operation, and whether it goes on.
  logic operands_q, products_q, sum_valid_q, complete_q, valid_q;
  logic moves, takes, starts, last;

  assign moves   = !complete_q || !valid_q || ready_i;
  assign starts  = operands_q && moves && (!products_q || last);
  assign takes   = valid_i && ready_o;
  assign ready_o = !operands_q || starts;
  assign valid_o = valid_q;

  logic final_q;  // the fourth stage has the last sum of an operation with last_i
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      operands_q  <= 1'b0;
      products_q  <= 1'b0;
      sum_valid_q <= 1'b0;
      complete_q  <= 1'b0;
      valid_q     <= 1'b0;
    end else begin
      if (ready_o) operands_q <= valid_i;
      if (moves) begin
        products_q  <= starts || (products_q && !last);
        sum_valid_q <= products_q;
        complete_q  <= sum_valid_q && final_q;
      end
      if (moves && complete_q) valid_q <= 1'b1;
      else if (ready_i) valid_q <= 1'b0;
    end
  end

  // 1. Operands.
  logic [Lanes*16-1:0] a_q, b_q;
  logic [1:0] mode_q;
  logic [3:0] control_q;  // first, last, half, toward zero
  logic fp;

  always_ff @(posedge clk_i) begin
    if (takes) begin
      a_q       <= a_i & {Lanes{OperandMask}};
      b_q       <= b_i & {Lanes{OperandMask}};
      mode_q    <= mode_i;
      control_q <= {first_i, last_i, half_i, toward_zero_i};
    end
  end
  assign fp = (Formats == ipu_pkg::Every) ? (mode_q == ipu_pkg::Fp16) : (Floats != 0);

  // 2. Exponents.
  logic [Lanes*CodeA-1:0] code_a, code_a_q;
  logic [Lanes*CodeB-1:0] code_b, code_b_q;
  logic [Lanes*5-1:0] exponent_a, exponent_b;
  logic [Lanes-1:0] zero_a, zero_b, infinite_a, infinite_b, nan_a, nan_b, sign;
  logic [Lanes*W-1:0] align, align_q;
  logic [Lanes-1:0] keep, keep_q;
  logic [W-1:0] max, max_q;
  logic [2:0] special, special_q;
  logic [3:0] control_products_q;
  logic [1:0] mode_products_q;
  logic fp_q, fresh_q;

  ipu_decode #(
    .Lanes   (Lanes),
    .Digit   (DigitA),
    .Formats (Formats)
  ) u_decode_a (
    .operand_i  (a_q),
    .fp_i       (fp),
    .narrow_i   (mode_q == ipu_pkg::Int4),
    .code_o     (code_a),
    .exponent_o (exponent_a),
    .zero_o     (zero_a),
    .infinite_o (infinite_a),
    .nan_o      (nan_a)
  );
  ipu_decode #(
    .Lanes   (Lanes),
    .Digit   (DigitB),
    .Formats (Formats)
  ) u_decode_b (
    .operand_i  (b_q),
    .fp_i       (fp),
    .narrow_i   ((mode_q == ipu_pkg::Int4) || (mode_q == ipu_pkg::Int8x4)),
    .code_o     (code_b),
    .exponent_o (exponent_b),
    .zero_o     (zero_b),
    .infinite_o (infinite_b),
    .nan_o      (nan_b)
  );
  for (genvar k = 0; k < Lanes; k++) begin : gen_sign
    assign sign[k] = a_q[k*16+15] ^ b_q[k*16+15];
  end
  ipu_special #(
    .Lanes   (Lanes),
    .Formats (Formats)
  ) u_special (
    .fp_i         (fp),
    .sign_i       (sign),
    .zero_a_i     (zero_a),
    .zero_b_i     (zero_b),
    .infinite_a_i (infinite_a),
    .infinite_b_i (infinite_b),
    .nan_a_i      (nan_a),
    .nan_b_i      (nan_b),
    .nan_o        (special[2]),
    .positive_o   (special[1]),
    .negative_o   (special[0])
  );
  ipu_ehu #(
    .Lanes             (Lanes),
    .SoftwarePrecision (SoftwarePrecision),
    .MaskZeros         (MaskZeros),
    .Formats           (Formats)
  ) u_ehu (
    .fp_i         (fp),
    .exponent_a_i (exponent_a),
    .exponent_b_i (exponent_b),
    .masked_i     (zero_a | zero_b),
    .special_i    (infinite_a | infinite_b | nan_a | nan_b),
    .max_o        (max),
    .align_o      (align),
    .keep_o       (keep)
  );

  always_ff @(posedge clk_i) begin
    if (starts) begin
      code_a_q           <= code_a;
      code_b_q           <= code_b;
      align_q            <= (Floats != 0) ? align : (Lanes*W)'(0);
      keep_q             <= (Floats != 0) ? keep : {Lanes{1'b1}};
      max_q              <= (Floats != 0) ? max : W'(0);
      special_q          <= (Floats != 0) ? special : 3'd0;
      control_products_q <= control_q;
      mode_products_q    <= mode_q;
    end
    if (moves) fresh_q <= starts;  // the first cycle of an operation
  end

  assign fp_q = (Formats == ipu_pkg::Every) ? (mode_products_q == ipu_pkg::Fp16) : (Floats != 0);

  // 3. Products of digits, local shifts, and their sum.
  logic [IndexA-1:0] i;
  logic [IndexB-1:0] j;
  logic [W-1:0] base;
  logic more;
  logic [Lanes-1:0] serve;
  logic [Lanes*LocalWidth-1:0] local_shift;
  logic [Lanes*(DigitA+1)-1:0] digit_a;
  logic [Lanes*(DigitB+1)-1:0] digit_b;
  logic [Lanes*ProductWidth-1:0] product;
  logic [Lanes*Width-1:0] aligned;
  logic [SumWidth-1:0] sum;
  logic a_is_top, b_is_top;

  ipu_sequencer #(
    .SafePrecision (SafePrecision),
    .DigitA        (DigitA),
    .DigitB        (DigitB),
    .Formats       (Formats)
  ) u_sequencer (
    .clk_i       (clk_i),
    .rst_ni      (rst_ni),
    .start_i     (starts),
    .next_mode_i (mode_q),
    .mode_i      (mode_products_q),
    .step_i      (moves),
    .nobody_i    (fp_q && (max_q == W'(0))),
    .more_i      (more),
    .i_o         (i),
    .j_o         (j),
    .a_top_o     (a_is_top),
    .b_top_o     (b_is_top),
    .base_o      (base),
    .last_o      (last)
  );
  ipu_serve #(
    .Lanes         (Lanes),
    .SafePrecision (SafePrecision),
    .MultiCycle    (MultiCycle),
    .LocalWidth    (LocalWidth),
    .Formats       (Formats)
  ) u_serve (
    .align_i (align_q),
    .keep_i  (keep_q),
    .base_i  (base),
    .serve_o (serve),
    .local_o (local_shift),
    .more_o  (more)
  );
  ipu_digits #(
    .Lanes   (Lanes),
    .Digit   (DigitA),
    .Formats (Formats)
  ) u_digits_a (
    .code_i  (code_a_q),
    .fp_i    (fp_q),
    .index_i (i),
    .top_i   (a_is_top),
    .digit_o (digit_a)
  );
  ipu_digits #(
    .Lanes   (Lanes),
    .Digit   (DigitB),
    .Formats (Formats)
  ) u_digits_b (
    .code_i  (code_b_q),
    .fp_i    (fp_q),
    .index_i (j),
    .top_i   (b_is_top),
    .digit_o (digit_b)
  );
  ipu_multipliers #(
    .Lanes  (Lanes),
    .DigitA (DigitA),
    .DigitB (DigitB)
  ) u_multipliers (
    .a_i       (digit_a),
    .b_i       (digit_b),
    .product_o (product)
  );
  ipu_align #(
    .Lanes        (Lanes),
    .Width        (Width),
    .ProductWidth (ProductWidth),
    .LocalWidth   (LocalWidth),
    .Formats      (Formats)
  ) u_align (
    .product_i (product),
    .serve_i   (serve),
    .local_i   (local_shift),
    .aligned_o (aligned)
  );
  ipu_tree #(
    .Lanes (Lanes),
    .Width (Width)
  ) u_tree (
    .addend_i (aligned),
    .sum_o    (sum)
  );

  // 4. The sum to its place, and accumulation.
  logic [SumWidth-1:0] sum_q;
  logic [WeightWidth-1:0] weight_q;  // of digits i and j, their place in steps
  logic [W-1:0] base_q, max_sum_q, distance;
  logic [2:0] special_sum_q;
  logic [1:0] rounding_sum_q;
  logic clear_q, fp_sum_q;
  logic [AccWidth-1:0] addend, acc;
  logic [W-1:0] acc_exponent;
  logic [2:0] acc_special;
  logic acc_overflow;

  always_ff @(posedge clk_i) begin
    if (moves && products_q) begin
      sum_q          <= sum;
      weight_q       <= WeightWidth'(i * (DigitA / Step) + j * (DigitB / Step));
      base_q         <= (Floats != 0) ? base : W'(0);
      max_sum_q      <= max_q;
      special_sum_q  <= special_q;
      fp_sum_q       <= fp_q;
      rounding_sum_q <= control_products_q[1:0];
      clear_q        <= control_products_q[3] && fresh_q;
      final_q        <= control_products_q[2] && last;
    end
  end

  ipu_auxiliary #(
    .SumWidth      (SumWidth),
    .Width         (Width),
    .FractionWidth (FractionWidth),
    .AccWidth      (AccWidth),
    .DigitA        (DigitA),
    .DigitB        (DigitB),
    .Formats       (Formats)
  ) u_auxiliary (
    .sum_i      (sum_q),
    .fp_i       (fp_sum_q),
    .weight_i   (weight_q),
    .base_i     (base_q),
    .distance_i (distance),
    .addend_o   (addend)
  );
  ipu_accumulator #(
    .AccWidth (AccWidth),
    .Formats  (Formats)
  ) u_accumulator (
    .clk_i      (clk_i),
    .add_i      (moves && sum_valid_q),
    .clear_i    (clear_q),
    .max_i      (max_sum_q),
    .special_i  (special_sum_q),
    .distance_o (distance),
    .addend_i   (addend),
    .sum_o      (acc),
    .exponent_o (acc_exponent),
    .special_o  (acc_special),
    .overflow_o (acc_overflow)
  );

  // 5. Rounding.
  logic [31:0] rounded, result_q;
  logic [AccWidth-1:0] acc_q;
  logic [W-1:0] exponent_q;
  logic [1:0] rounding_q;
  logic fp_complete_q, overflow_q;

  always_ff @(posedge clk_i) begin
    if (moves && sum_valid_q) begin
      rounding_q    <= rounding_sum_q;
      fp_complete_q <= fp_sum_q;
    end
    if (moves && complete_q) begin
      result_q   <= rounded;
      acc_q      <= acc;
      exponent_q <= (Floats != 0) ? acc_exponent : W'(0);
      overflow_q <= acc_overflow;
    end
  end

  if (Formats == ipu_pkg::Integers) begin : gen_integer
    assign rounded = 32'($signed(acc));
  end else begin : gen_round
    ipu_round #(
      .FractionWidth (FractionWidth),
      .AccWidth      (AccWidth),
      .Formats       (Formats)
    ) u_round (
      .sum_i         (acc),
      .exponent_i    (acc_exponent),
      .special_i     (acc_special),
      .fp_i          (fp_complete_q),
      .half_i        (rounding_q[1]),
      .toward_zero_i (rounding_q[0]),
      .result_o      (rounded)
    );
  end

  assign result_o   = result_q;
  assign sum_o      = acc_q;
  assign exponent_o = exponent_q;
  assign overflow_o = overflow_q;

`ifdef FORMAL
  logic started_q;
  initial started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always_comb if (!started_q) assume (!rst_ni);

  // A result that is offered stays, unchanged, until it is taken.
  logic held_q;
  logic [31+AccWidth:0] offered_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) held_q <= 1'b0;
    else held_q <= valid_o && !ready_i;
  end
  always_ff @(posedge clk_i) offered_q <= {result_o, sum_o};
  always_comb begin
    if (started_q && rst_ni && held_q) assert (valid_o && ({result_o, sum_o} == offered_q));
  end

`ifdef INTEGERS
  // With integers alone: a sum is that of its operations' products modulo 2^AccWidth, in all modes,
  // whatever either side holds back. `model_q` is the sum up to the operation in the third stage;
  // what has arrived and what is still to come add up to it.
  logic [AccWidth-1:0] model_q, model_summed_q, model_complete_q, model_result_q;
  logic [AccWidth-1:0] arrived, behind, whole, to_come;

  for (genvar k = 0; k < Lanes; k++) begin : gen_model
    logic signed [19:0] product_here, rest;
    logic [AccWidth-1:0] whole_so_far, to_come_so_far;
    ipu_integer_model i_whole (
      .a_i    (a_q[k*16 +: 8]),
      .b_i    (b_q[k*16 +: 8]),
      .mode_i (mode_q),
      .i_i    (2'd1),
      .j_i    (2'd1),
      .rest_o (product_here)
    );
    ipu_integer_model i_rest (
      .a_i    (code_a_q[k*CodeA +: 8]),
      .b_i    (code_b_q[k*CodeB +: 8]),
      .mode_i (mode_products_q),
      .i_i    (i),
      .j_i    (j),
      .rest_o (rest)
    );
    if (k == 0) begin : gen_first
      assign whole_so_far   = AccWidth'(product_here);
      assign to_come_so_far = AccWidth'(rest);
    end else begin : gen_next
      assign whole_so_far   = gen_model[k-1].whole_so_far + AccWidth'(product_here);
      assign to_come_so_far = gen_model[k-1].to_come_so_far + AccWidth'(rest);
    end
  end
  assign whole   = gen_model[Lanes-1].whole_so_far;
  assign to_come = products_q ? gen_model[Lanes-1].to_come_so_far : AccWidth'(0);
  // The accumulator with what waits before it; what the operation at hand adds to.
  assign arrived = ((sum_valid_q && clear_q) ? AccWidth'(0) : acc) +
                   (sum_valid_q ? addend : AccWidth'(0));
  assign behind  = (products_q && fresh_q && control_products_q[3]) ? AccWidth'(0) : arrived;

  logic any_q;  // an operation has begun: the first one starts a sum
  always_comb begin
    if (valid_i) assume (mode_i != ipu_pkg::Fp16);
    if (valid_i && !any_q && !operands_q) assume (first_i);
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) any_q <= 1'b0;
    else if (starts) any_q <= 1'b1;
  end
  always_ff @(posedge clk_i) begin
    if (starts) model_q <= (control_q[3] ? AccWidth'(0) : model_q) + whole;
    if (moves && products_q) model_summed_q <= model_q;
    if (moves && sum_valid_q) model_complete_q <= model_summed_q;
    if (moves && complete_q) model_result_q <= model_complete_q;
  end

  logic [1:0] top_a, top_b;
  assign top_a = (mode_products_q == ipu_pkg::Int4) ? 2'd0 : 2'd1;
  assign top_b = (mode_products_q == ipu_pkg::Int8) ? 2'd1 : 2'd0;

  always_comb begin
    if (started_q && rst_ni) begin
      if (operands_q) assert ((mode_q != ipu_pkg::Fp16) && (any_q || control_q[3]));
      if (products_q) begin
        assert (any_q && (mode_products_q != ipu_pkg::Fp16) && (max_q == W'(0)));
        assert ((i <= top_a) && (j <= top_b) && (base == W'(0)));
        assert ((align_q == (Lanes*W)'(0)) && (keep_q == {Lanes{1'b1}}));
        if (fresh_q) assert ((i == top_a) && (j == top_b));
      end
      if (sum_valid_q) begin
        assert (any_q && !fp_sum_q && (max_sum_q == W'(0)));
        if (final_q) assert (arrived == model_summed_q);
      end
      if (any_q) assert (behind + to_come == model_q);
      if (complete_q) assert (!fp_complete_q && (acc == model_complete_q));
      if (valid_q) assert ((sum_o == model_result_q) && (result_o == 32'($signed(sum_o))));
    end
  end
`endif
`endif

endmodule
