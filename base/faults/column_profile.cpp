// SPDX-License-Identifier: Apache-2.0
#include "base/faults/column_profile.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "base/error.h"
#include "base/faults/draw.h"

namespace mantissa::config {

const std::vector<std::pair<faults::Chip, const char*>>& EnumNames<faults::Chip>::names() {
  static const std::vector<std::pair<faults::Chip, const char*>> table = {
      {faults::Chip::none, "none"},
      {faults::Chip::chip_1, "chip_1"},
      {faults::Chip::chip_2, "chip_2"},
      {faults::Chip::chip_3, "chip_3"}};
  return table;
}

}  // namespace mantissa::config

namespace mantissa::faults {

double ColumnProfile::mean_rate(double p) const {
  double sum = 0;
  for (const double w : weights) sum += std::min(1.0, p * w);
  return sum / static_cast<double>(weights.size());
}

ColumnProfile ColumnProfile::of_weights(std::vector<double> weights) {
  double sum = 0;
  for (const double w : weights) {
    MANTISSA_CHECK(w >= 0, "a column of negative weight");
    sum += w;
  }
  MANTISSA_CHECK(sum > 0, "columns without any weight");
  ColumnProfile profile;
  const auto n = static_cast<double>(weights.size());
  profile.weights = std::move(weights);
  for (double& w : profile.weights) w = w * n / sum;
  return profile;
}

ColumnProfile profile_of(Chip chip) {
  constexpr std::size_t columns = 128;
  ColumnProfile profile;
  if (chip == Chip::chip_2 || chip == Chip::chip_3) {
    std::vector<double> percent(columns, 0.0);
    for (std::size_t c = 0; c < 41; ++c)
      percent[c] = c < 5 ? 52.0 / 5 : c < 10 ? 22.0 / 5 : 26.0 / 31;
    profile = ColumnProfile::of_weights(std::move(percent));
  } else {
    profile.weights.assign(columns, 1.0);
  }
  if (chip == Chip::chip_1) profile.zero_to_one = 1.27 / (1.27 + 1.47);
  if (chip == Chip::chip_2) profile.zero_to_one = 0.82 / (0.82 + 0.19);
  if (chip == Chip::chip_3) profile.zero_to_one = 1.81 / (1.81 + 0.48);
  return profile;
}

ColumnProfile stretched(const ColumnProfile& profile, std::size_t columns) {
  std::vector<double> weights(columns);
  for (std::size_t c = 0; c < columns; ++c)
    weights[c] = profile.weights[c * profile.weights.size() / columns];
  ColumnProfile out = ColumnProfile::of_weights(std::move(weights));
  out.shuffled = profile.shuffled;
  out.zero_to_one = profile.zero_to_one;
  return out;
}

std::vector<ColumnClass> classes(const ColumnProfile& profile) {
  std::map<double, std::vector<std::uint32_t>> by_weight;
  for (std::size_t c = 0; c < profile.weights.size(); ++c)
    if (profile.weights[c] > 0)
      by_weight[profile.weights[c]].push_back(static_cast<std::uint32_t>(c));
  std::vector<ColumnClass> out;
  for (auto& [weight, columns] : by_weight) out.push_back({weight, std::move(columns)});
  return out;
}

std::vector<std::uint32_t> positions(const ColumnProfile& profile, std::uint64_t key,
                                     std::uint64_t array) {
  std::vector<std::uint32_t> at(profile.weights.size());
  std::iota(at.begin(), at.end(), 0u);
  if (!profile.shuffled) return at;
  const std::uint64_t array_key = derived(key, array);
  for (std::size_t i = at.size(); i > 1; --i) {  // Fisher and Yates
    const auto j =
        static_cast<std::size_t>((static_cast<unsigned __int128>(derived(array_key, i)) * i) >> 64);
    std::swap(at[i - 1], at[j]);
  }
  return at;
}

}  // namespace mantissa::faults
