// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "sim/json/fields.h"

namespace mantissa::cli {
namespace {

using sim::Json;

void collect(const Json& value, const std::string& path,
             std::vector<std::pair<std::string, Json>>& out) {
  const std::string prefix = path.empty() ? "" : path + ".";
  if (value.is_object() && !value.empty()) {
    for (const auto& [key, child] : value.items()) collect(child, prefix + key, out);
  } else if (value.is_array() && !value.empty()) {
    for (std::size_t i = 0; i < value.size(); ++i)
      collect(value[i], prefix + std::to_string(i), out);
  } else {
    out.emplace_back(path, value);
  }
}

using Leaves = std::vector<std::pair<std::string, Json>>;

// In the order of `before`, then what only `after` has.
std::vector<Difference> differences(const Leaves& before, const Leaves& after, bool only_changed) {
  std::map<std::string, const Json*> in_before, in_after;
  for (const auto& [path, value] : before) in_before[path] = &value;
  for (const auto& [path, value] : after) in_after[path] = &value;
  std::vector<Difference> out;
  for (const auto& [path, value] : before) {
    const auto other = in_after.find(path);
    Json there = other == in_after.end() ? Json() : *other->second;
    if (!only_changed || there != value) out.push_back({path, value, there});
  }
  for (const auto& [path, value] : after)
    if (in_before.count(path) == 0) out.push_back({path, Json(), value});
  return out;
}

Leaves figures_of(const Json& result) {
  Leaves out;
  for (const char* key : {"cycles", "latency_s", "macs", "utilization", "energy_pj", "area_um2",
                          "dram", "busy", "stalls"})
    for (auto& [path, value] : leaves(result.at(key)))
      out.emplace_back(path.empty() ? std::string(key) : std::string(key) + "." + path, value);
  return out;
}

Leaves layers_of(const Json& result) {
  Leaves out;
  for (const auto& layer : result.at("layers"))
    out.emplace_back(fmt::format("core {} {}", layer.at("core").get<std::uint64_t>(),
                                 layer.at("name").get<std::string>()),
                     layer.at("end").get<std::uint64_t>() - layer.at("start").get<std::uint64_t>());
  return out;
}

Error not_a_result(const std::string& path, const std::string& why) {
  return Error(bad_result)
      .at(path)
      .say(why)
      .expected("a folder that 'mantissa run -o' wrote, or the output of 'mantissa run --json'");
}

}  // namespace

std::vector<std::pair<std::string, Json>> leaves(const Json& value) {
  std::vector<std::pair<std::string, Json>> out;
  collect(value, "", out);
  return out;
}

Json read_result(const std::string& path) {
  namespace fs = std::filesystem;
  fs::path file = path;
  std::error_code error;
  if (fs::is_directory(file, error)) file /= "result.json";
  std::ifstream in(file, std::ios::binary);
  if (!in) throw not_a_result(file.string(), "cannot be opened");
  std::ostringstream text;
  text << in.rdbuf();
  Json json;
  try {
    json = Json::parse(text.str());
  } catch (const Json::parse_error& problem) {
    throw not_a_result(file.string(), fmt::format("not JSON at byte offset {}", problem.byte));
  }
  if (!json.is_object() || !json.contains("schema_version"))
    throw not_a_result(file.string(), "no 'schema_version' inside");
  if (json["schema_version"] != sim::schema_version)
    throw not_a_result(file.string(),
                       fmt::format("schema_version is {}, this mantissa reads {}",
                                   json["schema_version"].dump(), sim::schema_version));
  try {
    figures_of(json);
    layers_of(json);
    json.at("config");
  } catch (const Json::exception&) {
    throw not_a_result(file.string(), "a field is missing or has another type");
  }
  return json;
}

Comparison compare(const Json& before, const Json& after) {
  Leaves config_before = leaves(before.at("config")), config_after = leaves(after.at("config"));
  config_before.emplace_back("fidelity", before.value("fidelity", ""));
  config_after.emplace_back("fidelity", after.value("fidelity", ""));
  Comparison out;
  out.configuration = differences(config_before, config_after, true);
  out.figures = differences(figures_of(before), figures_of(after), false);
  out.layers = differences(layers_of(before), layers_of(after), true);
  return out;
}

}  // namespace mantissa::cli
