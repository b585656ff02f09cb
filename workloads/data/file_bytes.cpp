// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/file_bytes.h"

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "workloads/data/errors.h"

namespace mantissa::data {
namespace {

[[noreturn]] void refuse_size(const std::string& path) {
  throw Error(unreadable).at(path).say("larger than 8 GiB: a data set is held in memory");
}

// Frees zlib's state also when a member turns out to be damaged.
struct Inflation {
  z_stream state{};
  Inflation() {
    constexpr int gzip_only = 15 + 16;
    MANTISSA_CHECK(inflateInit2(&state, gzip_only) == Z_OK, "zlib does not start");
  }
  ~Inflation() { inflateEnd(&state); }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;
};

// Appends one member that begins at `from`; returns where it ends.
std::size_t inflate_member(const Bytes& bytes, std::size_t from, const std::string& path,
                           Bytes& out) {
  constexpr std::size_t chunk = std::size_t{1} << 20;
  Inflation inflation;
  z_stream& z = inflation.state;
  std::size_t taken = from;
  for (int code = Z_OK; code != Z_STREAM_END;) {
    const std::size_t have = out.size();
    if (have > largest_file) refuse_size(path);
    out.resize(have + chunk);
    z.next_in = const_cast<Bytef*>(bytes.data() + taken);  // zlib's C interface
    z.avail_in = static_cast<uInt>(std::min(bytes.size() - taken, chunk));
    z.next_out = out.data() + have;
    z.avail_out = static_cast<uInt>(chunk);
    const uInt offered = z.avail_in;
    code = inflate(&z, Z_NO_FLUSH);
    taken += offered - z.avail_in;
    out.resize(have + chunk - z.avail_out);
    if (code == Z_BUF_ERROR || (code == Z_OK && taken == bytes.size() && z.avail_out > 0)) {
      throw Error(damaged_archive)
          .at(at_byte(path, out.size()))
          .say("the compressed file ends before its data do");
    }
    if (code != Z_OK && code != Z_STREAM_END) {
      throw Error(damaged_archive)
          .at(at_byte(path, out.size()))
          .say(std::string("the compressed file is damaged: ") + (z.msg ? z.msg : "no reason"));
    }
  }
  return taken;
}

}  // namespace

Place at_byte(const std::string& path, std::uint64_t offset) {
  return Place{path, 0, 0, "byte offset " + std::to_string(offset)};
}

Bytes read_bytes(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    throw Error(unreadable).at(path).say(std::strerror(errno));
  if (!S_ISREG(status.st_mode)) throw Error(unreadable).at(path).say("not a regular file");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > largest_file) refuse_size(path);
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  Bytes bytes(size);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (!in) throw Error(unreadable).at(path).say(errno ? std::strerror(errno) : "reading failed");
  return bytes;
}

bool is_gzip(const Bytes& bytes) {
  return bytes.size() >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B;
}

Bytes uncompressed(Bytes bytes, const std::string& path) {
  if (!is_gzip(bytes)) return bytes;
  Bytes out;
  for (std::size_t at = 0; at < bytes.size();) {
    if (at > 0 && std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end(),
                              [](std::uint8_t byte) { return byte == 0; })) {
      break;  // tapes and some tools pad with zeros
    }
    at = inflate_member(bytes, at, path, out);
  }
  return out;
}

}  // namespace mantissa::data
