// SPDX-License-Identifier: Apache-2.0
#include "power/accelergy.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace mantissa::power {
namespace {

constexpr const char* version = "0.4";

// Shortest text that reads back as the same double.
std::string exact(double value) { return fmt::format("{}", value); }

// Component names in the order in which they first appear, with their rows.
template <class Row>
std::vector<std::pair<std::string, std::vector<const Row*>>> grouped(const std::vector<Row>& rows) {
  std::vector<std::pair<std::string, std::vector<const Row*>>> groups;
  for (const Row& row : rows) {
    auto at = std::find_if(groups.begin(), groups.end(),
                           [&](const auto& group) { return group.first == row.component; });
    if (at == groups.end()) at = groups.insert(groups.end(), {row.component, {}});
    at->second.push_back(&row);
  }
  return groups;
}

void emit_arguments(YAML::Emitter& out, const EnergyRow& row) {
  out << YAML::Key << "arguments" << YAML::Value << YAML::Flow << YAML::BeginMap;
  for (const auto& [key, value] : row.labels) out << YAML::Key << key << YAML::Value << value;
  out << YAML::EndMap;
}

// Opens `top: {version: 0.4, list: [`.
void open(YAML::Emitter& out, const char* top, const char* list) {
  out << YAML::BeginMap << YAML::Key << top << YAML::Value << YAML::BeginMap << YAML::Key
      << "version" << YAML::Value << version << YAML::Key << list << YAML::Value << YAML::BeginSeq;
}

std::string close(YAML::Emitter& out) {
  out << YAML::EndSeq << YAML::EndMap << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

// Rows that repeat an action with the same labels share one price and add their counts.
struct Action {
  const EnergyRow* row;
  std::uint64_t count;
  double energy;  // pJ per count
};

std::vector<Action> merged(const std::vector<const EnergyRow*>& rows) {
  std::vector<Action> actions;
  for (const EnergyRow* row : rows) {
    const auto same = [&](const Action& a) {
      return a.row->action == row->action && a.row->labels == row->labels;
    };
    const auto old = std::find_if(actions.begin(), actions.end(), same);
    if (old != actions.end()) {
      old->count += row->count;
      continue;
    }
    const bool constant = row->price.unit == "W";
    actions.push_back(
        {row, row->count,
         constant ? row->energy.value / static_cast<double>(row->count) : row->price.value});
  }
  return actions;
}

}  // namespace

AccelergyFiles to_accelergy(const Estimate& estimate) {
  YAML::Emitter ert, art, counts;
  open(ert, "ERT", "tables");
  open(counts, "action_counts", "local");
  for (const auto& [name, rows] : grouped(estimate.energy)) {
    ert << YAML::BeginMap << YAML::Key << "name" << YAML::Value << name << YAML::Key << "actions"
        << YAML::Value << YAML::BeginSeq;
    counts << YAML::BeginMap << YAML::Key << "name" << YAML::Value << name << YAML::Key
           << "action_counts" << YAML::Value << YAML::BeginSeq;
    for (const Action& a : merged(rows)) {
      ert << YAML::BeginMap << YAML::Key << "name" << YAML::Value << a.row->action;
      emit_arguments(ert, *a.row);
      ert << YAML::Key << "energy" << YAML::Value << exact(a.energy) << YAML::EndMap;
      counts << YAML::BeginMap << YAML::Key << "name" << YAML::Value << a.row->action << YAML::Key
             << "counts" << YAML::Value << a.count;
      if (!a.row->labels.empty()) emit_arguments(counts, *a.row);
      counts << YAML::EndMap;
    }
    ert << YAML::EndSeq << YAML::EndMap;
    counts << YAML::EndSeq << YAML::EndMap;
  }
  open(art, "ART", "tables");
  for (const auto& row : estimate.area)
    art << YAML::BeginMap << YAML::Key << "name" << YAML::Value << row.component << YAML::Key
        << "area" << YAML::Value << exact(row.area.value) << YAML::EndMap;
  return {close(ert), close(art), close(counts)};
}

}  // namespace mantissa::power
