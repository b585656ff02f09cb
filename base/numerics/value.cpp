// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/value.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/error.h"
#include "base/numerics/element.h"

namespace mantissa::numerics {

using trace::NumberFormat;

namespace {

template <class T>
std::vector<std::int64_t> widened(const std::vector<std::byte>& data, std::int64_t count) {
  std::vector<T> narrow(static_cast<std::size_t>(count));
  if (count > 0) std::memcpy(narrow.data(), data.data(), narrow.size() * sizeof(T));
  return std::vector<std::int64_t>(narrow.begin(), narrow.end());
}

template <class T>
void store_saturated(const std::vector<std::int64_t>& x, std::vector<std::byte>& data) {
  constexpr std::int64_t low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max();
  std::vector<T> narrow(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    narrow[i] = static_cast<T>(std::clamp(x[i], low, high));
  }
  if (!narrow.empty()) std::memcpy(data.data(), narrow.data(), narrow.size() * sizeof(T));
}

}  // namespace

Value::Value(NumberFormat f, trace::Shape s) : format(f), shape(std::move(s)) {
  data.resize(trace::storage_bytes(format, elements()));
}

Value Value::of_floats(NumberFormat f, trace::Shape s, const std::vector<float>& x) {
  Value v(f, std::move(s));
  const auto count = static_cast<std::int64_t>(x.size());
  MANTISSA_CHECK(count == v.elements(), "as many floats as the shape has elements");
  store_floats(f, v.data.data(), 0, count, x.data());
  return v;
}

Value Value::of_integers(NumberFormat f, trace::Shape s, const std::vector<std::int64_t>& x) {
  Value v(f, std::move(s));
  const auto count = static_cast<std::int64_t>(x.size());
  MANTISSA_CHECK(count == v.elements(), "as many integers as the shape has elements");
  switch (f) {
    case NumberFormat::int8:
      return store_saturated<std::int8_t>(x, v.data), v;
    case NumberFormat::uint8:
      return store_saturated<std::uint8_t>(x, v.data), v;
    case NumberFormat::int32:
      return store_saturated<std::int32_t>(x, v.data), v;
    default:
      break;
  }
  for (std::int64_t i = 0; i < count; ++i) {
    store_element(f, v.data.data(), i, Element::of(x[static_cast<std::size_t>(i)]));
  }
  return v;
}

std::vector<float> Value::floats() const {
  std::vector<float> x(static_cast<std::size_t>(elements()));
  load_floats(format, data.data(), 0, elements(), x.data());
  return x;
}

std::vector<std::int64_t> Value::integers() const {
  MANTISSA_CHECK(is_whole(format), "integers of a float tensor");
  const std::int64_t count = elements();
  switch (format) {
    case NumberFormat::int8:
      return widened<std::int8_t>(data, count);
    case NumberFormat::uint8:
      return widened<std::uint8_t>(data, count);
    case NumberFormat::int32:
      return widened<std::int32_t>(data, count);
    case NumberFormat::int64:
      return widened<std::int64_t>(data, count);
    default:
      break;
  }
  std::vector<std::int64_t> x(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    x[static_cast<std::size_t>(i)] = load_element(format, data.data(), i).integer;
  }
  return x;
}

}  // namespace mantissa::numerics
