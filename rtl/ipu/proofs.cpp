// SPDX-License-Identifier: Apache-2.0
#include "rtl/ipu/proofs.h"

namespace mantissa::rtl {
namespace {

Proof about(const char* name, const char* claim, const char* top,
            std::map<std::string, std::int64_t> parameters, Mutation mutation) {
  Proof p;
  p.name = name;
  p.claim = claim;
  p.top = top;
  p.parameters = std::move(parameters);
  p.mutation = std::move(mutation);
  return p;
}

// About parts without state: ipu/ipu_<part>.sv, and the claim in <top>.sv.
Proof of_parts(const std::vector<std::string>& parts, Proof p) {
  p.sources = {"ipu/ipu_pkg.sv"};
  for (const std::string& part : parts) p.sources.push_back("ipu/ipu_" + part + ".sv");
  p.sources.push_back("ipu/" + p.top + ".sv");
  p.method = ProofMethod::combinational;
  return p;
}

// About the whole unit, as small as it can be.
Proof of_unit(Proof p) {
  p.sources = ipu_sources();
  p.parameters = {{"Lanes", 1}, {"Width", 10}, {"FractionWidth", 24}, {"Growth", 0}};
  return p;
}

// With the monitor that follows sums of integers, and multipliers that only mark their factors.
Proof of_integers(Proof p) {
  p = of_unit(std::move(p));
  for (std::string& source : p.sources)
    if (source == "ipu/ipu_multipliers.sv") source = "ipu/ipu_any_multipliers.sv";
  p.sources.insert(p.sources.begin(), "ipu/ipu_integers.sv");
  p.sources.push_back("ipu/ipu_integer_model.sv");
  return p;
}

}  // namespace

std::vector<std::string> ipu_sources() {
  return {"ipu/ipu_pkg.sv",       "ipu/ipu_decode.sv",
          "ipu/ipu_digits.sv",    "ipu/ipu_multipliers.sv",
          "ipu/ipu_special.sv",   "ipu/ipu_ehu.sv",
          "ipu/ipu_serve.sv",     "ipu/ipu_align.sv",
          "ipu/ipu_tree.sv",      "ipu/ipu_sequencer.sv",
          "ipu/ipu_auxiliary.sv", "ipu/ipu_accumulator.sv",
          "ipu/ipu_round.sv",     "ipu/ipu.sv"};
}

// Integers, for any number of lanes: `products`, `sums` of one lane with products of any kind, and
// `tree`. Alignment: `alignment`, `partitions` and `shifts`.
std::vector<Proof> ipu_proofs() {
  return {
      of_parts({"multipliers", "integer_model"},
               about("products",
                     "the nibble products of int4 x int4, int8 x int4 and int8 x int8 add up to "
                     "the product, for all operands",
                     "ipu_product_proof", {},
                     {"ipu/ipu_multipliers.sv", "assign b       = b_i[k*(DigitB+1) +: DigitB+1];",
                      "assign b       = {1'b0, b_i[k*(DigitB+1) +: DigitB]};", "b has no sign"})),
      of_integers(
          about("sums",
                "one lane: a sum of integers is that of its operations' nibble products, each at "
                "its place, in all modes, whatever either side holds back",
                "ipu", {},
                {"ipu/ipu_sequencer.sv", "j_d = top_of_b(mode_i);", "j_d = IndexB'(0);",
                 "the low nibble of a meets only the low one of b"})),
      of_parts({"tree"}, about("tree", "the tree's sum is that of all lanes, for all addends",
                               "ipu_tree_proof", {{"Lanes", 8}, {"Width", 10}},
                               {"ipu/ipu_tree.sv", "{y[W-1], y}", "{1'b0, y}",
                                "an addend is not sign-extended"})),
      of_parts({"ehu"},
               about("alignment",
                     "the greatest exponent of 8 lanes, what every lane lacks and who takes part, "
                     "for all exponents",
                     "ipu_ehu_proof", {{"Lanes", 8}},
                     {"ipu/ipu_ehu.sv", "(x > y) ? x : y", "(x[4:0] > y[4:0]) ? x : y",
                      "the top bit is not compared"})),
      of_parts({"ehu"},
               about("zeros", "the same where zeros decide about the greatest exponent, too",
                     "ipu_ehu_proof", {{"Lanes", 2}, {"SoftwarePrecision", 16}, {"MaskZeros", 0}},
                     {"ipu/ipu_ehu.sv", "distance <= W'(SoftwarePrecision)",
                      "distance < W'(SoftwarePrecision)", "the edge of the software precision"})),
      of_parts({"serve"},
               about("partitions",
                     "cycle q serves the lanes with floor(alignment / SafePrecision) = q, shifted "
                     "by the remainder, and is the last if no lane is beyond",
                     "ipu_serve_proof", {},
                     {"ipu/ipu_serve.sv", "left[W-1:0] >= W'(SafePrecision)",
                      "left[W-1:0] > W'(SafePrecision)", "the edge of a partition"})),
      of_parts({"align", "auxiliary"},
               about("shifts", "local and auxiliary shifts are floors, for all numbers",
                     "ipu_shift_proof", {},
                     {"ipu/ipu_auxiliary.sv", "8'(base_i) + 8'(distance_i)", "8'(base_i)",
                      "the accumulator's exponent is forgotten"})),
      of_parts({"round"},
               about("binary32",
                     "the nearest number, ties to even, or the next one toward zero, for all sums",
                     "ipu_round_proof", {},
                     {"ipu/ipu_round.sv", "(normal[Rest32] ||", "(1'b1 ||",
                      "ties are rounded away from zero"})),
      of_parts({"round"},
               about("binary16",
                     "the same, with subnormal numbers and infinities, for all sums whose low 13 "
                     "bits are zero",
                     "ipu_round_proof", {{"Half", 1}, {"Zeros", 13}},
                     {"ipu/ipu_round.sv", "half[0] || (lost", "half[0] && (lost",
                      "what subnormal numbers lose is forgotten"})),
      of_unit(about("hold", "a result that is offered stays, unchanged, until it is taken", "ipu",
                    {},
                    {"ipu/ipu.sv", "else if (ready_i) valid_q <= 1'b0;", "else valid_q <= 1'b0;",
                     "it is offered once"})),
  };
}

}  // namespace mantissa::rtl
