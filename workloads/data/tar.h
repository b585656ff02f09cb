// SPDX-License-Identifier: Apache-2.0
// Regular files of a tar archive (ustar and GNU): 512-byte headers, each with name, octal size and
// a checksum over itself, and the contents padded to 512 bytes.
// Source: POSIX.1-2017, pax, "ustar Interchange Format". Errors: data.archive, with byte offset.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "workloads/data/checksum.h"

namespace mantissa::data {

struct TarFile {
  std::size_t begin = 0, size = 0;  // within the archive
};

// By the last part of their names: "cifar-10-batches-bin/test_batch.bin" as "test_batch.bin".
std::map<std::string, TarFile> read_tar(const Bytes& bytes, const std::string& path);

}  // namespace mantissa::data
