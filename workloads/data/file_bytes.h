// SPDX-License-Identifier: Apache-2.0
// Whole files in memory, and what gzip made of them. Offsets in messages count uncompressed bytes.
//
//   const Bytes stored = read_bytes("train-images-idx3-ubyte.gz");   // as on disk: for checksums
//   const Bytes plain = uncompressed(stored, path);                  // itself if it is no gzip
//
// Errors: data.unreadable, data.archive.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "workloads/data/checksum.h"

namespace mantissa::data {

// A data set is held in memory whole, so larger files are somebody's mistake.
constexpr std::uint64_t largest_file = 8ull << 30;

Bytes read_bytes(const std::string& path);

bool is_gzip(const Bytes& bytes);
// All members of a gzip file in turn, each with the checksum that stands at its end.
Bytes uncompressed(Bytes bytes, const std::string& path);

// "byte offset 1234" of the file.
Place at_byte(const std::string& path, std::uint64_t offset);

}  // namespace mantissa::data
