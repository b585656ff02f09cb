// SPDX-License-Identifier: Apache-2.0
// Files in a zip archive, stored or deflated, as numpy writes them into .npz. Every file is checked
// against the size and CRC-32 of the archive's directory.
//
//   const ZipArchive archive(read_bytes("mnist.npz"), "mnist.npz");
//   archive.names();                                  // {"x_train.npy", ...}, as in the directory
//   archive.file("x_train.npy");
//
// Not taken: encryption, other methods, archives or files of 4 GiB and more (zip64).
// Source: PKWARE, APPNOTE.TXT 4.3. Errors: data.archive, data.part.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "workloads/data/checksum.h"

namespace mantissa::data {

class ZipArchive {
 public:
  ZipArchive(Bytes bytes, std::string path);

  const std::vector<std::string>& names() const { return names_; }
  Bytes file(const std::string& name) const;

 private:
  struct Entry {
    unsigned method = 0, flags = 0;
    std::uint32_t crc = 0;
    std::size_t packed = 0, size = 0, header_at = 0;
  };

  std::size_t find_directory(std::size_t& entries) const;
  std::uint32_t word(std::size_t at, unsigned bytes) const;
  void need(std::size_t at, std::size_t bytes, const char* what) const;

  Bytes bytes_;
  std::string path_;
  std::vector<std::string> names_;
  std::map<std::string, Entry> entries_;
};

}  // namespace mantissa::data
