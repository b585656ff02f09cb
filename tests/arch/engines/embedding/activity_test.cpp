// SPDX-License-Identifier: Apache-2.0
// What the logic and the banks of an engine did, as power/ counts it.
#include "arch/engines/embedding/activity.h"

#include <gtest/gtest.h>

#include <map>

#include "arch/engines/embedding/accelerator.h"
#include "power/estimate.h"
#include "power/technology.h"
#include "tests/arch/engines/embedding/engines.h"

namespace mantissa::arch::embedding {
namespace {

std::map<std::string, std::uint64_t> counts(const EngineActivity& activity) {
  std::map<std::string, std::uint64_t> out;
  for (const auto& action : activity.actions)
    out[action.component + "." + action.action] = action.count;
  return out;
}

// Two banks; 24 elements of fixed16 in 3 rows of an item; words of 8 elements.
struct Engine {
  EmbeddingConfig config = on_chip_only();
  LookupTotals totals;
  static constexpr std::uint64_t items = 5;

  explicit Engine(const std::vector<std::int64_t>& layers) {
    config.dense.pes = {4, 3};
    Accelerator accelerator(config, {{"a", 100, 8, 2, 0}, {"b", 10, 8, 1, 1}}, layers, nullptr);
    const std::uint64_t rows[] = {7, 8, 9};
    for (std::uint64_t i = 0; i < items; ++i) accelerator.push(Cycles(0), rows);
    accelerator.drain();
    totals = accelerator.settle();
  }
};

TEST(EngineActivity, counts_every_byte_of_the_banks_and_every_product_of_the_layers) {
  const std::vector<std::int64_t> layers{8, 6};
  const Engine engine(layers);
  const auto found = counts(activity_of(engine.config, engine.totals, 24, layers, Engine::items));
  // Inputs are padded to 16 elements: 24 to 32, 8 and 6 to 16.
  const std::map<std::string, std::uint64_t> expected{
      {"banks.read", 5 * 24 * 2},           {"layer1.pe.mac", 5 * 8 * 32},
      {"layer1.weights.read", 5 * 8 * 64},  {"layer1.features.write", 5 * 4 * 64},
      {"layer1.features.read", 5 * 8 * 64}, {"layer2.pe.mac", 5 * 6 * 16},
      {"layer2.weights.read", 5 * 6 * 32},  {"layer2.features.write", 5 * 3 * 32},
      {"layer2.features.read", 5 * 6 * 32}, {"output.pe.mac", 5 * 16},
      {"output.weights.read", 5 * 32},      {"output.features.write", 5 * 32},
      {"output.features.read", 5 * 32}};
  EXPECT_EQ(found, expected);
}

TEST(EngineActivity, of_a_lookup_alone_is_that_of_its_banks) {
  const Engine engine({});
  const auto found = counts(activity_of(engine.config, engine.totals, 24, {}, Engine::items));
  EXPECT_EQ(found, (std::map<std::string, std::uint64_t>{{"banks.read", 5 * 24 * 2}}));
}

// Weights of a layer stand once in its PEs, whose number divides its outputs here.
TEST(EngineActivity, has_memories_that_hold_the_weights) {
  const std::vector<std::int64_t> layers{8, 6};
  const Engine engine(layers);
  const auto activity = activity_of(engine.config, engine.totals, 24, layers, Engine::items);
  std::map<std::string, double> bytes;
  for (const auto& component : activity.components)
    if (component.kind == "sram")
      bytes[component.name] =
          component.attributes.at("capacity_bytes") * static_cast<double>(component.count);
  EXPECT_EQ(bytes["layer1.weights"], 8 * 32 * 2);
  EXPECT_EQ(bytes["layer2.weights"], 6 * 16 * 2);
  EXPECT_EQ(bytes["output.weights"], 16 * 2);
  EXPECT_EQ(bytes["banks"], 2 << 20);
}

TEST(EngineActivity, has_a_price_for_every_element_format) {
  const auto technology = power::Technology::load(configs + "/tech/16nm.yaml");
  const std::vector<std::int64_t> layers{8, 6};
  for (const Element element :
       {Element::fp32, Element::fixed32, Element::fixed16, Element::int8, Element::int4}) {
    Engine engine({});
    engine.config.element = element;
    const auto activity = activity_of(engine.config, engine.totals, 24, layers, Engine::items);
    const auto estimate = power::estimate(activity.components, activity.actions, 1e-6, technology);
    EXPECT_GT(estimate.total_energy.value, 0) << bits(element);
  }
}

}  // namespace
}  // namespace mantissa::arch::embedding
