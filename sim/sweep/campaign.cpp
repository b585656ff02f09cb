// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/campaign.h"

#include "base/faults/supply_voltage.h"

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
                    "Memories that run at these voltages: core.scratchpad, core.weight_buffer.");
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
  for (const auto& voltage : voltages)
    faults::SupplyVoltage::parse(voltage.text, {"campaign.voltages", voltage.place});
}

}  // namespace mantissa::sweep
