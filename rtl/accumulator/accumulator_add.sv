// SPDX-License-Identifier: Apache-2.0
// One column of a row: overwrites, or adds; an int32 sum wraps, one in binary32 is rounded.
module accumulator_add #(
  parameter int unsigned Format = 0,  // 0: int32, 1: binary32
  parameter int unsigned Width  = 32
) (
  input  logic             first_i,
  input  logic [Width-1:0] old_i,
  input  logic [Width-1:0] addend_i,
  output logic [Width-1:0] sum_o,
  output logic             overflow_o
);

  logic [Width-1:0] added;

  if (Format == 1) begin : gen_fp32
    fp32_add i_add (
      .a_i   (old_i),
      .b_i   (addend_i),
      .sum_o (added)
    );
    assign overflow_o = 1'b0;
  end else begin : gen_int32
    assign added = old_i + addend_i;
    // Two numbers of one sign with a sum of the other.
    assign overflow_o = !first_i && (old_i[Width-1] == addend_i[Width-1]) &&
                        (added[Width-1] != old_i[Width-1]);
  end

  assign sum_o = first_i ? addend_i : added;

endmodule
