// SPDX-License-Identifier: Apache-2.0
// An array as IDX, npy and npz files hold it: a shape and elements of one machine type, row-major,
// read into the three kinds that data sets need.
//
//   bytes and booleans          std::uint8_t
//   all other integers          std::int64_t     (uint64 above 2^63-1: data.value)
//   fp16, fp32, fp64            float            (what is not finite in fp32: data.value)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "workloads/data/dataset.h"

namespace mantissa::data {

enum class ElementType {
  uint8,
  int8,
  uint16,
  int16,
  uint32,
  int32,
  uint64,
  int64,
  fp16,
  fp32,
  fp64
};
std::uint64_t element_bytes(ElementType type);

struct Array {
  Shape shape;
  std::variant<std::vector<std::uint8_t>, std::vector<std::int64_t>, std::vector<float>> values;
};

// How elements lie in a file.
struct ElementLayout {
  ElementType type = ElementType::uint8;
  bool big_endian = false;
  bool columns_first = false;  // Fortran's order
};

// The product of the extents times the element's size, or nothing when 64 bits do not hold it.
std::optional<std::uint64_t> array_bytes(const Shape& shape, ElementType type);

// `from` points to array_bytes(shape, type) bytes.
Array read_array(const std::uint8_t* from, const Shape& shape, const ElementLayout& layout,
                 const std::string& path);

// Features from samples along the first axis; whole numbers become floats, bytes stay bytes (of
// full scale 255). Rank 3 is {samples, rows, columns} of images with one channel, which gets an
// axis of its own.
Dataset samples_of(Array array, const std::string& path);

// Labels from 0 to classes - 1, where 0 classes stand for one more than the largest label.
void give_labels(Dataset& dataset, const Array& array, std::int64_t classes,
                 const std::string& path);
void give_targets(Dataset& dataset, const Array& array, const std::string& path);

}  // namespace mantissa::data
