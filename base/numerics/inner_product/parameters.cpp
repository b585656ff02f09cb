// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/inner_product/parameters.h"

#include <fmt/format.h>

namespace mantissa::numerics::inner_product {
namespace {

constexpr int most_lanes = 64, widest_window = 64;

void in_range(const char* what, int value, int low, int high) {
  if (value >= low && value <= high) return;
  throw Error(bad_unit)
      .read(fmt::format("{}: {}", what, value))
      .expected(fmt::format("{}..{}", low, high));
}

}  // namespace

int IpuParameters::product_bits() const {
  int bits = 1;  // the sign
  for (int greatest = ((1 << digit_a) - 1) * ((1 << digit_b) - 1); greatest > 0; greatest >>= 1)
    ++bits;
  return bits;
}

int IpuParameters::accumulator_bits() const {
  int levels = 0;
  while ((1 << levels) < lanes) ++levels;
  return 3 + fraction + levels + growth;
}

int IpuParameters::worst_partitions() const {
  if (alignment == Alignment::single_cycle) return 1;
  const int farthest = software_precision;
  if (edge == PartitionEdge::exclusive) return farthest / safe_precision() + 1;
  return farthest == 0 ? 1 : (farthest + safe_precision() - 1) / safe_precision();
}

void check(FormatPair pair) {
  if (is_supported(pair)) return;
  std::string legal;
  for (const FormatPair p : supported_pairs()) legal += (legal.empty() ? "" : ", ") + name(p);
  throw Error(bad_formats).read(name(pair)).expected("one of " + legal);
}

void check(const IpuParameters& p, FormatPair pair) {
  check(pair);
  if (p.lanes < 1 || p.lanes > most_lanes || (p.lanes & (p.lanes - 1)) != 0)
    throw Error(bad_unit)
        .read(fmt::format("lanes: {}", p.lanes))
        .expected("a power of two: 1, 2, 4, 8, 16, 32 or 64");
  in_range("digit_a", p.digit_a, 1, 12);
  in_range("digit_b", p.digit_b, 1, 12);
  const bool aligns = p.alignment == Alignment::multi_cycle && !is_integer(pair);
  const int least = p.product_bits() + (aligns ? 1 : 0);
  if (p.window < least || p.window > widest_window)
    throw Error(bad_unit)
        .read(fmt::format("window: {}", p.window))
        .expected(fmt::format("{}..{}", least, widest_window))
        .remedy(fmt::format("a product of {} by {} bits has {} bits, {}", p.digit_a, p.digit_b,
                            p.product_bits(),
                            aligns ? "and a cycle aligns by 1 at least"
                                   : "and all of them must fit in the window"));
  in_range("fraction", p.fraction, 1, 60);
  in_range("software_precision", p.software_precision, 0, 1023);
  in_range("growth", p.growth, 0, 32);
}

}  // namespace mantissa::numerics::inner_product
