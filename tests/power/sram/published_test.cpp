// SPDX-License-Identifier: Apache-2.0
// Locks how far the model is from each published figure. The ratios are results: whoever changes
// the model writes down the new ones, nobody moves a coefficient until they please.
#include "power/sram/published.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/power/shipped.h"

namespace mantissa::power {
namespace {

struct Locked {
  const char* what;
  double node, published, ratio;
};

TEST(SramPublished, ratios_of_model_to_published_are_as_they_were) {
  const Locked locked[] = {
      {"access of 64 bits, 8 KiB", 45, 10, .205},
      {"access of 64 bits, 32 KiB", 45, 20, .147},
      {"access of 64 bits, 1024 KiB", 45, 100, .145},
      {"access of 64 bits, 8 KiB", 7, 7.5, .0914},
      {"access of 64 bits, 32 KiB", 7, 8.5, .102},
      {"access of 64 bits, 1024 KiB", 7, 14, .175},
      {"bit cell", 45, .29565, 1.150},
      {"bit cell", 32, .149504, 1.073},
      {"bit cell", 22, .070664, 1.390},
      {"area of 32 KiB over that at 45 nm", 28, .3736, 1.004},
      {"area of 32 KiB over that at 45 nm", 16, .18868, 1.044},
      {"area of 32 KiB over that at 45 nm", 7, .06038, 1.394},
      {"array efficiency of 32 KiB", 28, .6, 1.078},
  };
  const auto rows = sram_against_published(shipped("28nm"));
  ASSERT_EQ(rows.size(), std::size(locked));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].what, locked[i].what);
    EXPECT_EQ(rows[i].node.value, locked[i].node);
    EXPECT_NEAR(rows[i].published, locked[i].published, 1e-4 * locked[i].published) << i;
    EXPECT_NEAR(rows[i].ratio(), locked[i].ratio, 5e-3 * locked[i].ratio) << rows[i].what;
    EXPECT_FALSE(rows[i].source.empty());
  }
}

TEST(SramPublished, the_macro_lies_below_every_printed_access) {
  for (const auto& row : sram_against_published(shipped("16nm"))) {
    if (row.unit == "pJ") {
      EXPECT_LT(row.ratio(), 1) << row.what;
    }
  }
}

TEST(SramPublished, the_lock_sees_a_changed_coefficient) {
  const std::string path = testing::TempDir() + "/mantissa_circuits.yaml";
  std::ofstream(path) << "base: " << MANTISSA_SOURCE_DIR
                      << "/configs/tech/28nm.yaml\nname: mine\ncircuit_overrides:\n"
                         "  - {item: wire_capacitance, value: 0.3 fF/um, node: 45 nm, "
                         "method: assumed, source: me}\n";
  const auto before = sram_against_published(shipped("28nm"));
  const auto after = sram_against_published(Technology::load(path));
  EXPECT_GT(after[2].ratio(), before[2].ratio() * 1.01);  // 1 MiB at 45 nm
  EXPECT_EQ(after[5].ratio(), before[5].ratio());         // 7 nm
}

}  // namespace
}  // namespace mantissa::power
