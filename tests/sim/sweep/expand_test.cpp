// SPDX-License-Identifier: Apache-2.0
// Which points a sweep spans, and in which order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/config/node.h"
#include "sim/sweep/plan.h"
#include "sim/sweep/sampling.h"
#include "sim/sweep/sweep.h"

namespace mantissa::sweep {
namespace {

Sweep sweep_of(const std::string& body, const std::vector<std::string>& grid = {}) {
  return parse_sweep(config::read_text("version: 1\nkind: sweep\n" + body, "s.yaml"), "s.yaml",
                     grid);
}

std::vector<std::string> described(const std::string& body,
                                   const std::vector<std::string>& grid = {}) {
  std::vector<std::string> out;
  for (const auto& point : expand(sweep_of(body, grid))) out.push_back(describe(point));
  return out;
}

std::string sweep_refusal(const std::string& body) {
  try {
    expand(sweep_of(body));
  } catch (const Error& error) {
    return error.message();
  }
  return "accepted";
}

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Expand, archs_are_slowest_then_workloads_then_the_first_grid_key) {
  EXPECT_THAT(described("archs: [a, b]\nworkloads: [w]\ngrid: {x.y: [1, 2], z.t: [3, 4]}\n"),
              ElementsAre("a on w with x.y=1, z.t=3", "a on w with x.y=1, z.t=4",
                          "a on w with x.y=2, z.t=3", "a on w with x.y=2, z.t=4",
                          "b on w with x.y=1, z.t=3", "b on w with x.y=1, z.t=4",
                          "b on w with x.y=2, z.t=3", "b on w with x.y=2, z.t=4"));
}

TEST(Expand, zip_pairs_the_ith_values_and_multiplies_with_the_grid) {
  EXPECT_THAT(
      described(
          "archs: [a]\nworkloads: [w]\ngrid: {g: [1, 2]}\nzip: {k: [3, 4], l: [5 KiB, 6 KiB]}\n"),
      ElementsAre("a on w with g=1, k=3, l=5 KiB", "a on w with g=1, k=4, l=6 KiB",
                  "a on w with g=2, k=3, l=5 KiB", "a on w with g=2, k=4, l=6 KiB"));
}

TEST(Expand, set_stands_before_everything_and_seed_before_set) {
  EXPECT_THAT(
      described("archs: [a]\nworkloads: [w]\nseed: 3\nset: {c.d: 100 ns}\ngrid: {x: [1]}\n"),
      ElementsAre("a on w with workload.seed=3, c.d=100 ns, x=1"));
}

TEST(Expand, a_list_alone_spans_just_its_entries) {
  EXPECT_THAT(described("archs: [a]\nworkloads: [w, v]\nlist:\n  - {arch: b, workload: u}\n"
                        "  - {set: {x: 2}}\n"),
              ElementsAre("b on u", "a on w with x=2", "a on v with x=2"));
}

TEST(Expand, a_list_follows_the_grid) {
  EXPECT_THAT(described("archs: [a]\nworkloads: [w]\ngrid: {x: [1]}\nlist: [{arch: b}]\n"),
              ElementsAre("a on w with x=1", "b on w"));
}

TEST(Expand, the_command_line_adds_axes) {
  EXPECT_THAT(described("archs: [a]\nworkloads: [w]\n", {"x.y=1,2"}),
              ElementsAre("a on w with x.y=1", "a on w with x.y=2"));
}

TEST(Expand, lists_are_values_too) {
  EXPECT_THAT(described("archs: [a]\nworkloads: [w]\ngrid: {f: [[int8], [bf16, int8]]}\n"),
              ElementsAre("a on w with f=[int8]", "a on w with f=[bf16, int8]"));
}

constexpr const char* random_body =
    "archs: [a, b]\nworkloads: [w]\nrandom: {count: 50, seed: 7, parameters: {"
    "s: {range: [64 KiB, 4 MiB], log: true}, n: {range: [1, 3]}, c: {choices: [p, q]}}}\n";

TEST(Expand, random_samples_are_the_same_each_time_and_for_every_architecture) {
  const auto once = described(random_body);
  ASSERT_EQ(once.size(), 100u);
  EXPECT_EQ(once, described(random_body));
  for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(once[i].substr(1), once[i + 50].substr(1));
}

TEST(Expand, another_seed_gives_other_samples) {
  std::string other = random_body;
  other.replace(other.find("seed: 7"), 7, "seed: 8");
  EXPECT_NE(described(random_body), described(other));
}

TEST(Expand, whole_ranges_give_whole_samples_and_reach_both_ends) {
  std::set<std::string> seen;
  for (const auto& point : expand(sweep_of(random_body))) seen.insert(point.overrides[1]);
  EXPECT_THAT(seen, ElementsAre("n=1", "n=2", "n=3"));
}

TEST(Expand, log_samples_stay_in_the_unit_of_the_lower_bound_and_inside_the_range) {
  double least = 1e9, most = 0;
  for (const auto& point : expand(sweep_of(random_body))) {
    const std::string& text = point.overrides[0];
    ASSERT_EQ(text.substr(text.size() - 4), " KiB") << text;
    const double value = std::stod(text.substr(2));
    least = std::min(least, value);
    most = std::max(most, value);
  }
  EXPECT_GE(least, 64);
  EXPECT_LE(most, 4096);
  EXPECT_LT(least, 150);  // log-uniform: a quarter of all samples lie below 181 KiB
  EXPECT_GT(most, 1500);
}

TEST(Expand, log_uniform_halves_the_logarithm_at_one_half) {
  EXPECT_EQ(log_uniform(1, 16, std::uint64_t{1} << 63), 4);
  EXPECT_EQ(log_uniform(1, 16, 0), 1);
  EXPECT_LE(log_uniform(1, 16, ~std::uint64_t{0}), 16);
}

// The published reference outputs of SplitMix64 for the seed 1234567.
TEST(Expand, split_mix_matches_its_reference_vector) {
  constexpr std::uint64_t step = 0x9e3779b97f4a7c15u;
  EXPECT_EQ(split_mix(1234567), 6457827717110365317u);
  EXPECT_EQ(split_mix(1234567 + step), 3203168211198807973u);
}

TEST(Expand, zip_lists_of_different_lengths_are_refused_at_the_key) {
  EXPECT_THAT(sweep_refusal("archs: [a]\nworkloads: [w]\nzip: {k: [1, 2], l: [3]}\n"),
              HasSubstr("s.yaml:5:18: error: read 'l with 1 values'; expected 2 values, as k has "
                        "[sweep.zip-lengths]"));
}

TEST(Expand, a_parameter_that_two_sections_set_is_refused) {
  EXPECT_THAT(sweep_refusal("archs: [a]\nworkloads: [w]\nset: {k: 1}\ngrid: {k: [1, 2]}\n"),
              HasSubstr("[sweep.twice-set]"));
}

TEST(Expand, an_empty_sweep_is_refused) {
  EXPECT_THAT(sweep_refusal("archs: [a]\nworkloads: []\n"), HasSubstr("[sweep.no-points]"));
}

TEST(Expand, more_than_a_million_points_are_refused) {
  std::string values = "[0";
  for (int i = 1; i < 1001; ++i) values += ", " + std::to_string(i);
  values += "]";
  EXPECT_THAT(
      sweep_refusal("archs: [a]\nworkloads: [w]\ngrid: {k: " + values + ", l: " + values + "}\n"),
      HasSubstr("[sweep.too-many-points]"));
}

TEST(Expand, ranges_that_do_not_fit_together_are_refused) {
  const auto random = [](const std::string& d) {
    return sweep_refusal(
        "archs: [a]\nworkloads: [w]\nrandom: {count: 2, seed: 1, parameters: {k: " + d + "}}\n");
  };
  EXPECT_THAT(random("{range: [2, 1]}"), HasSubstr("the lower bound first [sweep.range]"));
  EXPECT_THAT(random("{range: [1 KiB, 2 MHz]}"), HasSubstr("two bounds of one kind"));
  EXPECT_THAT(random("{range: [0, 2], log: true}"), HasSubstr("a positive lower bound"));
  EXPECT_THAT(random("{range: [1, 2, 3]}"), HasSubstr("[low, high]"));
  EXPECT_THAT(random("{range: [x, y]}"), HasSubstr("a number"));
  EXPECT_THAT(random("{choices: []}"), HasSubstr("[sweep.malformed]"));
  EXPECT_THAT(random("{}"), HasSubstr("either a range or choices"));
  EXPECT_THAT(random("{rang: [1, 2]}"), HasSubstr("did you mean 'range'?"));
  EXPECT_EQ(random("{range: [1, 2]}"), "accepted");
}

TEST(Expand, misspelt_keys_and_wrong_words_are_refused) {
  EXPECT_THAT(sweep_refusal("archs: [a]\nworkload: [w]\n"), HasSubstr("did you mean 'workloads'?"));
  EXPECT_THAT(sweep_refusal("archs: [a]\nworkloads: [w]\nfidelity: exact\n"),
              HasSubstr("shape or data"));
  EXPECT_THAT(sweep_refusal("archs: [a]\nworkloads: [w]\nobjectives: [latancy]\n"),
              HasSubstr("did you mean 'latency'?"));
  EXPECT_THAT(sweep_refusal("archs: [a]\nworkloads: [w]\nobjectives: [macs]\n"),
              HasSubstr("less or more is better"));
  EXPECT_THAT(
      sweep_refusal("archs: [a]\nworkloads: [w]\npublished: [{arch: a, workload: w, quantity: "
                    "throughput, value: 12 ms, method: m, source: s}]\n"),
      HasSubstr("[sweep.unit]"));
}

TEST(Expand, a_sweep_written_out_reads_back_as_the_same_points) {
  const Sweep sweep = sweep_of(random_body);
  const Sweep again = parse_sweep(config::read_text(sweep.text(), "t.yaml"), "t.yaml");
  EXPECT_EQ(sweep.text(), again.text());
  EXPECT_EQ(describe(expand(sweep).back()), describe(expand(again).back()));
}

}  // namespace
}  // namespace mantissa::sweep
