// SPDX-License-Identifier: Apache-2.0
// A systolic array of Rows x Columns processing elements. Whole rows go in and whole rows come out:
// the skew of operands and the alignment of sums are inside. Nothing ever waits.
//
// Weight stationary (Dataflow 0). b_i with load_i is row row_i of the next weights; a_i with
// valid_i is a row of operands, one element per row of the array; first_i says that from this row
// on the next weights hold. With s the cycle of first_i:
//   row r of the next weights goes in no later than s - Rows + r, and no earlier than s' + r, where
//   s' is the first_i before;
//   a row of operands taken in t leaves in t + Rows + Columns - 1, sum[c] = sum of a[r] * w[r][c],
//   added from row 0 on. A bf16 weight of 16'hFFFF is none: its element adds nothing, whatever it
//   meets. Groups of a product that share the array are kept apart by it; in int8 zeros do.
//
// Output stationary (Dataflow 1). a_i and b_i with valid_i are a column of A and a row of B;
// first_i begins the sums anew, last_i completes them. With t the cycle of last_i, row Rows - 1 of
// the sums leaves in t + Rows + Columns, row 0 in t + 2 Rows + Columns - 1; the next last_i comes
// no earlier than t + Rows.
module systolic #(
  parameter int unsigned Rows     = 8,
  parameter int unsigned Columns  = 8,
  parameter int unsigned Format   = 0,  // of operands: 0 int8 into int32, 1 bf16 into fp32
  parameter int unsigned Dataflow = 0,
  // Derived, not to be set.
  parameter int unsigned Width    = (Format == 0) ? 8 : 16,
  parameter int unsigned RowWidth = (Rows > 1) ? $clog2(Rows) : 1
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  input  logic                     load_i,
  input  logic [RowWidth-1:0]      row_i,
  input  logic                     valid_i,
  input  logic                     first_i,
  input  logic                     last_i,
  input  logic [Rows*Width-1:0]    a_i,
  input  logic [Columns*Width-1:0] b_i,
  output logic                     valid_o,
  output logic [Columns*32-1:0]    sum_o
);

  logic unused;  // inputs that the other dataflow takes

  if (Dataflow == 0) begin : gen_weight_stationary
    assign unused = last_i;
    systolic_ws #(
      .Rows(Rows), .Columns(Columns), .Format(Format), .Width(Width), .RowWidth(RowWidth)
    ) u_array (
      .clk_i, .rst_ni, .load_i, .row_i, .valid_i, .first_i, .a_i, .b_i, .valid_o, .sum_o
    );
  end else begin : gen_output_stationary
    assign unused = &{load_i, row_i};
    systolic_os #(
      .Rows(Rows), .Columns(Columns), .Format(Format), .Width(Width)
    ) u_array (
      .clk_i, .rst_ni, .valid_i, .first_i, .last_i, .a_i, .b_i, .valid_o, .sum_o
    );
  end

endmodule
