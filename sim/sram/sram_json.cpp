// SPDX-License-Identifier: Apache-2.0
#include "sim/sram/sram_json.h"

namespace mantissa::sim {
namespace {

Json parts_json(const std::vector<power::Part>& parts) {
  Json out = Json::object();
  for (const auto& part : parts) {
    std::string key = part.name;
    for (char& c : key)
      if (c == ' ' || c == '-') c = '_';
    out[key] = part.value;
  }
  out["total"] = power::total(parts);
  return out;
}

Json bank_json(const power::Macro& bank) {
  const auto& g = bank.geometry;
  return {{"supply_v", bank.supply.value},
          {"words", g.words},
          {"stored_bits", g.stored_bits},
          {"rows", g.rows},
          {"columns", g.columns},
          {"words_per_row", g.mux},
          {"subarrays", g.subarrays},
          {"width_um", g.width},
          {"height_um", g.height},
          {"area_um2", parts_json(bank.area)},
          {"array_efficiency", bank.efficiency()},
          {"read_pj", parts_json(bank.read)},
          {"write_pj", parts_json(bank.write)},
          {"access_ps", parts_json(bank.access)},
          {"cycle_ps", bank.cycle},
          {"leakage_w", parts_json(bank.leakage)},
          {"method", power::name(bank.circuit.method)},
          {"source", bank.circuit.source}};
}

Json row_json(const SramRow& row) {
  Json out = {{"v_over_vmin", row.ratio},
              {"supply_v", row.supply.value},
              {"error_rate", row.error_rate},
              {"expected_faults", nullptr},
              {"counted_faults", nullptr},
              {"read_pj", power::total(row.bank.read)},
              {"write_pj", power::total(row.bank.write)},
              {"energy_over_vmin", row.energy_ratio},
              {"access_ps", power::total(row.bank.access)},
              {"cycle_ps", row.bank.cycle},
              {"leakage_w_per_bank", power::total(row.bank.leakage)},
              {"two_or_more_errors_in_64_bits", row.several_in_64},
              {"two_or_more_errors_in_72_bits", row.several_in_72}};
  if (row.expected_faults) out["expected_faults"] = *row.expected_faults;
  if (row.counted_faults) out["counted_faults"] = *row.counted_faults;
  for (const auto& fate : row.fates)
    out["word"][power::name(fate.ecc)] = {{"clean", fate.clean},
                                          {"corrected", fate.corrected},
                                          {"detected", fate.detected},
                                          {"silent", fate.silent}};
  return out;
}

}  // namespace

Json to_json(const LoadedSram& sram, const SramTable& table,
             const std::vector<power::PublishedRow>& published) {
  Json out = {{"name", sram.spec.name},
              {"technology", sram.technology.name()},
              {"node_nm", sram.technology.node().value},
              {"config_hash", sram.hash},
              {"capacity_bytes", sram.spec.capacity.value},
              {"banks", sram.spec.banks},
              {"cells", table.cells},
              {"ecc", power::name(sram.spec.ecc)},
              {"bank", bank_json(table.bank)},
              {"scrubbing_w", nullptr},
              {"voltages", Json::array()}};
  if (table.scrubbing) out["scrubbing_w"] = table.scrubbing->value;
  for (const auto& row : table.rows) out["voltages"].push_back(row_json(row));
  for (const auto& row : published)
    out["published"].push_back({{"what", row.what},
                                {"node_nm", row.node.value},
                                {"unit", row.unit},
                                {"published", row.published},
                                {"model", row.model},
                                {"model_over_published", row.ratio()},
                                {"method", power::name(row.method)},
                                {"source", row.source}});
  return out;
}

}  // namespace mantissa::sim
