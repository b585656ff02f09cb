// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "rtl/ipu/ipu_bench.h"
#include "rtl/ipu/proofs.h"

namespace mantissa::rtl {
namespace {

class Ipu final : public Unit {
 public:
  std::string name() const override { return "ipu"; }
  std::string summary() const override {
    return "an inner-product unit: int4, int8 and binary16 digit by digit, MC-IPU(Width)";
  }
  std::vector<Parameter> parameters() const override {
    return {
        {"Lanes", 16, 1, 64, "products per iteration, a power of two"},
        {"Width", 16, 2, 64, "bits of an aligned product: what a product leaves is safe per cycle"},
        {"SoftwarePrecision", 28, 0, 63, "lanes aligned by more are dropped"},
        {"FractionWidth", 30, 13, 60, "fraction bits of the accumulator"},
        {"Growth", 10, 0, 32, "2^Growth operations never overflow a sum"},
        {"MultiCycle", 1, 0, 1, "1: what a window cannot hold waits for the next cycle"},
        {"MaskZeros", 1, 0, 1, "0: zeros, too, decide about the greatest exponent"},
        {"DigitA", 4, 1, 12, "bits of a that a multiplier takes at a time"},
        {"DigitB", 4, 1, 12, "bits of b"},
        {"Formats", 0, 0, 2, "0: integers and binary16, 1: integers, 2: binary16"}};
  }
  std::string objection(const Parameters& p) const override {
    const std::int64_t lanes = p.at("Lanes");
    if ((lanes & (lanes - 1)) != 0) return "Lanes is a power of two: 1, 2, 4, 8, 16, 32 or 64";
    const bool integers = p.at("Formats") == 1;
    const bool aligns = p.at("MultiCycle") != 0 && !integers;
    const int least = ipu_parameters(p).product_bits() + (aligns ? 1 : 0);
    if (p.at("Width") < least)
      return fmt::format("Width is at least {}: a product of {} by {} bits{}", least,
                         p.at("DigitA"), p.at("DigitB"),
                         aligns ? ", and a place for what waits for a later cycle" : "");
    if (p.at("FractionWidth") < 24 && !integers)
      return "FractionWidth is at least 24 where there is something to round: Formats is not 1";
    return {};
  }
  std::vector<Port> ports(const Parameters& p) const override { return ipu_ports(p); }
  std::vector<std::string> sources() const override { return ipu_sources(); }
  std::unique_ptr<Bench> bench(const Parameters& p) const override {
    return std::make_unique<IpuBench>(p);
  }
  std::vector<Proof> proofs(const Parameters&) const override { return ipu_proofs(); }
  std::string action() const override { return "product"; }
};

const UnitRegistration registration(std::make_unique<Ipu>());

}  // namespace
}  // namespace mantissa::rtl
