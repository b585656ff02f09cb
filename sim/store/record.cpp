// SPDX-License-Identifier: Apache-2.0
#include "sim/store/record.h"

#include <nlohmann/json.hpp>

namespace mantissa::store {

// Rows are arrays, not objects: a sweep moves thousands of them through pipes.
static void to_json(nlohmann::json& json, const LayerRow& r) {
  json = {r.name,
          r.op,
          r.engine,
          r.core,
          r.start,
          r.end,
          r.busy,
          r.compute,
          r.folds,
          r.macs,
          r.utilization,
          r.dram_read_bytes,
          r.dram_write_bytes,
          r.tiling,
          r.reason};
}
static void from_json(const nlohmann::json& json, LayerRow& r) {
  std::size_t i = 0;
  for (auto* text : {&r.name, &r.op, &r.engine}) json.at(i++).get_to(*text);
  for (auto* number : {&r.core, &r.start, &r.end, &r.busy, &r.compute, &r.folds, &r.macs})
    json.at(i++).get_to(*number);
  json.at(i++).get_to(r.utilization);
  json.at(i++).get_to(r.dram_read_bytes);
  json.at(i++).get_to(r.dram_write_bytes);
  json.at(i++).get_to(r.tiling);
  json.at(i++).get_to(r.reason);
}

static void to_json(nlohmann::json& json, const PriceText& p) {
  json = {p.value, p.unit, p.node_nm, p.voltage_v, p.method, p.source, p.formula};
}
static void from_json(const nlohmann::json& json, PriceText& p) {
  json.at(0).get_to(p.value);
  json.at(1).get_to(p.unit);
  json.at(2).get_to(p.node_nm);
  json.at(3).get_to(p.voltage_v);
  json.at(4).get_to(p.method);
  json.at(5).get_to(p.source);
  json.at(6).get_to(p.formula);
}

static void to_json(nlohmann::json& json, const EnergyRow& r) {
  json = {r.component, r.kind, r.action, r.labels, r.count, r.energy_pj, r.price};
}
static void from_json(const nlohmann::json& json, EnergyRow& r) {
  json.at(0).get_to(r.component);
  json.at(1).get_to(r.kind);
  json.at(2).get_to(r.action);
  json.at(3).get_to(r.labels);
  json.at(4).get_to(r.count);
  json.at(5).get_to(r.energy_pj);
  json.at(6).get_to(r.price);
}

static void to_json(nlohmann::json& json, const AreaRow& r) {
  json = {r.component, r.kind, r.count, r.area_um2, r.price};
}
static void from_json(const nlohmann::json& json, AreaRow& r) {
  json.at(0).get_to(r.component);
  json.at(1).get_to(r.kind);
  json.at(2).get_to(r.count);
  json.at(3).get_to(r.area_um2);
  json.at(4).get_to(r.price);
}

void to_json(nlohmann::json& json, const Record& r) {
  json = {{"hash", r.hash},         {"resolved_yaml", r.resolved_yaml},
          {"seed", r.seed},         {"metrics", r.metrics},
          {"texts", r.texts},       {"layers", r.layers},
          {"energy", r.energy},     {"area", r.area},
          {"warnings", r.warnings}, {"host_seconds", r.host_seconds}};
}

void from_json(const nlohmann::json& json, Record& r) {
  json.at("hash").get_to(r.hash);
  json.at("resolved_yaml").get_to(r.resolved_yaml);
  json.at("seed").get_to(r.seed);
  json.at("metrics").get_to(r.metrics);
  json.at("texts").get_to(r.texts);
  json.at("layers").get_to(r.layers);
  json.at("energy").get_to(r.energy);
  json.at("area").get_to(r.area);
  json.at("warnings").get_to(r.warnings);
  json.at("host_seconds").get_to(r.host_seconds);
}

std::map<std::string, double> Record::energy_by_part() const {
  std::map<std::string, double> parts;
  for (const auto& row : energy) parts[row.component] += row.energy_pj;
  return parts;
}

std::map<std::string, double> Record::area_by_part() const {
  std::map<std::string, double> parts;
  for (const auto& row : area) parts[row.component] += row.area_um2;
  return parts;
}

}  // namespace mantissa::store
