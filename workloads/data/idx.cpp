// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/idx.h"

#include <fmt/format.h>

#include "workloads/data/errors.h"
#include "workloads/data/file_bytes.h"

namespace mantissa::data {
namespace {

std::optional<ElementType> type_of(std::uint8_t code) {
  switch (code) {
    case 0x08:
      return ElementType::uint8;
    case 0x09:
      return ElementType::int8;
    case 0x0B:
      return ElementType::int16;
    case 0x0C:
      return ElementType::int32;
    case 0x0D:
      return ElementType::fp32;
    case 0x0E:
      return ElementType::fp64;
    default:
      return std::nullopt;
  }
}

}  // namespace

Array read_idx(const Bytes& bytes, const std::string& path) {
  // 1. The magic number: two zeros, a type, a rank.
  constexpr std::size_t magic_bytes = 4, extent_bytes = 4;
  if (bytes.size() < magic_bytes) {
    throw Error(wrong_size)
        .at(at_byte(path, bytes.size()))
        .say("the file ends here")
        .expected("the 4 bytes that an IDX file begins with");
  }
  const auto type = type_of(bytes[2]);
  if (bytes[0] != 0 || bytes[1] != 0 || !type || bytes[3] == 0) {
    throw Error(wrong_format)
        .at(at_byte(path, 0))
        .read(fmt::format("{:02X} {:02X} {:02X} {:02X}", bytes[0], bytes[1], bytes[2], bytes[3]))
        .expected("the magic number of IDX: 00 00, a type (08, 09, 0B to 0E), a rank from 1");
  }

  // 2. The extents.
  const std::size_t rank = bytes[3];
  const std::size_t header = magic_bytes + rank * extent_bytes;
  if (bytes.size() < header) {
    throw Error(wrong_size)
        .at(at_byte(path, bytes.size()))
        .say("the file ends here")
        .expected(fmt::format("{} bytes, to the end of the extents of rank {}", header, rank));
  }
  Shape shape;
  for (std::size_t a = 0; a < rank; ++a) {
    const std::uint8_t* at = bytes.data() + magic_bytes + a * extent_bytes;
    shape.push_back(std::int64_t{at[0]} << 24 | at[1] << 16 | at[2] << 8 | at[3]);
  }

  // 3. Elements up to the end of the file.
  const auto expected = array_bytes(shape, *type);
  const std::size_t found = bytes.size() - header;
  if (!expected || *expected != found) {
    throw Error(wrong_size)
        .at(at_byte(path, bytes.size()))
        .read(fmt::format("{} bytes of elements", found))
        .expected(fmt::format("{} for {}",
                              expected ? std::to_string(*expected) : std::string("far more"),
                              fmt::join(shape, " x ")));
  }
  return read_array(bytes.data() + header, shape, {*type, true, false}, path);
}

}  // namespace mantissa::data
