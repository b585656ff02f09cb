// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/tensor_format.h"

#include <algorithm>

#include "base/numerics/quantize/errors.h"
#include "base/trace/vocabulary.h"

namespace mantissa::numerics {

namespace {

template <class T>
using Words = std::vector<std::pair<const char*, T>>;

template <class T>
T by_name(const char* what, const std::string& word, const Words<T>& words) {
  std::vector<std::string> names;
  std::string all;
  for (const auto& [name, value] : words) {
    if (word == name) return value;
    names.emplace_back(name);
    all += (all.empty() ? "" : ", ") + names.back();
  }
  throw Error(illegal_quantization)
      .say(std::string("no such ") + what)
      .read(word)
      .expected(all)
      .nearest(nearest_name(word, names));
}

const Words<Granularity> granularities = {{"tensor", Granularity::tensor},
                                          {"channel", Granularity::channel},
                                          {"vector", Granularity::vector}};
const Words<ScaleOrder> orders = {{name(ScaleOrder::data_first), ScaleOrder::data_first},
                                  {name(ScaleOrder::scale_first), ScaleOrder::scale_first}};

Rounding rounding(const std::string& word, Rounding own) {
  if (word.empty()) return own;
  Words<Rounding> words;
  for (const Rounding r :
       {Rounding::half_even, Rounding::half_away, Rounding::half_up, Rounding::down, Rounding::up})
    words.emplace_back(name(r), r);
  return by_name("rounding", word, words);
}

BlockQuantization block_of(const std::string& scheme) {
  Words<BlockQuantization> words = {{"int", {}}};
  for (const BlockFormatInfo& info : block_formats()) words.emplace_back(info.name, info.format);
  return by_name("format of tensors", scheme, words);
}

}  // namespace

TensorFormat tensor_format(const trace::Attributes& attributes) {
  trace::Op op;  // whose defaults are the vocabulary's
  op.kind = trace::OpKind::fake_quantize;
  op.attributes = attributes;
  const auto word = [&](const char* key) { return std::get<std::string>(attribute(op, key)); };
  const auto whole = [&](const char* key) { return std::get<std::int64_t>(attribute(op, key)); };
  const std::string scheme = word("scheme");
  const std::int64_t vector = whole("vector_size");
  TensorFormat out;
  if (scheme != "int") {
    BlockQuantization block = block_of(scheme);
    if (vector != 0) block.block = vector;
    block.rounding = rounding(word("rounding"), block.rounding);
    block.scale_rounding = rounding(word("scale_rounding"), block.scale_rounding);
    check(block);
    out.block = block;
    return out;
  }
  IntegerQuantization& format = out.integer;
  const auto narrow = [&](const char* key) {  // what no int holds is out of every range
    return static_cast<int>(std::clamp<std::int64_t>(whole(key), -1, 1 << 20));
  };
  format.bits = narrow("bits");
  format.is_signed = std::get<bool>(attribute(op, "signed"));
  format.granularity = by_name("granularity", word("granularity"), granularities);
  if (vector != 0) format.vector_length = vector;
  format.scale_bits = narrow("scale_bits");
  format.order = by_name("order of scales and data", word("order"), orders);
  format.coarse_per = by_name("granularity", word("coarse_per"), granularities);
  format.rounding = rounding(word("rounding"), format.rounding);
  format.scale_rounding = rounding(word("scale_rounding"), format.scale_rounding);
  check(format);
  return out;
}

VectorAxis axis_of(const trace::Shape& shape, std::size_t axis) {
  VectorAxis out;
  for (std::size_t d = 0; d < shape.size(); ++d)
    (d < axis ? out.outer : d == axis ? out.length : out.inner) *= shape[d];
  return out;
}

void fake_quantize(const TensorFormat& format, const float* x, const VectorAxis& axis,
                   const std::vector<float>* coarse, float* y) {
  if (!format.block) {
    dequantize(coarse == nullptr ? quantize(x, axis, format.integer)
                                 : quantize(x, axis, format.integer, *coarse),
               y);
    return;
  }
  if (coarse != nullptr)
    throw Error(illegal_quantization)
        .say("the scales of block formats follow from the data and cannot be given");
  dequantize(quantize(x, axis, *format.block), y);
}

}  // namespace mantissa::numerics
