// SPDX-License-Identifier: Apache-2.0
// What holds for the bench of every unit here, without a design.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "rtl/unit.h"

namespace mantissa::rtl {
namespace {

class BenchContract : public testing::TestWithParam<std::string> {
 protected:
  const Unit* unit_ = find_unit(GetParam());
};

void expect_legal(const std::vector<Field>& fields, const Command& command) {
  ASSERT_EQ(command.size(), fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    EXPECT_GE(command[i], fields[i].low) << fields[i].name;
    EXPECT_LE(command[i], fields[i].high) << fields[i].name;
  }
}

// The defaults, then each parameter at either end of its range, unless that is enormous or does not
// go with the defaults.
std::vector<Parameters> corners(const Unit& unit) {
  std::vector<Parameters> all{unit.defaults()};
  for (const Parameter& p : unit.parameters())
    for (const std::int64_t value : {p.low, std::min<std::int64_t>(p.high, 64)}) {
      Parameters one = unit.defaults();
      one[p.name] = value;
      if (unit.objection(one).empty()) all.push_back(one);
    }
  return all;
}

TEST_P(BenchContract, every_command_lies_within_its_fields_at_every_corner_of_the_parameters) {
  ASSERT_NE(unit_, nullptr);
  for (const Parameters& parameters : corners(*unit_)) {
    const auto bench = unit_->bench(parameters);
    const auto fields = bench->fields();
    for (const Command& command : bench->directed()) expect_legal(fields, command);
    for (std::uint64_t i = 0; i < 500; ++i) expect_legal(fields, bench->random(i));
  }
}

TEST_P(BenchContract, random_commands_are_a_function_of_the_draw_alone_and_differ) {
  const auto one = unit_->bench(unit_->defaults()), other = unit_->bench(unit_->defaults());
  std::set<Command> distinct;
  for (std::uint64_t i = 0; i < 50; ++i) {
    EXPECT_EQ(one->random(i), other->random(i));
    distinct.insert(one->random(i));
  }
  // A word of seven bits repeats itself now and then.
  double commands = 1;
  for (const Field& field : one->fields())
    commands *= static_cast<double>(field.high - field.low + 1);
  EXPECT_GT(static_cast<double>(distinct.size()), std::min(40.0, commands / 4));
}

TEST_P(BenchContract, ports_have_distinct_names_and_a_width_and_say_their_direction) {
  std::set<std::string> names;
  for (const Port& port : unit_->ports(unit_->defaults())) {
    EXPECT_TRUE(names.insert(port.name).second) << port.name;
    EXPECT_GT(port.width, 0u) << port.name;
    const std::string end = port.name.substr(port.name.size() - 2);
    EXPECT_EQ(end, port.direction == Direction::input ? "_i" : "_o") << port.name;
  }
}

TEST_P(BenchContract, cases_have_distinct_names_and_none_is_seen_before_a_run) {
  const auto bench = unit_->bench(unit_->defaults());
  std::set<std::string> names;
  for (const std::string& name : bench->cases()) {
    EXPECT_FALSE(name.empty());
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_EQ(bench->covered(), std::vector<std::uint64_t>(names.size(), 0));
}

// The negative control of every bench: a design whose outputs never move is found out.
TEST_P(BenchContract, outputs_that_never_move_are_refused_with_a_port_and_a_command) {
  const auto ports = unit_->ports(unit_->defaults());
  std::vector<std::vector<std::byte>> bits;
  Pins pins;
  for (const Port& port : ports) {
    bits.emplace_back((port.width + 7) / 8);
    pins.push_back({bits.back().data(), port.width});
  }
  const auto bench = unit_->bench(unit_->defaults());
  bench->begin(bench->directed(), 1, 0);
  Mismatch mismatch;
  bool right = true;
  for (int cycle = 0; right && cycle < 1000; ++cycle) {
    bench->drive(pins);
    right = bench->check(pins, mismatch);
  }
  EXPECT_FALSE(right);
  EXPECT_FALSE(mismatch.port.empty());
  EXPECT_NE(mismatch.expected, mismatch.found);
}

std::vector<std::string> all_benches() {
  std::vector<std::string> all;
  for (const Unit* unit : units()) all.push_back(unit->name());
  return all;
}

INSTANTIATE_TEST_SUITE_P(Units, BenchContract, testing::ValuesIn(all_benches()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace mantissa::rtl
