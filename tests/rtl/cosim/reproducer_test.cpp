// SPDX-License-Identifier: Apache-2.0
#include "rtl/cosim/reproducer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtl/tool.h"
#include "tests/rtl/cosim/echo.h"
#include "tests/rtl/scratch_sources.h"

namespace mantissa::rtl {
namespace {

using testing::HasSubstr;

const Echo unit;
const Reproducer example = {{{"Latency", 3}}, {{{1}, {255}}, 0xFEDCBA9876543210u, 17, {}}};

std::string refused(const std::string& text) {
  const ScratchFolder folder;
  write_text(folder.file("c.yaml"), text);
  try {
    read_reproducer(unit, folder.file("c.yaml"));
  } catch (const Error& error) {
    return error.message().substr(folder.path().size() + 1);
  }
  return "accepted";
}

TEST(Reproducer, comes_back_as_it_was) {
  const ScratchFolder folder;
  write_text(folder.file("c.yaml"), reproducer_text(unit, example));
  const Reproducer back = read_reproducer(unit, folder.file("c.yaml"));
  EXPECT_EQ(back.parameters, example.parameters);
  EXPECT_EQ(back.run.commands, example.run.commands);
  EXPECT_EQ(back.run.seed, example.run.seed);
  EXPECT_EQ(back.run.stall, example.run.stall);
}

TEST(Reproducer, brings_operands_along) {
  Reproducer carrying = example;
  carrying.run.operands = {{std::byte{0x0A}, std::byte{0xFF}}, {}, {std::byte{0x12}}};
  const ScratchFolder folder;
  const std::string text = reproducer_text(unit, carrying);
  write_text(folder.file("c.yaml"), text);
  EXPECT_EQ(read_reproducer(unit, folder.file("c.yaml")).run.operands, carrying.run.operands);
  EXPECT_THAT(refused(replaced(text, "0aff", "0af")), HasSubstr("bytes of two digits each"));
  EXPECT_THAT(refused(replaced(text, "0aff", "0axf")), HasSubstr("bytes of two digits each"));
}

TEST(Reproducer, for_something_else_is_refused_with_its_place) {
  const std::string good = reproducer_text(unit, example);
  EXPECT_EQ(refused(good), "accepted");
  EXPECT_THAT(refused(replaced(good, "unit: echo", "unit: ecko")),
              HasSubstr("c.yaml:2:7: error: read 'ecko'; expected unit: echo [cosim.commands]"));
  EXPECT_THAT(refused(replaced(good, "Latency", "Latenzy")), HasSubstr("did you mean 'Latency'?"));
  EXPECT_THAT(refused(replaced(good, "Latency: 3", "Latency: 65")), HasSubstr("1 to 64"));
  EXPECT_THAT(refused(replaced(good, "stall: 17", "stall: 256")), HasSubstr("0 to 255"));
  EXPECT_THAT(refused(replaced(good, "[data]", "[date]")), HasSubstr("the fields of the unit"));
  EXPECT_THAT(refused(replaced(good, "- [1]", "- [1, 2]")), HasSubstr("1, one per field"));
  EXPECT_THAT(refused(replaced(good, "- [255]", "- [256]")), HasSubstr("0 to 255"));
  EXPECT_THAT(refused(replaced(good, "seed:", "sead:")), HasSubstr("did you mean 'seed'?"));
  EXPECT_THAT(refused(replaced(good, "stall: 17", "")), HasSubstr("'stall' is missing"));
  EXPECT_THAT(refused(replaced(good, "  - [1]\n  - [255]\n", "  []\n")),
              HasSubstr("there are no commands"));
}

}  // namespace
}  // namespace mantissa::rtl
