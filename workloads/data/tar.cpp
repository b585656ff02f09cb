// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/tar.h"

#include <algorithm>
#include <cstring>

#include "workloads/data/errors.h"
#include "workloads/data/file_bytes.h"

namespace mantissa::data {
namespace {

constexpr std::size_t block = 512;
constexpr std::size_t name_at = 0, name_bytes = 100, size_at = 124, size_bytes = 12;
constexpr std::size_t sum_at = 148, sum_bytes = 8, type_at = 156;

// Octal digits, padded with blanks or zero bytes.
std::uint64_t octal(const std::uint8_t* from, std::size_t n) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < n; ++i)
    if (from[i] >= '0' && from[i] <= '7') value = value * 8 + (from[i] - '0');
  return value;
}

// The sum of all bytes of the header, with blanks for the sum itself.
std::uint64_t header_sum(const std::uint8_t* header) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < block; ++i)
    sum += i >= sum_at && i < sum_at + sum_bytes ? ' ' : header[i];
  return sum;
}

}  // namespace

std::map<std::string, TarFile> read_tar(const Bytes& bytes, const std::string& path) {
  std::map<std::string, TarFile> files;
  for (std::size_t at = 0; at < bytes.size();) {
    if (bytes.size() - at < block) {
      throw Error(damaged_archive).at(at_byte(path, at)).say("the archive ends within a header");
    }
    const std::uint8_t* header = bytes.data() + at;
    if (std::all_of(header, header + block, [](std::uint8_t b) { return b == 0; })) break;
    if (octal(header + sum_at, sum_bytes) != header_sum(header)) {
      throw Error(damaged_archive)
          .at(at_byte(path, at))
          .say("no tar archive, or a damaged one: the sum of a header is wrong");
    }
    const std::uint64_t size = octal(header + size_at, size_bytes);
    const std::size_t begin = at + block;
    if (size > bytes.size() - begin) {
      throw Error(damaged_archive).at(at_byte(path, at)).say("the archive ends within a file");
    }
    const char type = static_cast<char>(header[type_at]);
    if (type == '0' || type == '\0') {
      const char* name = reinterpret_cast<const char*>(header + name_at);
      const std::string full(name, strnlen(name, name_bytes));
      files[full.substr(full.rfind('/') + 1)] = {begin, static_cast<std::size_t>(size)};
    }
    at = begin + (size + block - 1) / block * block;
  }
  return files;
}

}  // namespace mantissa::data
