// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/formats/layer_format.h"

#include "base/numerics/quantize/errors.h"
#include "base/numerics/quantize/tensor_format.h"

namespace mantissa::workloads {

namespace {

constexpr const char* grammar =
    "W/A/WS/AS in bits, 2 to 8 of elements and 1 to 15 of scales, such as 8/8/-/-, 4/8U/6/10 or "
    "4/4/f/f";

std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (c == '/')
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

// A number of bits of at most two digits, or nullopt.
std::optional<int> bits_of(const std::string& text, int low, int high) {
  if (text.empty() || text.size() > 2 || text.find_first_not_of("0123456789") != std::string::npos)
    return {};
  const int n = std::stoi(text);
  return n >= low && n <= high && text.front() != '0' ? std::optional<int>(n) : std::nullopt;
}

std::optional<int> scale_of(const std::string& text) {
  if (text == "-") return Scheme::none;
  if (text == "f") return Scheme::real;
  return bits_of(text, 1, 15);
}

// What of a section concerns one operand: elements of `bits`, scales as in Scheme.
trace::Attributes integers(const LayerFormat& f, int bits, bool is_signed, int scale,
                           const char* unscaled) {
  trace::Attributes a{{"bits", std::int64_t{bits}}, {"signed", is_signed}};
  a["granularity"] = std::string(scale == Scheme::none ? unscaled : "vector");
  if (scale > 0) {
    a["scale_bits"] = std::int64_t{scale};
    a["order"] = std::string(name(f.order));
    a["coarse_per"] = std::string(unscaled);
  }
  return a;
}

trace::Attributes common(const LayerFormat& f, trace::Attributes a) {
  if (f.vector != 0) a["vector_size"] = f.vector;
  if (f.rounding) a["rounding"] = std::string(name(*f.rounding));
  if (f.scale_rounding) a["scale_rounding"] = std::string(name(*f.scale_rounding));
  return a;
}

// Of vectors or blocks.
bool has_scales(const Scheme& s) {
  if (s.is_integer())
    return s.weight_scale_bits != Scheme::none || s.activation_scale_bits != Scheme::none;
  return s.is_block() && numerics::block_format(s.text).scale != numerics::BlockScale::none;
}

}  // namespace

std::vector<std::string> scheme_words() {
  std::vector<std::string> out{"fp32"};
  for (const numerics::BlockFormatInfo& info : numerics::block_formats())
    out.emplace_back(info.name);
  return out;
}

Scheme scheme(const std::string& text) {
  Scheme out;
  out.text = text;
  for (const std::string& word : scheme_words())
    if (text == word) return out;
  const std::vector<std::string> parts = parts_of(text);
  if (parts.size() == 4) {
    std::string a = parts[1];
    out.unsigned_activations = !a.empty() && a.back() == 'U';
    if (out.unsigned_activations) a.pop_back();
    const auto w_bits = bits_of(parts[0], 2, 8), a_bits = bits_of(a, 2, 8);
    const auto w_scale = scale_of(parts[2]), a_scale = scale_of(parts[3]);
    if (w_bits && a_bits && w_scale && a_scale) {
      out.weight_bits = *w_bits;
      out.activation_bits = *a_bits;
      out.weight_scale_bits = *w_scale;
      out.activation_scale_bits = *a_scale;
      return out;
    }
  }
  std::string all;
  for (const std::string& word : scheme_words()) all += (all.empty() ? "; or " : ", ") + word;
  throw Error(numerics::illegal_quantization)
      .say("no such format of a layer")
      .read(text)
      .expected(grammar + all)
      .nearest(nearest_name(text, scheme_words()));
}

const config::Schema<LayerFormat>& LayerFormat::schema() {
  using F = LayerFormat;
  static const auto s =
      config::Schema<F>("The number format in which a layer computes.")
          .optional("scheme", &F::scheme,
                    "W/A/WS/AS in bits (8/8U/-/-, 4/4/4/4), a block format, or fp32.")
          .optional("vector", &F::vector, config::range(0, 1024),
                    "Elements that share a scale, of integers with scales; 0: 16.")
          .optional("order", &F::order,
                    "data_first (A, the paper's) or scale_first (B), with integer scales.")
          .optional("product_bits", &F::product_bits, config::range(0, 30),
                    "Of the rounded product of two scales; 0: full.")
          .optional("accumulator_bits", &F::accumulator_bits, config::range(8, 48),
                    "Of the vector MAC's sum, which saturates.")
          .optional("rounding", &F::rounding, "Of elements; none: the format's own.")
          .optional("scale_rounding", &F::scale_rounding, "Of scales; none: the format's own.")
          .optional("calibration", &F::calibration,
                    "Of activations' ranges: max, percentile, mse or entropy.")
          .optional("percentile", &F::percentile, config::range(1e-6, 100),
                    "Share of magnitudes within the range, %.")
          .constraint("product_bits",
                      [](const F& f) {
                        const int w = f.scheme.weight_scale_bits,
                                  a = f.scheme.activation_scale_bits;
                        if (f.product_bits == 0 || (w > 0 && a > 0 && f.product_bits <= w + a))
                          return std::string();
                        return "at most WS + AS bits of two integer scales, not " +
                               std::to_string(f.product_bits) + " of " + f.scheme.text;
                      })
          .constraint("rounding",
                      [](const F& f) -> std::string {
                        if (f.rounding && f.scheme.text == "fp32") return "fp32 is not rounded";
                        const bool even =
                            !f.rounding || *f.rounding == numerics::Rounding::half_even;
                        return f.scheme.text == "bf16" && !even ? "bf16 is rounded half_even" : "";
                      })
          // An option that changes nothing is a mistake.
          .constraint("scale_rounding",
                      [](const F& f) {
                        return f.scale_rounding && !has_scales(f.scheme)
                                   ? f.scheme.text + " has no scales of vectors"
                                   : std::string();
                      })
          .constraint("vector",
                      [](const F& f) {
                        if (f.vector == 0 || (f.scheme.is_integer() && has_scales(f.scheme)))
                          return std::string();
                        return f.scheme.is_block() && has_scales(f.scheme)
                                   ? f.scheme.text + " fixes its blocks"
                                   : f.scheme.text + " has no scales of vectors";
                      })
          .constraint("order",
                      [](const F& f) {
                        const bool integers =
                            f.scheme.weight_scale_bits > 0 || f.scheme.activation_scale_bits > 0;
                        return f.order == numerics::ScaleOrder::data_first || integers
                                   ? std::string()
                                   : f.scheme.text + " has no integer scales, which an order is of";
                      })
          .constraint("accumulator_bits",
                      [](const F& f) {
                        return f.accumulator_bits == F().accumulator_bits || f.scheme.has_datapath()
                                   ? std::string()
                                   : "no vector MAC computes " + f.scheme.text;
                      })
          .constraint("calibration",
                      [](const F& f) {
                        const bool ranges =
                            f.scheme.is_integer() && f.scheme.activation_scale_bits != Scheme::real;
                        return f.calibration == numerics::Calibration::max || ranges
                                   ? std::string()
                                   : f.scheme.text +
                                         " follows the data, it has no range to calibrate";
                      })
          .constraint("percentile", [](const F& f) {
            return f.percentile == F().percentile ||
                           f.calibration == numerics::Calibration::percentile
                       ? ""
                       : "only with calibration: percentile";
          });
  return s;
}

trace::Attributes LayerFormat::weights() const {
  if (scheme.is_block()) return common(*this, {{"scheme", scheme.text}});
  return common(*this,
                integers(*this, scheme.weight_bits, true, scheme.weight_scale_bits, "channel"));
}

trace::Attributes LayerFormat::activations(bool is_signed) const {
  if (scheme.is_block()) return common(*this, {{"scheme", scheme.text}});
  return common(*this, integers(*this, scheme.activation_bits, is_signed,
                                scheme.activation_scale_bits, "tensor"));
}

numerics::VectorMac LayerFormat::mac(bool is_signed) const {
  MANTISSA_CHECK(scheme.has_datapath(), "integers all the way");
  numerics::VectorMac mac;
  mac.weight_bits = scheme.weight_bits;
  mac.activation_bits = scheme.activation_bits;
  mac.activation_signed = is_signed;
  mac.weight_scale_bits = scheme.weight_scale_bits;
  mac.activation_scale_bits = scheme.activation_scale_bits;
  mac.product_bits = static_cast<int>(product_bits);
  if (vector != 0) mac.vector_length = vector;
  mac.accumulator_bits = static_cast<int>(accumulator_bits);
  return mac;
}

const LayerFormats::Entry* LayerFormats::find(const std::string& layer) const {
  const Entry* best = nullptr;
  for (const Entry& entry : entries) {
    const std::string& n = entry.layer;
    const bool around =
        layer.size() > n.size() && layer.compare(0, n.size(), n) == 0 && layer[n.size()] == '.';
    const bool fits = n == layer || around || (n == "default" && best == nullptr);
    if (fits && (best == nullptr || best->layer == "default" || n.size() > best->layer.size()))
      best = &entry;
  }
  return best;
}

}  // namespace mantissa::workloads

namespace mantissa::config {

using numerics::Calibration;
using numerics::Rounding;
using numerics::ScaleOrder;
using workloads::LayerFormat;
using workloads::LayerFormats;
using workloads::Scheme;

const std::vector<std::pair<Rounding, const char*>>& EnumNames<Rounding>::names() {
  static const auto all = [] {
    std::vector<std::pair<Rounding, const char*>> out;
    for (const Rounding r : {Rounding::half_even, Rounding::half_away, Rounding::half_up,
                             Rounding::down, Rounding::up})
      out.emplace_back(r, name(r));
    return out;
  }();
  return all;
}

const std::vector<std::pair<ScaleOrder, const char*>>& EnumNames<ScaleOrder>::names() {
  static const std::vector<std::pair<ScaleOrder, const char*>> all = {
      {ScaleOrder::data_first, name(ScaleOrder::data_first)},
      {ScaleOrder::scale_first, name(ScaleOrder::scale_first)}};
  return all;
}

const std::vector<std::pair<Calibration, const char*>>& EnumNames<Calibration>::names() {
  static const std::vector<std::pair<Calibration, const char*>> all = {
      {Calibration::max, "max"},
      {Calibration::percentile, "percentile"},
      {Calibration::mse, "mse"},
      {Calibration::entropy, "entropy"}};
  return all;
}

std::string Codec<Scheme>::range_text(const Range&) {
  std::string out =
      "W/A/WS/AS: bits of weights W and of activations A, 2 to 8; AU: unsigned in layers whose "
      "calibration saw no negative input, silently signed in others. Bits of the scales of "
      "weights' "
      "and activations' vectors WS and AS, 1 to 15; -: no vectors, one scale per output channel of "
      "weights, one per layer of activations; f: a float per vector. Or a word for both operands";
  for (const auto& word : workloads::scheme_words()) out += (word == "fp32" ? ": " : ", ") + word;
  return out;
}

Scheme Codec<Scheme>::parse(const Node& node, const std::string& path, const Range&) {
  const std::string text = parse_text(node, path);
  try {
    return workloads::scheme(text);
  } catch (Error& error) {
    throw error.at(node.place()).say(path + ": no such format of a layer");
  }
}

Node Codec<Scheme>::write(const Scheme& value) {
  return Node::scalar(value.text, {}, needs_quotes(value.text));
}

ParameterInfo Codec<LayerFormat>::info() {
  ParameterInfo info = ParameterInfo::of(ValueKind::section, "scheme or section");
  info.children = LayerFormat::schema().parameters();
  return info;
}

LayerFormat Codec<LayerFormat>::parse(const Node& node, const std::string& path, const Range&) {
  if (!node.is_scalar()) return LayerFormat::schema().parse(node, path);
  return LayerFormat::schema().parse(Node::map({{"scheme", node}}, node.place()), path);
}

Node Codec<LayerFormat>::write(const LayerFormat& value) {
  return LayerFormat::schema().write(value);
}

ParameterInfo Codec<LayerFormats>::info() {
  return ParameterInfo::of(ValueKind::text, "formats by layer");
}

namespace {

bool is_scheme(const Node& node) {
  try {
    workloads::scheme(parse_text(node, ""));
  } catch (const Error&) {
    return false;
  }
  return true;
}

// An option of a format in a map without a scheme, such as an override leaves of a bare scheme.
void demand_scheme(const Node& module, const std::string& path) {
  for (const auto& [key, part] : module.entries())
    for (const ParameterInfo& option : LayerFormat::schema().parameters())
      if (key == option.name && part.is_scalar() && !is_scheme(part))
        throw Error(numerics::illegal_quantization)
            .at(part.place())
            .say(path + ": an option without the scheme that it is of")
            .read(key)
            .expected("a section such as {scheme: 4/4U/4/4, " + key + ": " +
                      parse_text(part, path) + "}");
}

// A map without a scheme is a module, and what stands in it are parts of it.
void collect(const Node& node, const std::string& path, const std::string& layer,
             LayerFormats& out) {
  if (!node.is_map() || node.find("scheme") != nullptr) {
    out.entries.push_back({layer, Codec<LayerFormat>::parse(node, path, {}), node.place()});
    return;
  }
  demand_scheme(node, path);
  for (const auto& [key, part] : node.entries())
    collect(part, join_path(path, key), join_path(layer, key), out);
}

}  // namespace

LayerFormats Codec<LayerFormats>::parse(const Node& node, const std::string& path, const Range&) {
  LayerFormats out;
  expect_map(node, path);
  for (const auto& [key, part] : node.entries()) collect(part, join_path(path, key), key, out);
  return out;
}

Node Codec<LayerFormats>::write(const LayerFormats& value) {
  Node out = Node::map({});
  for (const LayerFormats::Entry& entry : value.entries)
    out.set(entry.layer, Codec<LayerFormat>::write(entry.format));
  return out;
}

}  // namespace mantissa::config
