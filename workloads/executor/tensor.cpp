// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/tensor.h"

#include <cstring>

namespace mantissa::workloads {

using trace::NumberFormat;

trace::NumberFormat format_of(at::ScalarType type) {
  switch (type) {
    case at::kBool:
      return NumberFormat::boolean;
    case at::kChar:
      return NumberFormat::int8;
    case at::kByte:
      return NumberFormat::uint8;
    case at::kShort:
      return NumberFormat::int16;
    case at::kInt:
      return NumberFormat::int32;
    case at::kLong:
      return NumberFormat::int64;
    case at::kHalf:
      return NumberFormat::fp16;
    case at::kBFloat16:
      return NumberFormat::bf16;
    case at::kFloat:
      return NumberFormat::fp32;
    case at::kDouble:
      return NumberFormat::fp64;
    default:
      throw Error(unsupported_element)
          .read(c10::toString(type))
          .expected("bool, int8, uint8, int16, int32, int64, fp16, bf16, fp32 or fp64");
  }
}

trace::NumberFormat format_of_size(at::ScalarType type) {
  switch (type) {
    case at::kComplexFloat:
    case at::kComplexDouble:
      return NumberFormat::fp64;
    case at::kComplexHalf:
    case at::kQInt32:
      return NumberFormat::int32;
    case at::kQInt8:
      return NumberFormat::int8;
    case at::kQUInt8:
      return NumberFormat::uint8;
    default:
      return format_of(type);
  }
}

std::optional<at::ScalarType> scalar_type(trace::NumberFormat format) {
  switch (format) {
    case NumberFormat::boolean:
      return at::kBool;
    case NumberFormat::int8:
      return at::kChar;
    case NumberFormat::uint8:
      return at::kByte;
    case NumberFormat::int16:
      return at::kShort;
    case NumberFormat::int32:
      return at::kInt;
    case NumberFormat::int64:
      return at::kLong;
    case NumberFormat::fp16:
      return at::kHalf;
    case NumberFormat::bf16:
      return at::kBFloat16;
    case NumberFormat::fp32:
      return at::kFloat;
    case NumberFormat::fp64:
      return at::kDouble;
    default:
      return std::nullopt;
  }
}

trace::Shape shape_of(const at::Tensor& tensor) { return tensor.sizes().vec(); }

numerics::Value value_of(const at::Tensor& tensor) {
  const at::Tensor rows = tensor.detach().contiguous();
  numerics::Value v(format_of(rows.scalar_type()), shape_of(rows));
  if (v.format == NumberFormat::boolean) {  // bits, where libtorch has bytes
    const at::Tensor wide = rows.to(at::kLong);
    const auto* first = wide.data_ptr<std::int64_t>();
    return numerics::Value::of_integers(v.format, v.shape, {first, first + wide.numel()});
  }
  MANTISSA_CHECK(v.data.size() == rows.nbytes(), "a tensor of another size than its format says");
  if (!v.data.empty()) std::memcpy(v.data.data(), rows.data_ptr(), v.data.size());
  return v;
}

at::Tensor tensor_of(const numerics::Value& value) {
  const auto type = scalar_type(value.format);
  const auto options = [](at::ScalarType t) { return at::TensorOptions().dtype(t); };
  if (!type || *type == at::kBool) {
    if (trace::is_float(value.format)) {
      const std::vector<float> x = value.floats();
      return torch::from_blob(const_cast<float*>(x.data()), value.shape, options(at::kFloat))
          .clone();
    }
    std::vector<std::int64_t> x = value.integers();
    const at::Tensor wide = torch::from_blob(x.data(), value.shape, options(at::kLong));
    const bool is_signed =
        value.format == NumberFormat::int4 || value.format == NumberFormat::binary;
    return wide.to(type ? *type : is_signed ? at::kChar : at::kByte);
  }
  at::Tensor out = torch::empty(value.shape, options(*type));
  MANTISSA_CHECK(value.data.size() == out.nbytes(), "a value of another size than its format says");
  if (!value.data.empty()) std::memcpy(out.data_ptr(), value.data.data(), value.data.size());
  return out;
}

}  // namespace mantissa::workloads
