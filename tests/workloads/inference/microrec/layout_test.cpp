// SPDX-License-Identifier: Apache-2.0
// The four rules on the published models, and the search against every layout there is.
#include "workloads/inference/microrec/layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>

#include "base/numerics/random_fill.h"
#include "tests/workloads/inference/microrec/presets.h"
#include "workloads/inference/microrec/heuristic.h"
#include "workloads/inference/microrec/merge_programme.h"
#include "workloads/inference/microrec/search.h"

namespace mantissa::workloads::microrec {
namespace {

using arch::embedding::EmbeddingConfig;

LayoutCost by_the_rules(const char* preset, std::size_t slots, bool merge) {
  const TableSet set = shipped().set(preset);
  const LookupCosts costs(shipped().engine({}));
  return cost(set, heuristic_layout(set, costs, {slots, merge}), costs);
}

TEST(Heuristic, finds_the_published_numbers_of_tables_and_rounds) {
  const LayoutCost small = by_the_rules("microrec_small", 2, true);
  EXPECT_EQ(small.tables, 42u);
  EXPECT_EQ(small.on_chip, 8u);
  EXPECT_EQ(small.off_chip, 34u);
  EXPECT_EQ(small.rounds, 1u);
  EXPECT_LT(small.elements, 364'840'000u);  // what was deployed
  const LayoutCost large = by_the_rules("microrec_large", 4, true);
  EXPECT_EQ(large.tables, 84u);
  EXPECT_EQ(large.on_chip, 16u);
  EXPECT_EQ(large.off_chip, 68u);
  EXPECT_EQ(large.rounds, 2u);
  EXPECT_LT(large.elements, 3'848'400'000u);
}

TEST(Heuristic, needs_a_round_more_without_merging) {
  const LayoutCost small = by_the_rules("microrec_small", 2, false);
  EXPECT_EQ(small.off_chip, 39u);
  EXPECT_EQ(small.rounds, 2u);
  const LayoutCost large = by_the_rules("microrec_large", 4, false);
  EXPECT_EQ(large.off_chip, 82u);
  EXPECT_EQ(large.rounds, 3u);
}

TEST(Heuristic, merges_the_smallest_candidate_with_the_largest) {
  const TableSet set = shipped().set("microrec_small");
  const LookupCosts costs(shipped().engine({}));
  const Layout layout = heuristic_layout(set, costs, {2, true});
  std::multiset<std::vector<std::uint64_t>> merged;
  for (const Product& product : layout.products) {
    if (product.members.size() < 2) continue;
    ASSERT_EQ(product.members.size(), 2u);
    merged.insert({set.tables[product.members[0]].rows, set.tables[product.members[1]].rows});
  }
  // Ten candidates: 4 of 100 rows, 2 of 500, 4 of 1000.
  const std::multiset<std::vector<std::uint64_t>> expected{
      {100, 1000}, {100, 1000}, {100, 1000}, {100, 1000}, {500, 500}};
  EXPECT_EQ(merged, expected);
}

TEST(DeployedLayouts, store_what_was_published) {
  const LookupCosts costs(shipped().engine({}));
  const auto small = deployed_of(Model::small, shipped(), costs);
  const LayoutCost s = cost(small.set, small.layout, costs);
  EXPECT_EQ(s.elements, 364'840'000u);
  EXPECT_EQ(s.tables, 42u);
  EXPECT_EQ(s.rounds, 1u);
  EXPECT_NEAR(static_cast<double>(s.elements) / 353'669'600, 1.03158, 5e-6);
  const auto large = deployed_of(Model::large, shipped(), costs);
  const LayoutCost l = cost(large.set, large.layout, costs);
  EXPECT_EQ(l.tables, 84u);
  EXPECT_EQ(l.rounds, 2u);
  // Published are 3,848,600,000; the products that are named add up to 200,000 less.
  EXPECT_EQ(l.elements, 3'848'400'000u);
  EXPECT_NEAR(static_cast<double>(l.elements) / 3'776'852'800, 1.01900, 6e-5);
}

TEST(Layout, turns_rows_of_tables_into_rows_of_products) {
  const TableSet set = tables({{"a", 10, 4}, {"b", 20, 4, 2}, {"c", 30, 4}});
  const Layout layout{{{{2, 0}}, {{1}}}, {0, 1}};
  const std::uint64_t rows[] = {7, 11, 12, 25};
  std::uint64_t out[3];
  product_rows(set, layout, rows, out);
  EXPECT_EQ(out[0], 25u * 10 + 7);
  EXPECT_EQ(out[1], 11u);
  EXPECT_EQ(out[2], 12u);
}

// Tables that are asked often come to lie alone, those asked seldom together.
TEST(Balance, takes_how_often_tables_are_asked) {
  EmbeddingConfig engine = shipped().engine({"hbm.organization.channels=2"});
  engine.ddr.reset();
  engine.on_chip.reset();
  const LookupCosts costs(engine);
  const std::vector<Table> list{
      {"a", 100, 8, 1}, {"b", 100, 8, 1}, {"often", 100, 8, 4}, {"c", 100, 8, 1}, {"d", 100, 8, 1}};
  std::vector<std::size_t> channels(list.size());
  ASSERT_TRUE(balance(list, {0, 1, 2, 3, 4}, costs, off_chip, no_limit, channels));
  for (const std::size_t other : {0u, 1u, 3u, 4u}) EXPECT_NE(channels[other], channels[2]);
}

TEST(Heuristic, says_which_table_is_larger_than_every_channel) {
  EmbeddingConfig engine = shipped().engine({});
  engine.ddr.reset();
  const LookupCosts costs(engine);
  const std::string text = message_of([&] {
    heuristic_layout(shipped().set("microrec_small"), costs, {2, true});
  });
  EXPECT_NE(text.find("table 32x10000000#46 takes 1280000000 B, 1011564544 B more than the largest "
                      "channel"),
            std::string::npos)
      << text;
}

TEST(Heuristic, says_by_how_much_all_tables_are_too_large_and_which_are_the_largest) {
  const LookupCosts costs(shipped().engine({}));
  const std::string text = message_of([&] {
    heuristic_layout(shipped().set("mlperf_v1"), costs, {2, true});
  });
  EXPECT_NE(text.find("[embedding."), std::string::npos) << text;
  const TableSet wide = tables(std::vector<Table>(60, {"w", 1'000'000, 256}));
  const std::string sum = message_of([&] { heuristic_layout(wide, costs, {2, true}); });
  EXPECT_NE(sum.find("take 61440000000 B, "), std::string::npos) << sum;
  EXPECT_NE(sum.find("the largest are w, w, w, w, w"), std::string::npos) << sum;
}

// Every partition of the tables into products of up to three.
void every_partition(std::size_t tables, std::vector<Product>& products, std::size_t next,
                     std::size_t most, const std::function<void()>& visit) {
  if (next == tables) return visit();
  for (std::size_t p = 0; p < products.size(); ++p) {
    if (products[p].members.size() == most) continue;
    products[p].members.push_back(next);
    every_partition(tables, products, next + 1, most, visit);
    products[p].members.pop_back();
  }
  products.push_back({{next}});
  every_partition(tables, products, next + 1, most, visit);
  products.pop_back();
}

// The best of every placement of every partition.
LayoutCost best_of_all(const TableSet& set, const LookupCosts& costs, std::size_t most) {
  LayoutCost best;
  best.time = ~0ull;
  std::vector<Product> products;
  every_partition(set.tables.size(), products, 0, most, [&] {
    Layout layout{products, std::vector<std::size_t>(products.size())};
    std::vector<Table> merged;
    for (const Product& product : products) merged.push_back(product_table(set, product));
    std::vector<std::uint64_t> filled(costs.channels());
    const std::function<void(std::size_t)> place = [&](std::size_t p) {
      if (p == products.size()) {
        best = std::min(best, cost(set, layout, costs));
        return;
      }
      for (std::size_t c = 0; c < costs.channels(); ++c) {
        if (filled[c] + costs.bytes(merged[p]) > costs.room(costs.location(c))) continue;
        filled[c] += costs.bytes(merged[p]);
        layout.channels[p] = c;
        place(p + 1);
        filled[c] -= costs.bytes(merged[p]);
      }
    };
    place(0);
  });
  return best;
}

// Two pseudo-channels and a bank of 4 KiB: small enough for every layout to be tried.
LookupCosts tiny_costs(bool wide_port) {
  EmbeddingConfig engine =
      shipped().engine({"hbm.organization.channels=2", "hbm.organization.rows=64",
                        "on_chip.banks=1", "on_chip.capacity=4 KiB"});
  engine.ddr.reset();
  if (wide_port) engine.port_bits = 256;  // several narrow rows in one word
  return LookupCosts(engine);
}

TEST(Search, bounds_hold_and_are_met_on_sets_that_can_be_tried_out) {
  const LookupCosts narrow = tiny_costs(false), wide = tiny_costs(true);
  const numerics::RandomStream random(11, "sets");
  std::uint64_t drawn = 0;
  int proven = 0, fastest = 0;
  constexpr int sets = 40;
  for (int i = 0; i < sets; ++i) {
    std::vector<Table> list;
    const auto count = static_cast<std::size_t>(random.integer(drawn++, 3, 6));
    for (std::size_t t = 0; t < count; ++t)
      list.push_back({"t", static_cast<std::uint64_t>(random.integer(drawn++, 2, 400)),
                      static_cast<std::uint64_t>(4 * random.integer(drawn++, 1, 4))});
    const TableSet set = tables(list);
    const LookupCosts& costs = i % 2 == 0 ? narrow : wide;
    const SearchResult found = search_layout(set, costs, {});
    const LayoutCost best = best_of_all(set, costs, 3);
    EXPECT_LE(found.time_bound, best.time) << i;
    EXPECT_GE(found.cost.time, best.time) << i;
    // The bound on storage is for layouts of the time that was found.
    if (found.cost.time == best.time) {
      EXPECT_LE(found.element_bound, best.elements) << i;
      EXPECT_GE(found.cost.elements, best.elements) << i;
      ++fastest;
    }
    if (found.proven()) {
      EXPECT_EQ(found.cost.time, best.time) << i;
      EXPECT_EQ(found.cost.elements, best.elements) << i;
      ++proven;
    }
  }
  EXPECT_GT(fastest, sets / 2);
  EXPECT_GT(proven, 0);
}

// Every number of merges has its cheapest way: against every partition.
TEST(MergeProgramme, finds_the_least_storage_of_every_number_of_merges) {
  const TableSet set = tables({{"a", 3, 4},
                               {"b", 3, 4},
                               {"c", 5, 8},
                               {"d", 20, 2},
                               {"e", 7, 4},
                               {"f", 3, 4},
                               {"g", 40, 1}});
  const MergeProgramme programme(set, 3, 4, 1'000'000, 1'000'000'000);
  ASSERT_TRUE(programme.complete());
  std::vector<std::uint64_t> least(set.tables.size(), ~0ull);
  std::vector<Product> products;
  every_partition(set.tables.size(), products, 0, 3, [&] {
    std::uint64_t elements = 0;
    for (const Product& product : products) elements += product_table(set, product).elements();
    auto& here = least[set.tables.size() - products.size()];
    here = std::min(here, elements - set.elements());
  });
  for (std::size_t m = 0; m <= 4; ++m) {
    ASSERT_TRUE(programme.extra(m)) << m;
    EXPECT_EQ(*programme.extra(m), least[m]) << m;
    std::uint64_t elements = 0, members = 0;
    for (const Product& product : programme.products(m)) {
      elements += product_table(set, product).elements();
      members += product.members.size();
    }
    EXPECT_EQ(elements - set.elements(), least[m]) << m;
    EXPECT_EQ(members, set.tables.size()) << m;
  }
}

TEST(MergeProgramme, says_when_it_would_take_too_long) {
  const TableSet set = shipped().set("microrec_large");
  EXPECT_FALSE(MergeProgramme(set, 3, 20, 1ull << 40, 1'000'000).complete());
}

TEST(Search, proves_the_published_models) {
  const LookupCosts costs(shipped().engine({}));
  for (const auto& [preset, slots] :
       {std::pair("microrec_small", 2u), std::pair("microrec_large", 4u)}) {
    const TableSet set = shipped().set(preset);
    const SearchResult found = search_layout(set, costs, {3, slots});
    EXPECT_TRUE(found.proven()) << preset;
    const LayoutCost rules = cost(set, heuristic_layout(set, costs, {slots, true}), costs);
    EXPECT_FALSE(rules < found.cost) << preset;
    // A layout that the engine takes.
    arch::embedding::LookupEngine engine(costs.engine(), placed_tables(set, found.layout));
    EXPECT_EQ(engine.elements_per_item(), set.dims());
  }
}

// What the rules leave on the table: banks that serve as many tables as time allows.
TEST(Search, needs_no_merging_of_the_small_model_when_banks_are_used_as_long_as_others) {
  const LookupCosts costs(shipped().engine({}));
  const SearchResult found = search_layout(shipped().set("microrec_small"), costs, {});
  EXPECT_TRUE(found.proven());
  EXPECT_EQ(found.cost.rounds, 1u);
  EXPECT_EQ(found.cost.elements, 353'669'600u);
  EXPECT_EQ(found.merges_needed, 0u);
}

TEST(Search, is_bounded_where_the_programme_is_too_long) {
  const LookupCosts costs(shipped().engine({}));
  const SearchResult found =
      search_layout(shipped().set("microrec_large"), costs, {3, 2, 1'000'000});
  EXPECT_FALSE(found.proven());
  EXPECT_GT(found.element_bound, 3'776'852'800u);
  EXPECT_LT(found.element_bound, found.cost.elements);
}

}  // namespace
}  // namespace mantissa::workloads::microrec
