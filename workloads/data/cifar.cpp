// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/cifar.h"

#include <fmt/format.h>

#include "workloads/data/errors.h"
#include "workloads/data/file_bytes.h"

namespace mantissa::data {
namespace {

constexpr std::int64_t channels = 3, side = 32, pixels = channels * side * side;

}  // namespace

Dataset read_cifar(const std::uint8_t* bytes, std::size_t size, const CifarLayout& layout,
                   const std::string& path) {
  const auto record = static_cast<std::size_t>(layout.labels + pixels);
  if (size == 0 || size % record != 0) {
    throw Error(wrong_size)
        .at(at_byte(path, size))
        .say(fmt::format("the file ends {} bytes into record {}", size % record, size / record))
        .expected(fmt::format("whole records of {} bytes, at least one", record));
  }
  Dataset out;
  out.shape = {channels, side, side};
  out.full_scale = 255;
  std::vector<std::uint8_t> features;
  features.reserve(size / record * pixels);
  for (std::size_t at = 0; at < size; at += record) {
    const std::uint8_t* image = bytes + at + layout.labels;
    const std::int64_t label = image[-1];
    if (label >= layout.classes) {
      throw Error(bad_label)
          .at(Place{path, 0, 0, fmt::format("record {}", at / record)})
          .read(std::to_string(label))
          .expected(fmt::format("a class from 0 to {}", layout.classes - 1));
    }
    out.labels.push_back(label);
    features.insert(features.end(), image, image + pixels);
  }
  out.features = std::move(features);
  for (std::int64_t c = 0; c < layout.classes; ++c) out.classes.push_back(std::to_string(c));
  return out;
}

}  // namespace mantissa::data
