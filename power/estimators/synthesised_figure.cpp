// SPDX-License-Identifier: Apache-2.0
#include "power/estimators/synthesised_figure.h"

#include <fmt/format.h>

#include <algorithm>

#include "power/technology_scaling.h"

namespace mantissa::power {
namespace {

// `from` is empty where the result is of this very node (and voltage).
Price moved(const Technology& technology, const SynthesisResult& result, double value,
            const char* unit, std::string figure, const Factor& k, const std::string& from) {
  std::string source =
      fmt::format("{}: {}, {} at {} nm, {} V", result.file, result.tools, result.library,
                  short_number(result.node.value), short_number(result.voltage.value));
  if (!from.empty()) {
    figure += fmt::format(" x {} from {}{}", short_number(k.value), from,
                          k.note.empty() ? "" : " (" + k.note + ")");
    source += "; Stillmaker and Baas, Integration 58 (2017)";
  }
  return {value * k.value,
          unit,
          technology.node(),
          technology.voltage(),
          from.empty() ? Method::synthesised : Method::derived,
          source,
          figure};
}

}  // namespace

Price synthesised_energy(const Technology& t, const SynthesisResult& r, double value,
                         std::string figure) {
  const bool here = r.node == t.node() && r.voltage == t.voltage();
  return moved(t, r, value, "pJ", std::move(figure),
               energy_ratio(r.node, r.voltage, t.node(), t.voltage()),
               here ? ""
                    : fmt::format("{} nm, {} V to {} nm, {} V", short_number(r.node.value),
                                  short_number(r.voltage.value), short_number(t.node().value),
                                  short_number(t.voltage().value)));
}

Price synthesised_area(const Technology& t, const SynthesisResult& r, double value,
                       std::string figure) {
  return moved(t, r, value, "um2", std::move(figure), area_ratio(r.node, t.node()),
               r.node == t.node() ? ""
                                  : fmt::format("{} nm to {} nm", short_number(r.node.value),
                                                short_number(t.node().value)));
}

std::int64_t parameter(const SynthesisResult& result, const std::string& name,
                       std::int64_t fallback) {
  const auto found = result.parameters.find(name);
  return found == result.parameters.end() ? fallback : found->second;
}

bool has_widths(const std::vector<Width>& widths, const SynthesisResult& result,
                const Component& component) {
  return std::all_of(widths.begin(), widths.end(), [&](const Width& width) {
    const auto found = component.attributes.find(width.attribute);
    const double given =
        found == component.attributes.end() ? static_cast<double>(width.fallback) : found->second;
    return given == static_cast<double>(parameter(result, width.parameter, width.fallback));
  });
}

}  // namespace mantissa::power
