// SPDX-License-Identifier: Apache-2.0
// Checksums of files, as their publishers give them: MD5 or SHA-256 in hexadecimal digits.
//
//   const Checksum sum{ChecksumKind::md5, "ca09b38354112f159cd554f69e213828"};
//   verify(sum, bytes, "digits.csv.gz");                       // throws data.checksum
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mantissa::data {

using Bytes = std::vector<std::uint8_t>;

enum class ChecksumKind { md5, sha256 };
const char* name(ChecksumKind kind);        // "MD5", "SHA-256"
std::size_t hex_digits(ChecksumKind kind);  // 32, 64

struct Checksum {
  ChecksumKind kind = ChecksumKind::sha256;
  std::string digits;  // lower case; empty: none is known
  bool known() const { return !digits.empty(); }
};

Checksum checksum_of(ChecksumKind kind, const Bytes& bytes);

// Throws data.checksum, with both sums, unless the bytes have this one.
void verify(const Checksum& expected, const Bytes& bytes, const std::string& path);

}  // namespace mantissa::data
