// SPDX-License-Identifier: Apache-2.0
// In which number formats the layers of a network compute, as a configuration says it:
//
//   formats:
//     default: 4/8U/6/10                # every layer that is not named
//     conv1: 8/8U/-/-
//     layer0:                           # every layer of a module
//       query: {scheme: 4/4/4/4, vector: 32, product_bits: 6, calibration: mse}
//     logits: fp32                      # as it is
//
// A scheme is a word or W/A/WS/AS: bits of weights, of activations, of the scales of their vectors.
//
//   8/8/-/-        weights one scale per output channel, activations one per layer
//   4/4U/4/4       "U": unsigned activations, in layers whose calibration saw no negative input
//   4/4/f/f        a float scale per vector; either scale may also be absent or of M bits alone
//   mxfp8_e4m3, mxfp8_e5m2, mxfp6_e3m2, mxfp6_e2m3, mxfp4, mxint8, nvfp4, bf16    both operands
//   fp32           unchanged
//
// Weights take their own largest magnitudes, once. Activations with integer scales are dynamic per
// vector, and their coarse scale, one per layer, comes from calibration; without scales so does the
// scale itself. Block formats and float scales follow the data alone. V elements of a vector run
// along the (input) channels of one position and one group; where V does not divide them the last
// vector is padded with zeros (base/numerics/quantize/vector_axis.h).
//
// Errors: quantize.format with place, what was read, and the nearest scheme; those of base/config,
// also for options that change nothing (the vector of a format without scales).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/config/schema.h"
#include "base/numerics/quantize/calibration.h"
#include "base/numerics/quantize/integer_quantizer.h"
#include "base/numerics/quantize/vector_mac.h"
#include "base/trace/builder.h"

namespace mantissa::workloads {

// The word of a configuration, understood.
struct Scheme {
  std::string text = "fp32";
  // Of the grammar W/A/WS/AS; weight_bits 0: a block format, or fp32.
  int weight_bits = 0, activation_bits = 0;
  bool unsigned_activations = false;
  static constexpr int none = 0, real = -1;  // scales, if not their bits
  int weight_scale_bits = none, activation_scale_bits = none;

  bool is_integer() const { return weight_bits > 0; }
  bool is_block() const { return !is_integer() && text != "fp32"; }
  // Whether the vector MAC computes it: integers all the way.
  bool has_datapath() const {
    return is_integer() && weight_scale_bits != real && activation_scale_bits != real;
  }
};
// fp32 and the block formats.
std::vector<std::string> scheme_words();
// Throws illegal_quantization.
Scheme scheme(const std::string& text);

struct LayerFormat {
  Scheme scheme;
  std::int64_t vector = 0;  // V; 0: the format's own, 16 of integers
  numerics::ScaleOrder order = numerics::ScaleOrder::data_first;
  std::int64_t product_bits = 0, accumulator_bits = 24;
  std::optional<numerics::Rounding> rounding, scale_rounding;  // none: the format's own
  numerics::Calibration calibration = numerics::Calibration::max;
  double percentile = 99.99;
  static const config::Schema<LayerFormat>& schema();

  // Attributes of fake_quantize. `is_signed`: of the activations.
  trace::Attributes weights() const;
  trace::Attributes activations(bool is_signed) const;
  numerics::VectorMac mac(bool is_signed) const;
};

struct LayerFormats {
  struct Entry {
    std::string layer;  // dotted; "default" stands for all others
    LayerFormat format;
    Place place;
  };
  std::vector<Entry> entries;

  // The one with the longest name that is the layer's, or of a module around it.
  const Entry* find(const std::string& layer) const;
};

}  // namespace mantissa::workloads

namespace mantissa::config {

template <>
struct EnumNames<numerics::Rounding> {
  static const std::vector<std::pair<numerics::Rounding, const char*>>& names();
};
template <>
struct EnumNames<numerics::ScaleOrder> {
  static const std::vector<std::pair<numerics::ScaleOrder, const char*>>& names();
};
template <>
struct EnumNames<numerics::Calibration> {
  static const std::vector<std::pair<numerics::Calibration, const char*>>& names();
};

template <>
struct Codec<workloads::Scheme> : UnrangedCodec {
  static ParameterInfo info() { return ParameterInfo::of(ValueKind::text, "scheme"); }
  static std::string range_text(const Range&);
  static workloads::Scheme parse(const Node& node, const std::string& path, const Range&);
  static Node write(const workloads::Scheme& value);
};

// A bare scheme stands for a section with nothing else.
template <>
struct Codec<workloads::LayerFormat> : UnrangedCodec {
  static ParameterInfo info();
  static workloads::LayerFormat parse(const Node& node, const std::string& path, const Range&);
  static Node write(const workloads::LayerFormat& value);
};

template <>
struct Codec<workloads::LayerFormats> : UnrangedCodec {
  static ParameterInfo info();
  static workloads::LayerFormats parse(const Node& node, const std::string& path, const Range&);
  static Node write(const workloads::LayerFormats& value);
};

}  // namespace mantissa::config
