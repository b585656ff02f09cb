// SPDX-License-Identifier: Apache-2.0
#include "base/trace/safetensors.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/trace/message_stream.h"
#include "base/trace/safetensors_header.h"

namespace mantissa::trace {

// Offsets and elements are little-endian on disk and in memory.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

namespace {

constexpr std::uint64_t length_bytes = 8;

// Closes the file also when the constructor throws.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

}  // namespace

SafetensorsFile::SafetensorsFile(std::string path) : path_(std::move(path)) {
  file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  Descriptor guard(file_);
  if (file_ < 0 || ::fstat(file_, &status) != 0) {
    throw Error(file_unreadable).at(path_).say(std::strerror(errno));
  }
  if (!S_ISREG(status.st_mode)) throw Error(file_unreadable).at(path_).say("not a regular file");
  const auto size = static_cast<std::uint64_t>(status.st_size);

  const auto truncated_at = [&](std::uint64_t needed, const char* what) {
    return Error(safetensors_truncated)
        .at(offset_place(path_, size))
        .say("the file ends here")
        .expected(std::to_string(needed) + " bytes, to the end of " + what);
  };
  // Lengths are compared by subtraction: a hostile header length must not wrap a sum.
  if (size < length_bytes) throw truncated_at(length_bytes, "the header's length");
  std::uint64_t header_bytes = 0;
  read_at(&header_bytes, 0, length_bytes);
  if (header_bytes > safetensors_longest_header) {
    throw Error(safetensors_header)
        .at(offset_place(path_, 0))
        .read("a header of " + std::to_string(header_bytes) + " bytes")
        .expected("at most " + std::to_string(safetensors_longest_header));
  }
  if (size - length_bytes < header_bytes) {
    throw truncated_at(length_bytes + header_bytes, "the header");
  }
  data_begin_ = length_bytes + header_bytes;
  std::string json(header_bytes, '\0');
  read_at(json.data(), length_bytes, header_bytes);

  SafetensorsHeader header = parse_safetensors_header(path_, json, size - data_begin_);
  entries_ = std::move(header.entries);
  metadata_ = std::move(header.metadata);
  for (std::size_t i = 0; i < entries_.size(); ++i) index_.emplace(entries_[i].name, i);
  guard.release();
}

SafetensorsFile::~SafetensorsFile() { ::close(file_); }

const SafetensorsEntry& SafetensorsFile::entry(const std::string& name) const {
  const auto it = index_.find(name);
  if (it != index_.end()) return entries_[it->second];
  // Only now, since a model may hold thousands of tensors.
  std::vector<std::string> names;
  for (const auto& e : entries_) names.push_back(e.name);
  throw Error(safetensors_missing)
      .at(path_)
      .read(name)
      .expected("one of the file's " + std::to_string(names.size()) + " tensors")
      .nearest(nearest_name(name, names));
}

void SafetensorsFile::read_at(void* to, std::uint64_t offset, std::uint64_t size) const {
  auto* bytes = static_cast<char*>(to);
  // pread takes the offset along, so that threads share the file without a lock, and may return
  // less than it was asked for.
  while (size > 0) {
    const ssize_t got = ::pread(file_, bytes, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Error(file_unreadable).at(path_).say(std::strerror(errno));
    if (got == 0) {  // someone has cut the file since it was opened
      throw Error(safetensors_truncated)
          .at(offset_place(path_, offset))
          .say("the file ends here")
          .expected(std::to_string(size) + " more bytes");
    }
    bytes += got;
    offset += static_cast<std::uint64_t>(got);
    size -= static_cast<std::uint64_t>(got);
  }
}

void SafetensorsFile::read(const SafetensorsEntry& entry, void* to, std::uint64_t offset,
                           std::uint64_t size) const {
  MANTISSA_CHECK(offset <= entry.bytes() && size <= entry.bytes() - offset,
                 "read beyond tensor " + entry.name);
  read_at(to, data_begin_ + entry.begin + offset, size);
}

std::vector<std::byte> SafetensorsFile::bytes(const std::string& name) const {
  const SafetensorsEntry& e = entry(name);
  std::vector<std::byte> out(e.bytes());
  read(e, out.data(), 0, e.bytes());
  return out;
}

void SafetensorsFile::expect_width(const SafetensorsEntry& entry, std::size_t wanted) const {
  if (bits(entry.format) == wanted) return;
  throw Error(safetensors_entry)
      .at(Place{path_, 0, 0, "entry '" + entry.name + "'"})
      .read(name(entry.format))
      .expected("a format of " + std::to_string(wanted) + " bits");
}

}  // namespace mantissa::trace
