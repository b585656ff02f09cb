// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/zip.h"

#include <zlib.h>

#include <utility>

#include "workloads/data/errors.h"
#include "workloads/data/file_bytes.h"

namespace mantissa::data {
namespace {

constexpr std::uint32_t end_mark = 0x06054B50, directory_mark = 0x02014B50, file_mark = 0x04034B50;
constexpr std::size_t end_bytes = 22, directory_bytes = 46, file_bytes = 30;
constexpr std::size_t longest_comment = 0xFFFF;
constexpr unsigned stored = 0, deflated = 8;
constexpr unsigned encrypted = 1;  // bit of the flags

bool inflate_raw(const std::uint8_t* from, std::size_t packed, Bytes& to) {
  z_stream z{};
  MANTISSA_CHECK(inflateInit2(&z, -15) == Z_OK, "zlib does not start");
  z.next_in = const_cast<Bytef*>(from);  // zlib's C interface
  z.avail_in = static_cast<uInt>(packed);
  Bytef nothing = 0;  // zlib wants a place even for no bytes
  z.next_out = to.empty() ? &nothing : to.data();
  z.avail_out = static_cast<uInt>(to.size());
  const int code = inflate(&z, Z_FINISH);
  inflateEnd(&z);
  return code == Z_STREAM_END && z.avail_out == 0 && z.avail_in == 0;
}

}  // namespace

void ZipArchive::need(std::size_t at, std::size_t bytes, const char* what) const {
  if (at <= bytes_.size() && bytes <= bytes_.size() - at) return;
  throw Error(damaged_archive)
      .at(at_byte(path_, at))
      .say(std::string("the archive ends within ") + what);
}

// Little-endian.
std::uint32_t ZipArchive::word(std::size_t at, unsigned bytes) const {
  std::uint32_t out = 0;
  for (unsigned i = bytes; i-- > 0;) out = out << 8 | bytes_[at + i];
  return out;
}

// The archive ends with a record that says where the directory lies; a comment may follow it.
std::size_t ZipArchive::find_directory(std::size_t& entries) const {
  for (std::size_t back = end_bytes; back <= bytes_.size() && back <= end_bytes + longest_comment;
       ++back) {
    const std::size_t at = bytes_.size() - back;
    if (word(at, 4) != end_mark) continue;
    entries = word(at + 10, 2);
    const std::size_t directory = word(at + 16, 4);
    if (entries == 0xFFFF || directory == 0xFFFFFFFF)
      throw Error(damaged_archive).at(path_).say("a zip64 archive of 4 GiB or more is not taken");
    return directory;
  }
  throw Error(damaged_archive)
      .at(at_byte(path_, bytes_.size()))
      .say("no zip archive, or one that is cut off: the record at its end is missing");
}

ZipArchive::ZipArchive(Bytes bytes, std::string path)
    : bytes_(std::move(bytes)), path_(std::move(path)) {
  std::size_t entries = 0;
  std::size_t at = find_directory(entries);
  for (std::size_t i = 0; i < entries; ++i) {
    need(at, directory_bytes, "its directory");
    if (word(at, 4) != directory_mark) {
      throw Error(damaged_archive)
          .at(at_byte(path_, at))
          .say("the directory of the archive is damaged");
    }
    Entry entry;
    entry.flags = word(at + 8, 2);
    entry.method = word(at + 10, 2);
    entry.crc = word(at + 16, 4);
    entry.packed = word(at + 20, 4);
    entry.size = word(at + 24, 4);
    entry.header_at = word(at + 42, 4);
    const std::size_t name_bytes = word(at + 28, 2);
    const std::size_t behind_name = word(at + 30, 2) + word(at + 32, 2);
    need(at + directory_bytes, name_bytes, "a name of its directory");
    const auto name_at = bytes_.begin() + static_cast<std::ptrdiff_t>(at + directory_bytes);
    const std::string name(name_at, name_at + static_cast<std::ptrdiff_t>(name_bytes));
    if (!entries_.emplace(name, entry).second) {
      throw Error(damaged_archive)
          .at(at_byte(path_, at))
          .say("a name that stands twice")
          .read(name);
    }
    names_.push_back(name);
    at += directory_bytes + name_bytes + behind_name;
  }
}

Bytes ZipArchive::file(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    std::string all;
    for (const auto& n : names_) all += (all.empty() ? "" : ", ") + n;
    throw Error(no_such_part)
        .at(path_)
        .read(name)
        .expected("one of " + all)
        .nearest(nearest_name(name, names_));
  }
  const Entry& entry = found->second;
  const auto damaged = [&](const std::string& why) {
    return Error(damaged_archive).at(Place{path_, 0, 0, "'" + name + "'"}).say(why);
  };
  if (entry.flags & encrypted) throw damaged("encrypted");
  if (entry.method != stored && entry.method != deflated)
    throw damaged("packed by method " + std::to_string(entry.method) +
                  "; stored and deflated files are taken");
  if (entry.size == 0xFFFFFFFF || entry.packed == 0xFFFFFFFF)
    throw damaged("4 GiB or more are not taken");

  need(entry.header_at, file_bytes, "the header of a file");
  if (word(entry.header_at, 4) != file_mark) throw damaged("its header is damaged");
  const std::size_t at =
      entry.header_at + file_bytes + word(entry.header_at + 26, 2) + word(entry.header_at + 28, 2);
  need(at, entry.packed, "a file");
  // No deflated byte makes more than 1032: a lying size must not take the memory.
  if (entry.size > 1032 * entry.packed + 1032) throw damaged("its size is impossible");
  Bytes out(entry.size);
  const std::uint8_t* from = bytes_.data() + at;
  if (entry.method == stored) {
    if (entry.packed != entry.size) throw damaged("a stored file of two sizes");
    std::copy(from, from + entry.size, out.begin());
  } else if (!inflate_raw(from, entry.packed, out)) {
    throw damaged("its compressed bytes are damaged");
  }
  const auto crc = static_cast<std::uint32_t>(crc32_z(0, out.data(), out.size()));
  if (crc != entry.crc) throw damaged("its CRC-32 is wrong");
  return out;
}

}  // namespace mantissa::data
