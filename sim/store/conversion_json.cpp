// SPDX-License-Identifier: Apache-2.0
// result.json of a single run, read back for the report.
#include "base/config/node.h"
#include "sim/store/conversion.h"
#include "sim/store/errors.h"
#include "sim/store/quantity.h"

namespace mantissa::store {
namespace {

PriceText price_of(const nlohmann::json& p) {
  return {p.at("value"),  p.at("unit"),   p.at("node_nm"), p.at("voltage_v"),
          p.at("method"), p.at("source"), p.at("formula")};
}

LayerRow layer_of(const nlohmann::json& l) {
  LayerRow row;
  row.name = l.at("name");
  row.op = l.at("op");
  row.engine = l.at("engine");
  row.core = l.at("core");
  row.start = l.at("start");
  row.end = l.at("end");
  row.busy = l.at("busy");
  row.compute = l.at("compute");
  row.folds = l.at("folds");
  row.macs = l.at("macs");
  row.utilization = l.at("utilization");
  row.dram_read_bytes = l.at("dram_read_bytes");
  row.dram_write_bytes = l.at("dram_write_bytes");
  row.tiling = l.at("tiling");
  row.reason = l.at("reason");
  return row;
}

// The saved configuration as YAML: the JSON keeps it as an object.
config::Node node_of(const nlohmann::json& json) {
  if (json.is_object()) {
    std::vector<std::pair<std::string, config::Node>> entries;
    for (const auto& [key, value] : json.items()) entries.emplace_back(key, node_of(value));
    return config::Node::map(std::move(entries));
  }
  if (json.is_array()) {
    std::vector<config::Node> items;
    for (const auto& item : json) items.push_back(node_of(item));
    return config::Node::sequence(std::move(items));
  }
  if (json.is_null()) return {};
  if (json.is_string()) return config::Node::scalar(json.get<std::string>());
  return config::Node::scalar(json.dump());
}

// The value at a dotted path.
const nlohmann::json& at(const nlohmann::json& json, const std::string& path) {
  const std::size_t dot = path.find('.');
  if (dot == std::string::npos) return json.at(path);
  return at(json.at(path.substr(0, dot)), path.substr(dot + 1));
}

}  // namespace

Record record_of(const nlohmann::json& json, const std::string& file) {
  try {
    Record record;
    record.hash = json.at("config_hash");
    record.resolved_yaml = node_of(json.at("config")).yaml();
    for (const auto& quantity : quantities())
      if (quantity.path != nullptr)
        record.metrics[quantity.column] = at(json, quantity.path).get<double>();
    record.metrics["peak_throughput_ops"] =
        2 * json.at("peak_macs_per_cycle").get<double>() * json.at("clock_hz").get<double>();
    derive_metrics(record);
    const std::string bound = json.at("dram").at("bound_by");
    if (!bound.empty()) record.texts["dram_bound_by"] = bound;
    for (const auto& layer : json.at("layers")) record.layers.push_back(layer_of(layer));
    for (const auto& row : json.at("prices").at("energy"))
      record.energy.push_back({row.at("component"), row.at("kind"), row.at("action"), "",
                               row.at("count"), row.at("energy_pj"), price_of(row.at("price"))});
    for (const auto& row : json.at("prices").at("area"))
      record.area.push_back({row.at("component"), row.at("kind"), row.at("count"),
                             row.at("area_um2"), price_of(row.at("price"))});
    record.warnings = json.at("warnings").get<std::vector<std::string>>();
    return record;
  } catch (const nlohmann::json::exception& error) {
    throw Error(unreadable).at(file).say(error.what()).expected("the JSON of 'mantissa run'");
  }
}

}  // namespace mantissa::store
