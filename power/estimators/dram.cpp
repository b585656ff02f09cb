// SPDX-License-Identifier: Apache-2.0
// External memory by standard. It has its own process: nothing is scaled by the chip's node, and it
// has no area on the die.
//
//   read, write                = 8 x dram.STANDARD pJ/bit, activations and I/O as its source has
//   them read_column, write_column  = 8 x dram.column.STANDARD, activations counted apart activate
//   = dram.activate.STANDARD per row background                 = channels x
//   dram.background.STANDARD, W: standby and refresh
#include <fmt/format.h>

#include "power/estimators/parts.h"

namespace mantissa::power {
namespace {

// Actions that the component may bring its own figure for, and the attribute that holds it.
struct OwnFigure {
  const char *action, *attribute, *per;
};
constexpr OwnFigure own_figures[] = {
    {"activate", "activate_pj", "row, with its precharge"},
    {"read_column", "read_pj_per_byte", "byte"},
    {"write_column", "write_pj_per_byte", "byte"},
    {"refresh", "refresh_pj", "refresh of a rank"},
    {"refresh_bank", "refresh_bank_pj", "refresh of a bank"},
    {"io", "io_pj_per_byte", "byte"},
};

class Dram final : public Estimator {
 public:
  std::string kind() const override { return "dram"; }
  std::vector<std::string> attributes() const override {
    std::vector<std::string> all = {"channels", "pj_per_bit", "background_w"};
    for (const OwnFigure& own : own_figures) all.emplace_back(own.attribute);
    return all;
  }
  std::vector<std::string> labels() const override {
    return {"standard", "source", "scope", "background"};
  }
  std::vector<std::string> actions(const Technology&) const override {
    return {"read",     "write",   "read_column",  "write_column",
            "activate", "refresh", "refresh_bank", "io"};
  }

  Price energy(const Query& query, const std::string& action) const override {
    for (const OwnFigure& own : own_figures)
      if (action == own.action)
        if (const auto given = query.given(own.attribute))
          return figure_of_device(query, *given, "pJ",
                                  fmt::format("{} pJ per {}", short_number(*given), own.per));
    const std::string standard = known_standard(query);
    if (action == "read" || action == "write") {
      if (const auto given = query.given("pj_per_bit"))
        return {8 * *given,
                "pJ",
                {},
                {},
                Method::assumed,
                "attribute pj_per_bit of the architecture",
                fmt::format("8 bits x {} pJ/bit", short_number(*given))};
      return scaled(query.technology.parameter("dram." + standard), 8, "8 bits", "pJ");
    }
    const std::string item = (action == "activate" ? "dram.activate." : "dram.column.") + standard;
    const bool column = action == "read_column" || action == "write_column";
    if ((!column && action != "activate") || !query.technology.has(item))
      throw Error(unknown_action)
          .say(fmt::format("component {} of kind dram", query.component.name))
          .read(fmt::format("{} of {}", action, standard))
          .expected("a standard whose activation energy is published apart")
          .remedy("count reads and writes, which include it");
    const Price price = query.technology.parameter(item);
    return action == "activate" ? price : scaled(price, 8, "8 bits", "pJ");
  }

  std::optional<Price> area(const Query&) const override { return std::nullopt; }

  std::optional<Price> static_power(const Query& query) const override {
    if (const auto given = query.given("background_w"))
      return figure_of_device(query, *given, "W",
                              "standby currents of the states that the ranks were in");
    if (query.label("background", "") == "none") return std::nullopt;
    const double channels = query.attribute("channels", 1);
    return scaled(query.technology.parameter("dram.background." + known_standard(query)), channels,
                  fmt::format("{} channels", short_number(channels)));
  }
  std::string static_action() const override { return "background"; }

 private:
  // From a data sheet or a publication, by a formula that the memory's own report writes out.
  static Price figure_of_device(const Query& query, double value, const char* unit,
                                std::string formula) {
    return {value,
            unit,
            {},
            {},
            Method::derived,
            query.label("source", "the memory's preset") + "; covers " +
                query.label("scope", "what it says"),
            std::move(formula)};
  }

  static std::string known_standard(const Query& query) {
    const std::string standard = query.label("standard");
    const auto standards = query.technology.items("dram.background.");
    for (const auto& known : standards)
      if (known == standard) return standard;
    throw Error(bad_attribute)
        .say(fmt::format("component {} of kind dram, label standard", query.component.name))
        .read(standard)
        .expected("a standard that the technology prices")
        .nearest(nearest_name(standard, standards));
  }
};

const Registration dram_estimator{std::make_shared<Dram>()};

}  // namespace
}  // namespace mantissa::power
