// SPDX-License-Identifier: Apache-2.0
// The systolic array: its parameters, its sources, its bench and its proofs.
#include "rtl/systolic/proofs.h"
#include "rtl/systolic/systolic_bench.h"

namespace mantissa::rtl {
namespace {

class Systolic : public Unit {
 public:
  std::string name() const override { return "systolic"; }
  std::string summary() const override {
    return "array of multiply-accumulate elements, weight or output stationary";
  }
  std::vector<Parameter> parameters() const override {
    return {{"Rows", 8, 1, 256, "R"},
            {"Columns", 8, 1, 256, "C"},
            {"Format", 0, 0, 1, "of operands: 0 int8 into int32, 1 bf16 into fp32"},
            {"Dataflow", 0, 0, 1, "0 weight stationary, 1 output stationary"}};
  }
  std::vector<Port> ports(const Parameters& p) const override { return systolic_ports(p); }
  std::vector<std::string> sources() const override {
    return {"common/fp32_pkg.sv",      "common/bf16_pkg.sv",      "common/fp32_add.sv",
            "common/bf16_mul.sv",      "mac/mac_pe.sv",           "systolic/systolic_skew.sv",
            "systolic/systolic_ws.sv", "systolic/systolic_os.sv", "systolic/systolic.sv"};
  }
  std::unique_ptr<Bench> bench(const Parameters& p) const override { return systolic_bench(p); }
  std::vector<Proof> proofs(const Parameters&) const override { return systolic_proofs(); }
  std::string action() const override { return "multiply-accumulate"; }
};

const UnitRegistration systolic(std::make_unique<Systolic>());

}  // namespace
}  // namespace mantissa::rtl
