// SPDX-License-Identifier: Apache-2.0
#include "arch/units/ipu/config.h"

#include <fmt/format.h>

#include <algorithm>

namespace mantissa::config {

namespace ip = numerics::inner_product;

const std::vector<std::pair<arch::OperandLaw, const char*>>& EnumNames<arch::OperandLaw>::names() {
  using Law = arch::OperandLaw;
  static const std::vector<std::pair<Law, const char*>> table = {{Law::normal, "normal"},
                                                                 {Law::relu, "relu"},
                                                                 {Law::uniform, "uniform"},
                                                                 {Law::spread, "spread"},
                                                                 {Law::aligned, "aligned"}};
  return table;
}

const std::vector<std::pair<ip::Alignment, const char*>>& EnumNames<ip::Alignment>::names() {
  static const std::vector<std::pair<ip::Alignment, const char*>> table = {
      {ip::Alignment::single_cycle, "single_cycle"}, {ip::Alignment::multi_cycle, "multi_cycle"}};
  return table;
}

const std::vector<std::pair<ip::PartitionEdge, const char*>>&
EnumNames<ip::PartitionEdge>::names() {
  static const std::vector<std::pair<ip::PartitionEdge, const char*>> table = {
      {ip::PartitionEdge::exclusive, "exclusive"}, {ip::PartitionEdge::inclusive, "inclusive"}};
  return table;
}

const std::vector<std::pair<ip::FinalRounding, const char*>>&
EnumNames<ip::FinalRounding>::names() {
  static const std::vector<std::pair<ip::FinalRounding, const char*>> table = {
      {ip::FinalRounding::nearest_even, "nearest_even"},
      {ip::FinalRounding::toward_zero, "toward_zero"}};
  return table;
}

}  // namespace mantissa::config

namespace mantissa::arch {

using config::range;
using trace::NumberFormat;
namespace ip = numerics::inner_product;

const config::Schema<IpuConfig>& IpuConfig::schema() {
  static const auto schema =
      config::Schema<IpuConfig>("Inner-product units of model ipu: lanes of small multipliers.")
          .required("window", &IpuConfig::window, range(1, 64),
                    "Bits w of a lane's aligned product in the adder tree.")
          .optional("software_precision", &IpuConfig::software_precision, range(0, 1023),
                    "Lanes aligned by more bits are dropped: 16 for FP16 sums, 28 for FP32.")
          .optional("fraction", &IpuConfig::fraction, range(1, 60),
                    "Fraction bits F of the accumulator.")
          .optional("growth", &IpuConfig::growth, range(0, 32),
                    "The accumulator holds 2^growth operations without overflow.")
          .optional("digit_a", &IpuConfig::digit_a, range(1, 12),
                    "Bits of the multiplier on the side of the inputs.")
          .optional("digit_b", &IpuConfig::digit_b, range(1, 12),
                    "Bits of the multiplier on the side of the weights.")
          .optional("alignment", &IpuConfig::alignment,
                    "Products beyond the window are served later, or lose bits.")
          .optional("partition_edge", &IpuConfig::partition_edge,
                    "Whether an alignment by just the safe precision is served now.")
          .optional("skip_empty_partitions", &IpuConfig::skip_empty_partitions,
                    "Cycles that would serve no lane are left out.")
          .optional("mask_zeros", &IpuConfig::mask_zeros,
                    "Zero operands stay out of the greatest exponent.")
          .optional("rounding", &IpuConfig::rounding, "Of an accumulator to FP32.")
          .optional("pixels", &IpuConfig::pixels, range(1, 64),
                    "Output pixels Ho x Wo of a tile; units = tiles x pixels.")
          .optional("cluster", &IpuConfig::cluster, range(0, 4096),
                    "Inner-product units that stall together; 0: the whole tile.")
          .optional("buffer", &IpuConfig::buffer, range(1, 4096),
                    "Operations in a cluster's local buffer.")
          .optional("weight_depth", &IpuConfig::weight_depth, range(1, 4096),
                    "Weights per lane: operations that one accumulator adds up.")
          .optional("ehu_share", &IpuConfig::ehu_share, range(1, 4096),
                    "Inner-product units that share one exponent handling unit.")
          .optional("operands", &IpuConfig::operands,
                    "Shape mode: what exponents are drawn from; relu: inputs clipped at 0.")
          .optional("octaves", &IpuConfig::octaves, range(1, 40),
                    "Law spread: octaves that inputs lie in, each as often (assumed).");
  return schema;
}

ip::IpuParameters IpuConfig::parameters(std::int64_t lanes) const {
  ip::IpuParameters p;
  p.lanes = static_cast<int>(lanes);
  p.window = static_cast<int>(window);
  p.fraction = static_cast<int>(fraction);
  p.software_precision = static_cast<int>(software_precision);
  p.digit_a = static_cast<int>(digit_a);
  p.digit_b = static_cast<int>(digit_b);
  p.alignment = alignment;
  p.edge = partition_edge;
  p.skip_empty_partitions = skip_empty_partitions;
  p.mask_zeros = mask_zeros;
  p.growth = static_cast<int>(growth);
  p.rounding = rounding;
  return p;
}

const std::vector<NumberFormat>& ipu_formats() {
  static const std::vector<NumberFormat> all{NumberFormat::int4,     NumberFormat::int8,
                                             NumberFormat::fp16,     NumberFormat::bf16,
                                             NumberFormat::tf32,     NumberFormat::fp8_e4m3,
                                             NumberFormat::fp8_e5m2, NumberFormat::fp6_e2m3,
                                             NumberFormat::fp6_e3m2, NumberFormat::fp4_e2m1};
  return all;
}

ip::FormatPair ipu_pair(NumberFormat a, NumberFormat b) {
  const auto left = ip::format_named(trace::name(a)), right = ip::format_named(trace::name(b));
  MANTISSA_CHECK(left && right, "not formats of inner-product units");
  return {*left, *right};
}

IpuKinds ipu_kinds(const std::vector<NumberFormat>& formats) {
  if (std::none_of(formats.begin(), formats.end(), trace::is_float)) return IpuKinds::integers;
  if (std::none_of(formats.begin(), formats.end(), trace::is_integer)) return IpuKinds::floats;
  return IpuKinds::every;
}

std::string ipu_objection(const IpuConfig& ipu, std::int64_t rows, std::int64_t columns,
                          std::int64_t units, const std::vector<NumberFormat>& formats) {
  for (const NumberFormat format : formats) {
    try {
      ip::check(ipu.parameters(rows), ipu_pair(format, format));
    } catch (const Error& error) {
      // The sentence alone: without "error: " before and the kind behind it.
      std::string text = error.message();
      text.erase(0, text.find("read "));
      text.erase(text.rfind(" ["));
      return fmt::format("{} on units of {} lanes: {}", trace::name(format), rows, text);
    }
  }
  if (units % ipu.pixels != 0)
    return fmt::format("units: {} are not tiles of ipu.pixels: {} each", units, ipu.pixels);
  const std::int64_t tile = columns * ipu.pixels;
  if (ipu.cluster > 0 && tile % ipu.cluster != 0)
    return fmt::format("ipu.cluster: {} does not divide the {} units of a tile", ipu.cluster, tile);
  if (tile % std::min(ipu.ehu_share, tile) != 0)
    return fmt::format("ipu.ehu_share: {} does not divide the {} units of a tile", ipu.ehu_share,
                       tile);
  if (ipu.growth < 12 && ipu.weight_depth > std::int64_t{1} << ipu.growth)
    return fmt::format("ipu.weight_depth: {} operations overflow an accumulator of ipu.growth: {}",
                       ipu.weight_depth, ipu.growth);
  return {};
}

std::string ipu_rtl_objection(const IpuConfig& ipu, const std::vector<NumberFormat>& formats) {
  bool floats = false;
  for (const NumberFormat format : formats) {
    floats = floats || format == NumberFormat::fp16;
    if (format != NumberFormat::fp16 && format != NumberFormat::int8 &&
        format != NumberFormat::int4)
      return fmt::format(
          "inner-product units exist in RTL for fp16, int8 and int4 "
          "(core.matrix.formats=[fp16,int8,int4]), not for {}",
          trace::name(format));
  }
  // As the parameters of the unit say.
  const std::int64_t least = floats ? 24 : 13;
  if (ipu.fraction < least)
    return fmt::format("ipu.fraction: inner-product units exist in RTL from {} on", least);
  if (ipu.software_precision > 63)
    return "ipu.software_precision: inner-product units exist in RTL up to 63";
  if (ipu.partition_edge != ip::PartitionEdge::exclusive)
    return "ipu.partition_edge: inner-product units exist in RTL with exclusive ones";
  if (ipu.skip_empty_partitions)
    return "ipu.skip_empty_partitions: inner-product units in RTL skip none";
  return {};
}

}  // namespace mantissa::arch
