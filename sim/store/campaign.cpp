// SPDX-License-Identifier: Apache-2.0
#include "sim/store/campaign.h"

#include <algorithm>
#include <map>

namespace mantissa::store {

const std::vector<const char*>& campaign_columns() {
  static const std::vector<const char*> columns{
      "output_changed",  "output_difference", "top1_changed", "faulty_bits_read",
      "corrected_words", "detected_words",    "silent_words", "energy_pj"};
  return columns;
}

std::string CampaignRow::chips() const {
  const std::string done = std::to_string(over_chips.count);
  return over_chips.count == planned ? done : done + " of " + std::to_string(planned);
}

namespace {

statistics::Summary clipped(statistics::Summary s, const std::string& column) {
  const bool part = column == "output_changed" || column == "top1_changed";
  s.low = std::max(s.low, 0.0);
  if (part) s.high = std::min(s.high, 1.0);
  return s;
}

}  // namespace

std::vector<CampaignRow> campaign_rows(const Results& results) {
  constexpr const char* seed = "core.chip_seed=";
  auto points = results.points();
  std::vector<bool> chips(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    auto& own = points[i].overrides;
    const auto found = std::find_if(own.begin(), own.end(),
                                    [&](const std::string& o) { return o.rfind(seed, 0) == 0; });
    if (found == own.end() || points[i].status == Status::infeasible) continue;
    own.erase(found);
    chips[i] = true;
  }
  const auto names = labels(points);
  struct Group {
    std::size_t first = 0;
    std::map<std::string, std::vector<double>> values;
    std::size_t chips = 0, planned = 0;
  };
  std::vector<Group> groups;
  std::map<std::string, std::size_t> group_of;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!chips[i]) continue;
    std::string key = points[i].sweep + '\n' + points[i].arch + '\n' + points[i].workload;
    for (const auto& o : points[i].overrides) key += '\n' + o;
    const auto [at, fresh] = group_of.try_emplace(key, groups.size());
    if (fresh) groups.push_back({i, {}, 0, 0});
    Group& group = groups[at->second];
    ++group.planned;
    if (points[i].status != Status::ok) continue;
    ++group.chips;
    for (const auto& [column, value] : results.metrics(points[i].hash))
      group.values[column].push_back(value);
  }
  std::vector<CampaignRow> rows;
  for (const Group& group : groups) {
    if (group.chips < 2) continue;
    for (const char* column : campaign_columns()) {
      const auto values = group.values.find(column);
      if (values == group.values.end() || values->second.size() != group.chips) continue;
      rows.push_back({points[group.first].sweep, names[group.first], find_quantity(column),
                      clipped(statistics::summarise(values->second), column), group.planned});
    }
  }
  return rows;
}

}  // namespace mantissa::store
