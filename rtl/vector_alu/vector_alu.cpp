// SPDX-License-Identifier: Apache-2.0
// The vector unit: its parameters, its sources and what is proved of its lanes and its pipeline.
#include "rtl/vector_alu/vector_alu_bench.h"

namespace mantissa::rtl {
namespace {

class VectorAlu : public Unit {
 public:
  std::string name() const override { return "vector_alu"; }
  std::string summary() const override {
    return "lanes of pipelined element-wise operations on int32 and int8, or on fp32";
  }
  std::vector<Parameter> parameters() const override {
    return {{"Lanes", 16, 1, 256, "elements per cycle"},
            {"Latency", 3, 1, 16, "cycles from a beat to its results"},
            {"Format", 0, 0, 1, "0: int32 and int8, 1: fp32"}};
  }
  std::vector<Port> ports(const Parameters& p) const override { return vector_alu_ports(p); }
  std::vector<std::string> sources() const override {
    return {"common/fp32_pkg.sv",
            "common/fp32_add.sv",
            "common/fp32_mul.sv",
            "vector_alu/vector_alu_pkg.sv",
            "vector_alu/vector_alu_lane.sv",
            "vector_alu/vector_alu_fp32_lane.sv",
            "vector_alu/vector_alu.sv"};
  }
  std::unique_ptr<Bench> bench(const Parameters& p) const override { return vector_alu_bench(p); }
  std::vector<Proof> proofs(const Parameters&) const override {
    // By operation: a mistake that its proof must find.
    struct Mistake {
      const char *original, *changed, *what;
    };
    static constexpr std::array<Mistake, vector_alu_operations.size()> mistakes = {
        {{"overflow_o = sum[32] != sum[31]", "overflow_o = sum[32]",
          "overflow at every negative sum"},
         {"difference[32] != difference[31]", "difference[32]",
          "overflow at every negative difference"},
         {"result_o   = product[31:0]", "result_o   = product[32:1]", "product shifted by one"},
         {"Maximum: result_o = less ? b : a", "Maximum: result_o = less ? a : b", "minimum"},
         {"Minimum: result_o = less ? a : b", "Minimum: result_o = less ? b : a", "maximum"},
         {"{31'd0, equal}", "{31'd0, !equal}", "inverted"},
         {"{31'd0, less}", "{31'd0, a[31]}", "compares with zero"},
         {"!less && !equal", "!less", "greater or equal"},
         {"Relu:    result_o = a[31]", "Relu:    result_o = a[30]", "not the sign bit"},
         {"32'd6 : a", "32'd7 : a", "the bound is 7"},
         {"(raised > high) ? high", "(raised > high) ? low", "the other bound"},
         {"a[31] && negated[31]", "negated[31]", "overflow at every positive operand"},
         {"negated[32] != negated[31]", "negated[31]", "overflow at every negative result"},
         {"32'hFFFF_FFFF : {31'd0, a", "32'h0000_FFFF : {31'd0, a", "minus one in 16 bits"},
         {"&& floor[0]", "&& !floor[0]", "ties to odd"},
         {"condition_i ? a : b", "condition_i ? b : a", "the other operand"}}};
    std::vector<Proof> all;
    Proof pipeline;
    pipeline.name = "pipeline";
    pipeline.claim = "no beat is lost or doubled; what is offered stays until it is taken";
    pipeline.top = name();
    pipeline.sources = {"vector_alu/vector_alu_any_lane.sv", "vector_alu/vector_alu.sv"};
    pipeline.parameters = {{"Lanes", 1}, {"Latency", 3}};
    pipeline.depth = 2;
    pipeline.mutation = {"vector_alu/vector_alu.sv", "ready_o = advance", "ready_o = 1'b1",
                         "accepts while it is held"};
    all.push_back(pipeline);
    for (std::size_t o = 0; o < vector_alu_operations.size(); ++o) {
      if (vector_alu_operations[o] == std::string("mul"))
        continue;  // beyond the solver, even for int8
      Proof p;
      p.name = vector_alu_operations[o];
      p.claim = std::string(vector_alu_operations[o]) + " equals its definition for all operands";
      p.top = "vector_alu_lane_proof";
      p.sources = {"vector_alu/vector_alu_pkg.sv", "vector_alu/vector_alu_lane.sv",
                   "vector_alu/vector_alu_lane_proof.sv"};
      p.parameters = {{"Operation", static_cast<std::int64_t>(o)}};
      p.method = ProofMethod::combinational;
      p.mutation = {"vector_alu/vector_alu_lane.sv", mistakes[o].original, mistakes[o].changed,
                    mistakes[o].what};
      all.push_back(p);
    }
    Proof order;
    order.name = "fp32_order";
    order.claim =
        "fp32 comparisons, bounds and selections equal their definitions for all operands";
    order.top = "vector_alu_fp32_lane_proof";
    order.sources = {"common/fp32_pkg.sv",
                     "common/fp32_any_add.sv",
                     "common/fp32_any_mul.sv",
                     "vector_alu/vector_alu_pkg.sv",
                     "vector_alu/vector_alu_fp32_lane.sv",
                     "vector_alu/vector_alu_fp32_lane_proof.sv"};
    order.method = ProofMethod::combinational;
    order.mutation = {"vector_alu/vector_alu_fp32_lane.sv", "below = x[30:0] > y[30:0]",
                      "below = x[30:0] < y[30:0]", "negative numbers in the wrong order"};
    all.push_back(order);
    Proof product;
    product.name = "fp32_mul";
    product.claim =
        "the fp32 product is the nearest number, ties to even, with signed zeros, infinities and "
        "one NaN, for 4 exponent and 2 fraction bits";
    product.top = "fp32_mul_proof";
    product.sources = {"common/small_float.sv", "common/fp32_pkg.sv", "common/fp32_mul.sv",
                       "common/fp32_mul_proof.sv"};
    product.method = ProofMethod::combinational;
    product.mutation = {"common/fp32_pkg.sv", "shifted[0] | ((shifted << shift) != product)",
                        "shifted[0]", "bits below the last place of a subnormal are lost"};
    all.push_back(product);
    return all;
  }
  std::string action() const override { return "element"; }
};

const UnitRegistration registration(std::make_unique<VectorAlu>());

}  // namespace
}  // namespace mantissa::rtl
