// SPDX-License-Identifier: Apache-2.0
// One processing element: 2 * Lanes products at once, a tree of adders, a sum over the steps of a
// row. Nothing is rounded before the row is complete. Three registers one after the other, all
// moved by moves_i: products, their sum, the row's sum.
module pe_group_pe #(
  parameter int unsigned ElementWidth = 16,
  parameter int unsigned Lanes        = 4,
  parameter int unsigned Fraction     = 8,
  parameter int unsigned Saturate     = 1,
  parameter int unsigned SumWidth     = 37   // of a whole row, exact
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  input  logic                            moves_i,
  input  logic                            valid_i,    // a step
  input  logic                            first_i,    // of a row
  input  logic [2*Lanes*ElementWidth-1:0] features_i,
  input  logic [2*Lanes*ElementWidth-1:0] weights_i,
  input  logic                            relu_i,     // of the row whose sum is complete
  output logic [ElementWidth-1:0]         result_o,   // of it
  output logic                            overflow_o
);

  localparam int unsigned W = ElementWidth;
  localparam int unsigned P = 2 * W;         // bits of a product
  localparam int unsigned N = 2 * Lanes;     // products
  localparam int unsigned T = P + $clog2(N);  // bits of their sum

  logic [N*P-1:0] products, products_q;
  for (genvar i = 0; i < N; i++) begin : gen_product
    logic signed [W-1:0] feature, weight;
    assign feature = features_i[i*W +: W];
    assign weight  = weights_i[i*W +: W];
    assign products[i*P +: P] = feature * weight;
  end

  // Node n, from 1 on, lies at (n - 1) * T. Node 1 is the root; the children of n are 2n and 2n + 1,
  // leaves are N to 2N - 1.
  logic [(2*N-1)*T-1:0] nodes;
  always_comb begin
    nodes = {((2*N-1)*T){1'b0}};
    for (int unsigned i = 0; i < N; i++) begin
      nodes[(N+i-1)*T +: T] = {{(T-P){products_q[i*P + P-1]}}, products_q[i*P +: P]};
    end
    for (int unsigned n = N - 1; n > 0; n--) begin
      nodes[(n-1)*T +: T] = nodes[(2*n-1)*T +: T] + nodes[2*n*T +: T];
    end
  end

  logic valid_product_q, first_product_q, valid_tree_q, first_tree_q;
  logic [T-1:0] tree_q;
  logic [SumWidth-1:0] sum_q, tree;
  assign tree = {{(SumWidth-T){tree_q[T-1]}}, tree_q};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_product_q <= 1'b0;
      valid_tree_q    <= 1'b0;
    end else if (moves_i) begin
      valid_product_q <= valid_i;
      valid_tree_q    <= valid_product_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (moves_i) begin
      if (valid_i) begin
        products_q      <= products;
        first_product_q <= first_i;
      end
      if (valid_product_q) begin
        tree_q       <= nodes[T-1:0];
        first_tree_q <= first_product_q;
      end
      if (valid_tree_q) sum_q <= first_tree_q ? tree : sum_q + tree;
    end
  end

  pe_group_round #(
    .SumWidth     (SumWidth),
    .ElementWidth (ElementWidth),
    .Fraction     (Fraction),
    .Saturate     (Saturate)
  ) i_round (
    .sum_i      (sum_q),
    .relu_i     (relu_i),
    .result_o   (result_o),
    .overflow_o (overflow_o)
  );

`ifdef FORMAL
  logic started_q;
  initial started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always_comb if (!started_q) assume (!rst_ni);

  // The products of a step added one after the other, in the same cycles.
  logic [SumWidth-1:0] plain, plain_product_q, plain_tree_q, plain_q;
  logic summed_q;
  always_comb begin
    plain = {SumWidth{1'b0}};
    for (int unsigned i = 0; i < N; i++) begin
      plain = plain + {{(SumWidth-P){products[i*P + P-1]}}, products[i*P +: P]};
    end
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) summed_q <= 1'b0;
    else if (moves_i && valid_tree_q && first_tree_q) summed_q <= 1'b1;
  end
  always_ff @(posedge clk_i) begin
    if (moves_i) begin
      if (valid_i) plain_product_q <= plain;
      if (valid_product_q) plain_tree_q <= plain_product_q;
      if (valid_tree_q) plain_q <= first_tree_q ? plain_tree_q : plain_q + plain_tree_q;
    end
  end
  always_comb begin
    if (started_q && rst_ni) begin
      if (valid_product_q) begin
        assert ({{(SumWidth-T){nodes[T-1]}}, nodes[T-1:0]} == plain_product_q);
      end
      if (valid_tree_q) assert (tree == plain_tree_q);
      if (summed_q) assert (sum_q == plain_q);
    end
  end
`endif

endmodule
