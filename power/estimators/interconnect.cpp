// SPDX-License-Identifier: Apache-2.0
// On-chip network and chip-to-chip link.
//
//   byte_hop = 8 x noc.per_buffer_bit x (access of a buffer of noc.buffer_bytes / 64)
// after Eyeriss' ratio of a network transfer to a buffer access (2 : 6). Links: pJ per bit, an open
// parameter; their PHY has no published area here, so it has no area row unless area_um2 is given.
#include <fmt/format.h>

#include "power/estimators/parts.h"

namespace mantissa::power {
namespace {

class Noc final : public Estimator {
 public:
  std::string kind() const override { return "noc"; }
  std::vector<std::string> attributes() const override {
    return {"routers", "width_bits", "ports", "depth"};
  }
  std::vector<std::string> actions(const Technology&) const override { return {"byte_hop"}; }

  Price energy(const Query& query, const std::string&) const override {
    const Price ratio = query.technology.parameter("noc.per_buffer_bit");
    const Price buffer = query.technology.parameter("noc.buffer_bytes");
    Price price =
        scaled(query.technology.sram_access(Bytes(static_cast<std::uint64_t>(buffer.value))),
               8 * ratio.value / 64,
               fmt::format("8/64 x {} of a buffer access", short_number(ratio.value)));
    price.method = weaker(price.method, weaker(ratio.method, buffer.method));
    price.source += "; " + ratio.source + "; " + buffer.source;
    return price;
  }
  // Flit buffers; the crossbar is left out.
  std::optional<Price> area(const Query& query) const override {
    const double bits = query.attribute("routers") * query.attribute("width_bits") *
                        query.attribute("ports", 5) * query.attribute("depth", 2);
    return placed(query.technology, register_area(query.technology, bits));
  }
  std::optional<Price> static_power(const Query& query) const override {
    return logic_leakage(query.technology, *area(query));
  }
};

class Link final : public Estimator {
 public:
  std::string kind() const override { return "link"; }
  std::vector<std::string> attributes() const override { return {"lanes", "pj_per_bit"}; }
  std::vector<std::string> actions(const Technology&) const override { return {"byte"}; }

  Price energy(const Query& query, const std::string&) const override {
    if (const auto given = query.given("pj_per_bit"))
      return {8 * *given,
              "pJ",
              {},
              {},
              Method::assumed,
              "attribute pj_per_bit of the architecture",
              fmt::format("8 bits x {} pJ/bit", short_number(*given))};
    return scaled(query.technology.parameter("link"), 8, "8 bits", "pJ");
  }
  std::optional<Price> area(const Query& query) const override {
    query.warn("the area of the link's PHY is not known and not counted; area_um2 gives it");
    return std::nullopt;
  }
  std::optional<Price> static_power(const Query&) const override { return std::nullopt; }
};

const Registration noc{std::make_shared<Noc>()};
const Registration link{std::make_shared<Link>()};

}  // namespace
}  // namespace mantissa::power
