// SPDX-License-Identifier: Apache-2.0
#include "rtl/systolic/proofs.h"

namespace mantissa::rtl {
namespace {

enum Dataflow : std::uint8_t { weight_stationary, output_stationary };

// Induction reaches from the first operand of a sum to the last cycle in which it is seen.
unsigned reach(Dataflow dataflow, unsigned rows, unsigned columns) {
  return dataflow == weight_stationary ? rows + columns - 1 : 2 * rows + columns - 1;
}

Proof proof(const char* name, const char* claim, Dataflow dataflow, unsigned rows, unsigned columns,
            const char* original, const char* changed, const char* what) {
  const char* array =
      dataflow == weight_stationary ? "systolic/systolic_ws.sv" : "systolic/systolic_os.sv";
  Proof p;
  p.name = name;
  p.claim = claim;
  p.top = "systolic";
  p.sources = {"systolic/systolic_any_mac.sv", "systolic/systolic_skew.sv",
               "systolic/systolic_ws.sv", "systolic/systolic_os.sv", "systolic/systolic.sv"};
  p.parameters = {{"Rows", rows}, {"Columns", columns}, {"Dataflow", dataflow}, {"Width", 2}};
  p.depth = reach(dataflow, rows, columns);
  p.mutation = {array, original, changed, what};
  return p;
}

}  // namespace

std::vector<Proof> systolic_proofs() {
  const char* products =
      "a row of sums is that of its operands and the weights of its block, added from row 0 on, "
      "while the next weights go in, for any arithmetic";
  const char* sums =
      "complete sums leave row by row, the last first, unmoved by those behind them, for any "
      "arithmetic";
  return {
      proof("ws_valid",
            "a row of sums leaves Rows + Columns - 1 cycles after a row of operands, and else none",
            weight_stationary, 2, 2, "valid_o = valid[Latency];", "valid_o = valid[Latency-1];",
            "sums are announced a cycle early"),
      proof("ws_sums", products, weight_stationary, 3, 3, "if (first[r+c-1]) weight_q",
            "if (first[r+c]) weight_q", "weights are taken over a cycle late"),
      proof("ws_row", products, weight_stationary, 1, 3,
            "weight = first[r+c] ? gen_b[c].next_q[r] : weight_q", "weight = weight_q",
            "the first operand meets the weights before"),
      proof("ws_column", products, weight_stationary, 3, 1,
            "above = gen_row[r-1].gen_element[c].sum_q", "above = '0", "no sum goes down"),
      proof("os_valid",
            "Rows rows of sums leave from Rows + Columns cycles after the last operands on, and "
            "else none",
            output_stationary, 2, 1, "leaving_q <= leaving_q << 1", "leaving_q <= leaving_q << 2",
            "the last row is not announced"),
      proof("os_sums", sums, output_stationary, 2, 2, "moves = last[Rows] ?",
            "moves = last[Rows-1] ?", "the drain chain moves a cycle early"),
      proof("os_row", sums, output_stationary, 1, 3, ".Mirrored(1)", ".Mirrored(0)",
            "columns are not aligned"),
      proof("os_column", sums, output_stationary, 3, 1, "first[r+c] ? '0 : sum_q", "sum_q",
            "sums never begin anew"),
  };
}

}  // namespace mantissa::rtl
