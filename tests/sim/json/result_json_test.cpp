// SPDX-License-Identifier: Apache-2.0
#include "sim/json/result_json.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>

#include "sim/json/fields.h"
#include "tests/sim/run/sample_run.h"

namespace mantissa::sim {
namespace {

std::string type_of(const Json& value) {
  if (value.is_number_integer()) return "integer";
  if (value.is_number()) return "number";
  if (value.is_string()) return "text";
  if (value.is_array()) return "list";
  return "object";
}

// Objects whose keys somebody else chooses; a trailing '*' stands for all of them.
bool free_keys(const std::string& path) {
  static const std::set<std::string> paths = {"energy_pj",
                                              "area_um2",
                                              "traffic",
                                              "faults",
                                              "rtl",
                                              "versions",
                                              "units",
                                              "definitions",
                                              "dram.commands.count",
                                              "dram.commands.bus_cycles"};
  return paths.count(path) != 0;
}

// "cycles:integer", "layers[].name:text", ... without repetition.
void outline(const Json& value, const std::string& path, std::set<std::string>& out) {
  if (!path.empty()) out.insert(path + ":" + type_of(value));
  if (path == "config") return;
  if (value.is_array())
    for (const auto& item : value)
      if (item.is_structured())
        for (const auto& [key, child] : item.items()) outline(child, path + "[]." + key, out);
  if (!value.is_object()) return;
  for (const auto& [key, child] : value.items()) {
    const bool star = free_keys(path) && key != "total";
    outline(child, (path.empty() ? "" : path + ".") + (star ? "*" : key), out);
  }
}

std::set<std::string> sample_outline() {
  auto result = sample_result();
  arch::OutputTensor output;
  output.tensor.name = "y";
  output.tensor.format = trace::NumberFormat::int8;
  output.tensor.shape = {2};
  output.bytes = {std::byte{1}, std::byte{2}};
  result.outputs.push_back(output);
  result.matrix_activity = {{"operations", 4},        {"iterations", 36},
                            {"operation_cycles", 63}, {"accumulator_overflows", 0},
                            {"vectors", 9},           {"loaded_vectors", 3},
                            {"read_vectors", 5},      {"gated_vectors", 2},
                            {"rounded_to_zero", 1},   {"saturations", 0}};
  result.faults["scratchpad"].corrected_words = 2;
  result.dram.commands =
      arch::DramCommands{"HBM2", "row-bank-column", 3, 2, 1, {{"ACT", 3}}, {{"busy", 12}}};
  result.twins["matrix"] = {"lockstep", "rtl/systolic", 3, 4000, 64, 0};
  std::set<std::string> out;
  outline(to_json(sample_point(), result), "", out);
  return out;
}

// The contract with whoever reads `run --json`: a change here is a change of schema_version.
TEST(ResultJson, has_the_documented_keys_and_types) {
  const std::set<std::string> expected = {"schema_version:integer",
                                          "arch:text",
                                          "workload:text",
                                          "fidelity:text",
                                          "config_hash:text",
                                          "technology:object",
                                          "technology.name:text",
                                          "technology.node_nm:number",
                                          "technology.voltage_v:number",
                                          "clock_hz:integer",
                                          "cycles:integer",
                                          "latency_s:number",
                                          "macs:integer",
                                          "matrix_formula:text",
                                          "peak_macs_per_cycle:number",
                                          "utilization:number",
                                          "energy_pj:object",
                                          "energy_pj.*:number",
                                          "energy_pj.total:number",
                                          "area_um2:object",
                                          "area_um2.*:number",
                                          "area_um2.total:number",
                                          "dram:object",
                                          "dram.read_bytes:integer",
                                          "dram.write_bytes:integer",
                                          "dram.achieved_bytes_per_s:number",
                                          "dram.busy_bytes_per_s:number",
                                          "dram.peak_bytes_per_s:number",
                                          "dram.bound_by:text",
                                          "dram.commands:object",
                                          "dram.commands.standard:text",
                                          "dram.commands.mapping:text",
                                          "dram.commands.row_hits:integer",
                                          "dram.commands.row_misses:integer",
                                          "dram.commands.row_conflicts:integer",
                                          "dram.commands.count:object",
                                          "dram.commands.count.*:integer",
                                          "dram.commands.bus_cycles:object",
                                          "dram.commands.bus_cycles.*:integer",
                                          "busy:integer",
                                          "stalls:object",
                                          "stalls.weight_load:integer",
                                          "stalls.operand:integer",
                                          "stalls.accumulator:integer",
                                          "stalls.dram:integer",
                                          "stalls.dependency:integer",
                                          "stalls.drain:integer",
                                          "cores:list",
                                          "cores[].core:integer",
                                          "cores[].busy:integer",
                                          "cores[].stalls:object",
                                          "cores[].stalls.weight_load:integer",
                                          "cores[].stalls.operand:integer",
                                          "cores[].stalls.accumulator:integer",
                                          "cores[].stalls.dram:integer",
                                          "cores[].stalls.dependency:integer",
                                          "cores[].stalls.drain:integer",
                                          "traffic:object",
                                          "traffic.*:integer",
                                          "layers:list",
                                          "layers[].name:text",
                                          "layers[].op:text",
                                          "layers[].engine:text",
                                          "layers[].core:integer",
                                          "layers[].start:integer",
                                          "layers[].end:integer",
                                          "layers[].busy:integer",
                                          "layers[].compute:integer",
                                          "layers[].folds:integer",
                                          "layers[].macs:integer",
                                          "layers[].utilization:number",
                                          "layers[].dram_read_bytes:integer",
                                          "layers[].dram_write_bytes:integer",
                                          "layers[].tiling:text",
                                          "layers[].reason:text",
                                          "int32_overflows:integer",
                                          "matrix_activity:object",
                                          "matrix_activity.operations:integer",
                                          "matrix_activity.iterations:integer",
                                          "matrix_activity.operation_cycles:integer",
                                          "matrix_activity.accumulator_overflows:integer",
                                          "matrix_activity.vectors:integer",
                                          "matrix_activity.loaded_vectors:integer",
                                          "matrix_activity.read_vectors:integer",
                                          "matrix_activity.gated_vectors:integer",
                                          "matrix_activity.rounded_to_zero:integer",
                                          "matrix_activity.saturations:integer",
                                          "faults:object",
                                          "faults.*:object",
                                          "faults.*.voltage_ratio:number",
                                          "faults.*.cell_error_rate:number",
                                          "faults.*.faulty_bits_read:number",
                                          "faults.*.corrected_words:number",
                                          "faults.*.detected_words:number",
                                          "faults.*.silent_words:number",
                                          "faults.*.failed_writes:number",
                                          "faults.*.upsets:number",
                                          "faults.*.scrubbed_words:number",
                                          "rtl:object",
                                          "rtl.*:object",
                                          "rtl.*.implementation:text",
                                          "rtl.*.design:text",
                                          "rtl.*.commands:integer",
                                          "rtl.*.cycles:integer",
                                          "rtl.*.compared:integer",
                                          "rtl.*.differing:integer",
                                          "rtl.*.timed:object",
                                          "rtl.*.timed.commands:integer",
                                          "rtl.*.timed.cycles:integer",
                                          "rtl.*.untimed:object",
                                          "rtl.*.untimed.commands:integer",
                                          "rtl.*.untimed.cycles:integer",
                                          "outputs:list",
                                          "outputs[].name:text",
                                          "outputs[].format:text",
                                          "outputs[].shape:list",
                                          "outputs[].hash:text",
                                          "warnings:list",
                                          "kernel:object",
                                          "kernel.wakeups:integer",
                                          "prices:object",
                                          "prices.energy:list",
                                          "prices.energy[].component:text",
                                          "prices.energy[].kind:text",
                                          "prices.energy[].action:text",
                                          "prices.energy[].count:integer",
                                          "prices.energy[].energy_pj:number",
                                          "prices.energy[].price:object",
                                          "prices.energy[].price.value:number",
                                          "prices.energy[].price.unit:text",
                                          "prices.energy[].price.node_nm:number",
                                          "prices.energy[].price.voltage_v:number",
                                          "prices.energy[].price.method:text",
                                          "prices.energy[].price.source:text",
                                          "prices.energy[].price.formula:text",
                                          "prices.area:list",
                                          "prices.area[].component:text",
                                          "prices.area[].kind:text",
                                          "prices.area[].count:integer",
                                          "prices.area[].area_um2:number",
                                          "prices.area[].price:object",
                                          "prices.area[].price.value:number",
                                          "prices.area[].price.unit:text",
                                          "prices.area[].price.node_nm:number",
                                          "prices.area[].price.voltage_v:number",
                                          "prices.area[].price.method:text",
                                          "prices.area[].price.source:text",
                                          "prices.area[].price.formula:text",
                                          "versions:object",
                                          "versions.*:text",
                                          "units:object",
                                          "units.*:text",
                                          "definitions:object",
                                          "definitions.*:text",
                                          "config:object"};
  EXPECT_EQ(sample_outline(), expected);
  EXPECT_EQ(schema_version, 1);
}

// "prices.area[].price.unit" is declared as "price.unit", "cores[].stalls.drain" as a star.
std::string declared_as(std::string path) {
  if (const auto at = path.find("].price."); at != std::string::npos) return path.substr(at + 2);
  if (path.rfind("cores[].stalls.", 0) == 0) return "cores[].stalls.*";
  return path;
}

TEST(ResultJson, has_no_field_that_is_not_declared_with_the_same_type) {
  for (const auto& line : sample_outline()) {
    const auto colon = line.rfind(':');
    const ResultField* field = find_field(declared_as(line.substr(0, colon)));
    ASSERT_NE(field, nullptr) << line;
    EXPECT_EQ(name(field->type), line.substr(colon + 1)) << line;
  }
}

TEST(ResultJson, has_every_declared_field) {
  std::set<std::string> present;
  for (const auto& line : sample_outline())
    present.insert(declared_as(line.substr(0, line.rfind(':'))));
  for (const auto& field : result_fields()) {
    if (std::string(field.path) == "config.**") continue;
    EXPECT_TRUE(present.count(field.path)) << field.path;
  }
}

TEST(ResultJson, says_nothing_of_faults_where_nothing_may_fail) {
  EXPECT_FALSE(to_json(sample_point(), sample_result()).contains("faults"));
}

TEST(ResultJson, busy_and_stalls_are_those_of_the_busiest_core) {
  const Json json = to_json(sample_point(), sample_result());
  EXPECT_EQ(json["busy"], 64);
  std::uint64_t sum = json["busy"];
  for (const auto& [stall, cycles] : json["stalls"].items()) sum += cycles.get<std::uint64_t>();
  EXPECT_EQ(sum, json["cycles"].get<std::uint64_t>());
  EXPECT_EQ(json["cores"][0]["busy"], 0);
  EXPECT_EQ(json["cores"][1]["busy"], 64);
}

TEST(ResultJson, refuses_a_run_whose_busy_and_stalls_differ_from_its_cycles) {
  auto result = sample_result();
  result.per_core[1].busy = Cycles(65);
  EXPECT_THROW(to_json(sample_point(), result), InternalError);
}

TEST(ResultJson, refuses_figures_that_are_no_numbers) {
  auto result = sample_result();
  result.utilization = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(to_json(sample_point(), result), InternalError);
  result = sample_result();
  result.power.total_energy = Picojoules(std::numeric_limits<double>::infinity());
  EXPECT_THROW(to_json(sample_point(), result), InternalError);
}

TEST(ResultJson, is_the_same_text_for_the_same_run_however_long_the_host_took) {
  auto result = sample_result();
  const std::string text = to_json(sample_point(), result).dump();
  result.kernel.host_seconds = 7;
  EXPECT_EQ(to_json(sample_point(), result).dump(), text);
  result.kernel.wakeups = 13;
  EXPECT_NE(to_json(sample_point(), result).dump(), text);
}

TEST(ResultJson, shows_the_source_of_every_price) {
  const Json json = to_json(sample_point(), sample_result());
  for (const char* list : {"energy", "area"})
    for (const auto& row : json["prices"][list])
      EXPECT_EQ(row["price"]["source"], "a table, printed") << list;
}

TEST(ConfigJson, keeps_numbers_numbers_and_quoted_texts_texts) {
  const Json json = to_json(config::read_text(
      "a: 1\nb: 2.5\nc: true\nd: 256 KiB\ne: \"17\"\nf: [1, x]\ng: -3\n", "test"));
  EXPECT_EQ(json.dump(), R"({"a":1,"b":2.5,"c":true,"d":"256 KiB","e":"17","f":[1,"x"],"g":-3})");
}

}  // namespace
}  // namespace mantissa::sim
