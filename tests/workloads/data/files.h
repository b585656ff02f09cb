// SPDX-License-Identifier: Apache-2.0
// Small files of every format that the tests of workloads/data write themselves, and what is said
// about damaged ones.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "workloads/data/checksum.h"

namespace mantissa::data::testing {

namespace fs = std::filesystem;

inline Bytes bytes_of(const std::string& text) { return Bytes(text.begin(), text.end()); }

class Scratch {
 public:
  Scratch() {
    std::string pattern = (fs::temp_directory_path() / "mantissa-data-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Scratch() { fs::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::string path() const { return path_.string(); }
  std::string at(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const Bytes& bytes) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(at(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
    return at(name);
  }
  std::string write(const std::string& name, const std::string& text) const {
    return write(name, bytes_of(text));
  }

 private:
  fs::path path_;
};

// What zlib makes of them; 31 for gzip, -15 for the bare stream of a zip.
inline Bytes deflated(const Bytes& bytes, int window = 31) {
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
  Bytes out(deflateBound(&z, bytes.size()) + 64);
  z.next_in = const_cast<Bytef*>(bytes.data());
  z.avail_in = uInt(bytes.size());
  z.next_out = out.data();
  z.avail_out = uInt(out.size());
  EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

inline void put(Bytes& to, const Bytes& more) { to.insert(to.end(), more.begin(), more.end()); }
inline void put_little(Bytes& to, std::uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) to.push_back(std::uint8_t(value >> (8 * i)));
}
inline void put_big(Bytes& to, std::uint64_t value, unsigned bytes) {
  for (unsigned i = bytes; i-- > 0;) to.push_back(std::uint8_t(value >> (8 * i)));
}

inline Bytes idx(std::uint8_t type, const std::vector<std::uint32_t>& shape,
                 const Bytes& elements) {
  Bytes out{0, 0, type, std::uint8_t(shape.size())};
  for (const auto extent : shape) put_big(out, extent, 4);
  put(out, elements);
  return out;
}

// `header` is the dictionary, without padding.
inline Bytes npy(const std::string& header, const Bytes& elements, int version = 1) {
  Bytes out = bytes_of("\x93NUMPY");
  out.push_back(std::uint8_t(version));
  out.push_back(0);
  std::string padded = header;
  while ((padded.size() + 1 + out.size() + (version == 1 ? 2 : 4)) % 64 != 0) padded += ' ';
  put_little(out, padded.size() + 1, version == 1 ? 2 : 4);
  put(out, bytes_of(padded + "\n"));
  put(out, elements);
  return out;
}
inline Bytes npy(const std::string& type, const std::string& shape, const Bytes& elements) {
  return npy("{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }",
             elements);
}

template <class T>
Bytes raw(const std::vector<T>& values) {
  Bytes out(values.size() * sizeof(T));
  std::memcpy(out.data(), values.data(), out.size());
  return out;
}

inline Bytes zip(const std::vector<std::pair<std::string, Bytes>>& files, bool deflate) {
  Bytes out, directory;
  for (const auto& file : files) {
    const std::string& name = file.first;
    const Bytes& bytes = file.second;
    const Bytes packed = deflate ? deflated(bytes, -15) : bytes;
    const auto crc = crc32(0, bytes.data(), uInt(bytes.size()));
    const auto common = [&](Bytes& to) {  // flags, method, time, date, crc, sizes, name length
      put_little(to, 0, 2);
      put_little(to, deflate ? 8 : 0, 2);
      put_little(to, 0, 4);
      put_little(to, crc, 4);
      put_little(to, packed.size(), 4);
      put_little(to, bytes.size(), 4);
      put_little(to, name.size(), 2);
      put_little(to, 0, 2);
    };
    put_little(directory, 0x02014B50, 4);
    put_little(directory, 20, 2);
    put_little(directory, 20, 2);
    common(directory);
    put_little(directory, 0, 8);
    put_little(directory, 0, 2);
    put_little(directory, out.size(), 4);
    put(directory, bytes_of(name));
    put_little(out, 0x04034B50, 4);
    put_little(out, 20, 2);
    common(out);
    put(out, bytes_of(name));
    put(out, packed);
  }
  const std::size_t directory_at = out.size();
  put(out, directory);
  put_little(out, 0x06054B50, 4);
  put_little(out, 0, 4);
  put_little(out, files.size(), 2);
  put_little(out, files.size(), 2);
  put_little(out, directory.size(), 4);
  put_little(out, directory_at, 4);
  put_little(out, 0, 2);
  return out;
}

inline Bytes tar(const std::vector<std::pair<std::string, Bytes>>& files) {
  Bytes out;
  for (const auto& [name, bytes] : files) {
    Bytes header(512);
    std::copy(name.begin(), name.end(), header.begin());
    const auto octal = [&](std::size_t at, int digits, std::uint64_t value) {
      char text[16];
      std::snprintf(text, sizeof text, "%0*llo", digits, static_cast<unsigned long long>(value));
      std::copy(text, text + digits, header.begin() + std::ptrdiff_t(at));
    };
    octal(124, 11, bytes.size());
    header[156] = '0';
    std::fill(header.begin() + 148, header.begin() + 156, ' ');
    std::uint64_t sum = 0;
    for (const auto byte : header) sum += byte;
    octal(148, 6, sum);
    header[154] = 0;
    put(out, header);
    put(out, bytes);
    out.resize((out.size() + 511) / 512 * 512);
  }
  out.resize(out.size() + 1024);
  return out;
}

// The message of the Error that `action` throws; a failure if it throws none.
template <class Action>
std::string refusal(const ErrorKind& kind, Action action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_STREQ(error.kind().id(), kind.id()) << error.message();
    return error.message();
  }
  ADD_FAILURE() << "nothing was refused with " << kind.id();
  return {};
}

}  // namespace mantissa::data::testing
