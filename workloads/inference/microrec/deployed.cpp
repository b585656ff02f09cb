// SPDX-License-Identifier: Apache-2.0
#include "workloads/inference/microrec/deployed.h"

#include <algorithm>
#include <numeric>

namespace mantissa::workloads::microrec {
namespace {

// Takes tables out of a set, each once, by their rows.
class Picker {
 public:
  explicit Picker(const TableSet& set) : set_(set), taken_(set.tables.size()) {}

  Product product(const std::vector<std::uint64_t>& rows) {
    Product out;
    for (const std::uint64_t wanted : rows) {
      std::size_t t = 0;
      while (t < set_.tables.size() && (taken_[t] || set_.tables[t].rows != wanted)) ++t;
      MANTISSA_CHECK(t < set_.tables.size(), "the published layout of another set of tables");
      taken_[t] = true;
      out.members.push_back(t);
    }
    return out;
  }
  void rest(std::vector<Product>& products) const {
    for (std::size_t t = 0; t < taken_.size(); ++t)
      if (!taken_[t]) products.push_back({{t}});
  }

 private:
  const TableSet& set_;
  std::vector<bool> taken_;
};

// The smallest on chip, the largest on DDR, the rest on HBM.
Layout place(const TableSet& set, std::vector<Product> products, const LookupCosts& costs,
             std::size_t on_chip, std::size_t on_ddr) {
  Layout layout{std::move(products), {}};
  std::vector<Table> tables;
  for (const Product& product : layout.products) tables.push_back(product_table(set, product));
  layout.channels.resize(tables.size());
  std::vector<std::size_t> order(tables.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return tables[a].elements() < tables[b].elements();
  });
  const auto small_end = order.begin() + static_cast<std::ptrdiff_t>(on_chip);
  const auto large_begin = order.end() - static_cast<std::ptrdiff_t>(on_ddr);
  const bool fits =
      balance(tables, {order.begin(), small_end}, costs, at_on_chip, no_limit, layout.channels) &&
      balance(tables, {small_end, large_begin}, costs, at_hbm, no_limit, layout.channels) &&
      balance(tables, {large_begin, order.end()}, costs, at_ddr, no_limit, layout.channels);
  MANTISSA_CHECK(fits, "the published layout on another engine");
  return layout;
}

}  // namespace

DeployedLayout deployed_small(const TableSet& small, const LookupCosts& costs, bool merged) {
  const auto widest =
      std::max_element(small.tables.begin(), small.tables.end(),
                       [](const Table& a, const Table& b) { return a.dim < b.dim; });
  DeployedLayout out;
  out.set = split_table(small, static_cast<std::size_t>(widest - small.tables.begin()), 2);
  Picker picker(out.set);
  std::vector<Product> products;
  for (int i = 0; merged && i < 4; ++i) products.push_back(picker.product({100, 1000}));
  for (int i = 0; merged && i < 2; ++i) products.push_back(picker.product({500, 1000}));
  picker.rest(products);
  out.layout = place(out.set, std::move(products), costs, 8, 2);
  return out;
}

DeployedLayout deployed_large(const TableSet& large, const LookupCosts& costs, bool merged) {
  DeployedLayout out{large, {}};
  Picker picker(out.set);
  std::vector<Product> products;
  for (int i = 0; merged && i < 9; ++i) products.push_back(picker.product({100, 1000}));
  for (int i = 0; merged && i < 2; ++i) products.push_back(picker.product({500, 500}));
  if (merged) products.push_back(picker.product({100, 500}));
  if (merged) products.push_back(picker.product({100, 100, 500}));
  picker.rest(products);
  out.layout = place(out.set, std::move(products), costs, 16, 4);
  return out;
}

}  // namespace mantissa::workloads::microrec
