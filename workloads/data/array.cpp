// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/array.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/numerics/fp16.h"
#include "workloads/data/errors.h"

namespace mantissa::data {

// Elements are taken apart as little-endian words.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

namespace {

Place at_element(const std::string& path, std::size_t index) {
  return Place{path, 0, 0, "element " + std::to_string(index)};
}

template <class T>
T load(const std::uint8_t* from, bool big_endian) {
  std::uint8_t bytes[sizeof(T)];
  std::memcpy(bytes, from, sizeof(T));
  if (big_endian) std::reverse(bytes, bytes + sizeof(T));
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

// Where the element that is `i`-th in the file belongs when the first axis runs fastest there.
class ColumnsFirst {
 public:
  explicit ColumnsFirst(const Shape& shape) : shape_(shape), stride_(shape.size(), 1) {
    for (std::size_t a = shape.size(); a-- > 1;) stride_[a - 1] = stride_[a] * shape[a];
  }
  std::size_t place(std::size_t i) const {
    std::int64_t rest = static_cast<std::int64_t>(i), out = 0;
    for (std::size_t a = 0; a < shape_.size(); ++a) {
      out += rest % shape_[a] * stride_[a];
      rest /= shape_[a];
    }
    return static_cast<std::size_t>(out);
  }

 private:
  const Shape& shape_;
  Shape stride_;
};

// `convert(element, index)` makes the value that is kept.
template <class T, class Kept, class Convert>
Array read_as(const std::uint8_t* from, const Shape& shape, const ElementLayout& layout,
              Convert convert) {
  std::vector<Kept> out(static_cast<std::size_t>(trace::elements(shape)));
  const ColumnsFirst columns(shape);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t to = layout.columns_first ? columns.place(i) : i;
    out[to] = convert(load<T>(from + i * sizeof(T), layout.big_endian), to);
  }
  return {shape, std::move(out)};
}

template <class T>
Array read_integers(const std::uint8_t* from, const Shape& shape, const ElementLayout& layout,
                    const std::string& path) {
  return read_as<T, std::int64_t>(from, shape, layout, [&](T value, std::size_t i) {
    if (value > T{0} && static_cast<std::uint64_t>(value) > INT64_MAX) {
      throw Error(bad_value)
          .at(at_element(path, i))
          .read(std::to_string(value))
          .expected("a whole number below 2^63");
    }
    return static_cast<std::int64_t>(value);
  });
}

float finite(double value, const std::string& path, std::size_t i) {
  const auto narrow = static_cast<float>(value);
  if (std::isfinite(narrow)) return narrow;
  throw Error(bad_value)
      .at(at_element(path, i))
      .read(std::isnan(value) ? "NaN" : std::to_string(value))
      .expected("a finite number of single precision");
}

}  // namespace

std::uint64_t element_bytes(ElementType type) {
  switch (type) {
    case ElementType::uint8:
    case ElementType::int8:
      return 1;
    case ElementType::uint16:
    case ElementType::int16:
    case ElementType::fp16:
      return 2;
    case ElementType::uint32:
    case ElementType::int32:
    case ElementType::fp32:
      return 4;
    case ElementType::uint64:
    case ElementType::int64:
    case ElementType::fp64:
      return 8;
  }
  return 0;
}

std::optional<std::uint64_t> array_bytes(const Shape& shape, ElementType type) {
  std::uint64_t product = element_bytes(type);
  for (const std::int64_t extent : shape) {
    if (extent < 0 || __builtin_mul_overflow(product, static_cast<std::uint64_t>(extent), &product))
      return std::nullopt;
  }
  return product;
}

Array read_array(const std::uint8_t* from, const Shape& shape, const ElementLayout& layout,
                 const std::string& path) {
  switch (layout.type) {
    case ElementType::uint8:
      return read_as<std::uint8_t, std::uint8_t>(from, shape, layout,
                                                 [](std::uint8_t v, std::size_t) { return v; });
    case ElementType::int8:
      return read_integers<std::int8_t>(from, shape, layout, path);
    case ElementType::uint16:
      return read_integers<std::uint16_t>(from, shape, layout, path);
    case ElementType::int16:
      return read_integers<std::int16_t>(from, shape, layout, path);
    case ElementType::uint32:
      return read_integers<std::uint32_t>(from, shape, layout, path);
    case ElementType::int32:
      return read_integers<std::int32_t>(from, shape, layout, path);
    case ElementType::uint64:
      return read_integers<std::uint64_t>(from, shape, layout, path);
    case ElementType::int64:
      return read_integers<std::int64_t>(from, shape, layout, path);
    case ElementType::fp16:
      return read_as<std::uint16_t, float>(
          from, shape, layout, [&](std::uint16_t bits, std::size_t i) {
            return finite(numerics::to_float(numerics::Fp16{bits}), path, i);
          });
    case ElementType::fp32:
      return read_as<float, float>(from, shape, layout,
                                   [&](float v, std::size_t i) { return finite(v, path, i); });
    case ElementType::fp64:
      return read_as<double, float>(from, shape, layout,
                                    [&](double v, std::size_t i) { return finite(v, path, i); });
  }
  internal_error(__FILE__, __LINE__, "an element of no type");
}

Dataset samples_of(Array array, const std::string& path) {
  if (array.shape.empty() || trace::elements(array.shape) == 0) {
    throw Error(wrong_size).at(path).say("the array holds no samples");
  }
  Dataset out;
  out.shape.assign(array.shape.begin() + 1, array.shape.end());
  if (out.shape.empty()) out.shape = {1};
  if (out.shape.size() == 2) out.shape.insert(out.shape.begin(), 1);
  if (auto* bytes = std::get_if<std::vector<std::uint8_t>>(&array.values)) {
    out.features = std::move(*bytes);
    out.full_scale = 255;
  } else if (auto* integers = std::get_if<std::vector<std::int64_t>>(&array.values)) {
    out.features = std::vector<float>(integers->begin(), integers->end());
  } else {
    out.features = std::move(std::get<std::vector<float>>(array.values));
  }
  return out;
}

namespace {

// One number per sample: rank 1, or rank 2 with a single column.
void expect_one_per_sample(const Dataset& dataset, const Array& array, const char* what,
                           const std::string& path) {
  const auto features =
      std::visit([](const auto& v) { return std::int64_t(v.size()); }, dataset.features);
  const std::int64_t samples = features / dataset.sample_size();
  const std::int64_t found = trace::elements(array.shape);
  if (!array.shape.empty() && array.shape[0] == samples && found == samples) return;
  throw Error(mismatch)
      .at(path)
      .read(std::to_string(found) + " " + what)
      .expected("one for each of " + std::to_string(samples) + " samples");
}

}  // namespace

void give_labels(Dataset& dataset, const Array& array, std::int64_t classes,
                 const std::string& path) {
  expect_one_per_sample(dataset, array, "labels", path);
  if (std::holds_alternative<std::vector<float>>(array.values)) {
    throw Error(bad_label)
        .at(path)
        .read("fractions")
        .expected("whole numbers, the classes of the samples")
        .remedy("name them as 'target' for a regression");
  }
  std::visit([&](const auto& values) { dataset.labels.assign(values.begin(), values.end()); },
             array.values);
  // Beyond this, somebody has taken an identifier for a class.
  constexpr std::int64_t most_classes = 1 << 20;
  const std::int64_t end = classes > 0 ? classes : most_classes;
  for (std::size_t i = 0; i < dataset.labels.size(); ++i) {
    if (dataset.labels[i] >= 0 && dataset.labels[i] < end) continue;
    throw Error(bad_label)
        .at(at_element(path, i))
        .read(std::to_string(dataset.labels[i]))
        .expected("a class from 0 to " + std::to_string(end - 1));
  }
  const std::int64_t count =
      classes > 0 ? classes : 1 + *std::max_element(dataset.labels.begin(), dataset.labels.end());
  dataset.classes.clear();
  for (std::int64_t c = 0; c < count; ++c) dataset.classes.push_back(std::to_string(c));
}

void give_targets(Dataset& dataset, const Array& array, const std::string& path) {
  expect_one_per_sample(dataset, array, "targets", path);
  std::visit([&](const auto& values) { dataset.targets.assign(values.begin(), values.end()); },
             array.values);
}

}  // namespace mantissa::data
