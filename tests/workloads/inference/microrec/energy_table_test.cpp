// SPDX-License-Identifier: Apache-2.0
#include "workloads/inference/microrec/energy_table.h"

#include <gtest/gtest.h>

#include <map>

#include "power/estimate.h"
#include "tests/workloads/inference/microrec/presets.h"

namespace mantissa::workloads::microrec {
namespace {

// Energies in uJ by part, in the order of `builds`.
std::map<std::string, std::vector<double>> energies(const std::string& technology) {
  std::map<std::string, std::vector<double>> out;
  for (const auto& row : energy_table(shipped(), technology, {}, 200).rows)
    for (std::size_t b = 1; b + 1 < row.size(); ++b)
      out[std::get<std::string>(row[0])].push_back(std::get<double>(row[b]));
  return out;
}

TEST(EnergyTable, adds_its_parts_up) {
  auto parts = energies("16nm");
  const std::vector<double> all = parts["all"];
  ASSERT_EQ(all.size(), std::size(builds));
  for (std::size_t b = 0; b < all.size(); ++b) {
    double sum = 0;
    for (const auto& [name, energy] : parts) sum += name == "all" ? 0 : energy[b];
    EXPECT_NEAR(sum / all[b], 1, 1e-12);
  }
}

// 352 x 1024 + 1024 x 512 + 512 x 256 + 256 products of the small model, each at the price of one.
TEST(EnergyTable, counts_one_price_for_every_product_of_an_inference) {
  constexpr std::uint64_t products = 352 * 1024 + 1024 * 512 + 512 * 256 + 256;
  for (const char* technology : {"16nm", "45nm"}) {
    const auto found = energies(technology).at("pe");
    double before = 0;
    for (const auto& [build, format] : {std::pair{0, "int16"}, std::pair{1, "int32"}}) {
      const power::Component pe{
          "pe", "mac_array", {{"rows", 1}, {"columns", 1}}, {{"format", format}}, 1};
      const auto one = power::estimate({pe}, {{"pe", "mac", products, {}}}, 1e-9,
                                       shipped().technology(technology));
      const double expected = one.energy.front().energy.value * 1e-6;
      EXPECT_NEAR(found[static_cast<std::size_t>(build)] / expected, 1, 1e-9) << technology;
      EXPECT_GT(expected, 1.1 * before);  // the formats are told apart
      before = expected;
    }
  }
}

TEST(EnergyTable, refuses_a_technology_that_is_not_there) {
  const std::string text = message_of([] { energy_table(shipped(), "17nm", {}, 200); });
  EXPECT_NE(text.find("17nm"), std::string::npos) << text;
  EXPECT_NE(text.find("16nm"), std::string::npos) << text;
}

}  // namespace
}  // namespace mantissa::workloads::microrec
