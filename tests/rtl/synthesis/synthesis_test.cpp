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

TEST(Synthesis, a_netlist_that_differs_from_the_model_has_no_figures) {
  const ScratchFolder scratch;
  std::filesystem::create_directory(scratch.file("fifo"));
  std::string text = read_text(folder + "/fifo/fifo.sv");
  const std::string good = "data_o  = words_q[read_q];";
  text.replace(text.find(good), good.size(), "data_o  = words_q[write_q];");
  write_text(scratch.file("fifo/fifo.sv"), text);
  SynthesisRequest request = fifo_request();
  request.folder = scratch.path();
  try {
    synthesise(request);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(&e.kind(), &netlist_differs);
    EXPECT_NE(e.message().find("data_o"), std::string::npos) << e.message();
  }
}

// scripts/synthesis.sh makes them anew.
TEST(Synthesis, reference_results_are_not_stale) {
  int found = 0;
  for (const Unit* unit : units()) {
    const std::string path = folder + "/" + unit->name() + "/synthesis.yaml";
    if (!std::filesystem::exists(path)) continue;
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
