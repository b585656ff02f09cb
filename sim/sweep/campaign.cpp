// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/campaign.h"

#include <algorithm>

#include "base/faults/supply_voltage.h"
#include "sim/sweep/errors.h"

namespace mantissa::sweep {

const config::Schema<CampaignSection>& CampaignSection::schema() {
  static const auto s =
      config::Schema<CampaignSection>("Fault injection into many chips at some voltages")
          .required("chips", &CampaignSection::chips, config::range(1, 1e6),
                    "Chips: seeds of what fails.")
          .optional("first_chip", &CampaignSection::first_chip, config::range(0, 9e15),
                    "Seed of the first; the others follow.")
          .optional("voltages", &CampaignSection::voltages,
                    "Supply voltages of the memories, such as 0.84 Vmin; none: as they are.")
          .optional("memories", &CampaignSection::memories,
                    "Memories that run at these voltages: core.scratchpad, core.weight_buffer.")
          .constraint("memories", [](const CampaignSection& c) {
            return c.memories.empty() ? "at least one memory, or no chip differs from another" : "";
          });
  return s;
}

std::vector<std::string> CampaignSection::keys() const {
  std::vector<std::string> keys{"core.chip_seed"};
  if (!voltages.empty())
    for (const auto& memory : memories) keys.push_back(memory + ".voltage");
  return keys;
}

std::vector<std::vector<std::string>> CampaignSection::factors() const {
  std::vector<std::vector<std::string>> at{{}};
  if (!voltages.empty()) at.clear();
  for (const auto& voltage : voltages) {
    at.emplace_back();
    for (const auto& memory : memories) at.back().push_back(memory + ".voltage=" + voltage.text);
  }
  std::vector<std::vector<std::string>> out;
  for (const auto& supply : at)
    for (std::int64_t chip = 0; chip < chips; ++chip) {
      out.push_back(supply);
      out.back().push_back("core.chip_seed=" + std::to_string(first_chip + chip));
    }
  return out;
}

void CampaignSection::check() const {
  std::vector<faults::SupplyVoltage> seen;
  for (const auto& voltage : voltages) {
    const auto parsed =
        faults::SupplyVoltage::parse(voltage.text, {"campaign.voltages", voltage.place});
    const auto same = std::find(seen.begin(), seen.end(), parsed);
    if (same != seen.end())
      throw Error(bad_campaign)
          .at(voltage.place)
          .say("campaign.voltages: the same voltage twice would count every chip twice")
          .read(voltage.text)
          .expected("a voltage other than '" +
                    voltages[static_cast<std::size_t>(same - seen.begin())].text + "'");
    seen.push_back(parsed);
  }
}

}  // namespace mantissa::sweep
