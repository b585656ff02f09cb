// SPDX-License-Identifier: Apache-2.0
#include "rtl/synthesis/synthesis.h"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>

#include "rtl/synthesis/flow.h"
#include "rtl/tool.h"

namespace mantissa::rtl {
namespace {

const std::string folder = MANTISSA_SOURCE_DIR "/rtl";

SynthesisRequest fifo_request() {
  SynthesisRequest request;
  request.unit = find_unit("fifo");
  request.parameters = request.unit->defaults();
  request.folder = folder;
  request.vectors = 100;
  return request;
}

TEST(Synthesis, parts_add_up_and_a_second_run_says_the_same) {
  const Synthesis s = synthesise(fifo_request());
  double area = 0, energy = 0;
  std::uint64_t cells = 0, types = 0;
  for (const auto& block : s.blocks) {
    area += block.area;
    energy += block.energy;
    cells += block.cells;
  }
  for (const auto& [type, count] : s.cells) types += count;
  EXPECT_DOUBLE_EQ(area, s.area);
  EXPECT_EQ(cells, types);
  EXPECT_NEAR(energy, s.per_action.total() - s.per_action.inputs, 1e-9 * energy);
  EXPECT_GT(s.per_action.total(), s.idle);
  EXPECT_EQ(s.actions, 100u);
  EXPECT_EQ(to_yaml(s), to_yaml(synthesise(fifo_request())));
}

TEST(Synthesis, switching_and_leakage_agree_with_opensta_at_equal_activity) {
  const Synthesis s = synthesise(fifo_request());
  EXPECT_NEAR(s.ours.switching / s.sta.switching, 1, 0.01);
  EXPECT_NEAR(s.ours.leakage / s.sta.leakage, 1, 1e-3);
  // It takes the rise and the fall energy for every transition. What is left is the slew: one for
  // all here, its own for every net there.
  EXPECT_NEAR(s.ours.internal / (s.sta.internal / 2), 1, 0.1);
}

TEST(Synthesis, the_shortest_clock_is_met_and_a_shorter_one_is_not) {
  SynthesisRequest request = fifo_request();
  const double shortest = synthesise(request).critical_path;
  request.clock = shortest;
  EXPECT_NO_THROW(synthesise(request));
  request.clock = shortest - 0.001;
  try {
    synthesise(request);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(&e.kind(), &clock_not_met);
  }
}

// The kind of the error, and its message, after `good` has become `bad` in the sources.
const ErrorKind* refusal_of(const std::string& bad, std::string& message) {
  const ScratchFolder scratch;
  std::filesystem::create_directory(scratch.file("fifo"));
  std::string text = read_text(folder + "/fifo/fifo.sv");
  const std::string good = "data_o  = words_q[read_q];";
  text.replace(text.find(good), good.size(), bad);
  write_text(scratch.file("fifo/fifo.sv"), text);
  SynthesisRequest request = fifo_request();
  request.folder = scratch.path();
  try {
    synthesise(request);
  } catch (const Error& e) {
    message = e.message();
    return &e.kind();
  }
  return nullptr;
}

TEST(Synthesis, a_netlist_that_differs_from_the_model_has_no_figures) {
  std::string message;
  EXPECT_EQ(refusal_of("data_o  = words_q[write_q];", message), &netlist_differs) << message;
  EXPECT_NE(message.find("data_o"), std::string::npos) << message;
}

TEST(Synthesis, a_netlist_without_its_rtl_has_no_figures_either) {
  const auto both = [](const std::string& verilator) {
    return "\n`ifdef VERILATOR\n" + verilator + "\n`else\ndata_o  = words_q[read_q];\n`endif\n";
  };
  std::string message;
  EXPECT_EQ(refusal_of(both("data_o  = words_q[write_q];"), message), &rtl_differs) << message;
  EXPECT_NE(message.find("data_o"), std::string::npos) << message;
  EXPECT_EQ(refusal_of(both("data_o  = words_q[read_q];"), message), nullptr) << message;
}

TEST(Synthesis, netlist_and_rtl_run_the_same_commands_in_the_same_cycles) {
  const Synthesis s = synthesise(fifo_request());
  EXPECT_EQ(s.netlist.commands, s.rtl.commands);
  EXPECT_EQ(s.netlist.cycles, s.rtl.cycles);
  EXPECT_GT(s.rtl.commands, 100u) << "the directed ones as well";
  EXPECT_GT(s.rtl.cycles, s.cycles);
}

TEST(Synthesis, a_result_comes_back_from_its_json) {
  Synthesis s = synthesise(fifo_request());
  s.operations = {{"push", 12, {1, 2, 3, 4}}, {"pop", 10, {5, 6, 7, 8}}};
  const auto json = to_json(s);
  EXPECT_EQ(json.at("operations").size(), 2u);
  EXPECT_EQ(to_json(from_json(nlohmann::ordered_json::parse(json.dump()))), json);
}

// rtl/<unit>/synthesis.yaml, and deeper down where a unit has them for several parameters.
std::vector<std::pair<std::string, const Unit*>> reference_results() {
  std::vector<std::pair<std::string, const Unit*>> all;
  for (const Unit* unit : units())
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder + "/" + unit->name()))
      if (entry.path().filename() == "synthesis.yaml")
        all.emplace_back(entry.path().string(), unit);
  return all;
}

// scripts/synthesis.sh makes them anew.
TEST(Synthesis, reference_results_are_not_stale) {
  int found = 0;
  for (const auto& [path, unit] : reference_results()) {
    ++found;
    const YAML::Node stored = YAML::LoadFile(path);
    Parameters parameters;
    for (const auto& p : stored["parameters"])
      parameters[p.first.as<std::string>()] = p.second.as<std::int64_t>();
    EXPECT_EQ(stored["sources_hash"].as<std::string>(), sources_hash(*unit, parameters, folder))
        << path;
    EXPECT_EQ(stored["library"]["hash"].as<std::string>(),
              Library::read(SynthesisRequest().liberty).hash())
        << path;
    EXPECT_EQ(stored["tools"].as<std::string>(), synthesis_tools()) << path;
    ++parameters.begin()->second;
    EXPECT_NE(stored["sources_hash"].as<std::string>(), sources_hash(*unit, parameters, folder));
  }
  EXPECT_GT(found, 0);
}

}  // namespace
}  // namespace mantissa::rtl
