// SPDX-License-Identifier: Apache-2.0
#include "base/trace/message_stream.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace mantissa::trace {

namespace {

constexpr std::uint32_t longest_message = 256u << 20;
constexpr std::size_t chunk =
    1u << 20;  // a lying length must not reserve memory ahead of its bytes
constexpr unsigned buffer_bytes = 1u << 16;

gzFile as_file(void* file) { return static_cast<gzFile>(file); }

}  // namespace

Place offset_place(const std::string& path, std::uint64_t offset) {
  return Place{path, 0, 0, "byte offset " + std::to_string(offset)};
}

// ---- reading ---------------------------------------------------------------------------------

MessageReader::MessageReader(std::string path) : path_(std::move(path)) {
  errno = 0;
  file_ = gzopen(path_.c_str(), "rb");
  if (file_ == nullptr) throw Error(file_unreadable).at(path_).say(std::strerror(errno));
  gzbuffer(as_file(file_), buffer_bytes);
}

MessageReader::~MessageReader() { gzclose(as_file(file_)); }

std::size_t MessageReader::read(char* to, std::size_t n) {
  errno = 0;
  const int got = gzread(as_file(file_), to, static_cast<unsigned>(n));
  int code = Z_OK;
  const char* reason = gzerror(as_file(file_), &code);
  if (got > 0) position_ += static_cast<std::uint64_t>(got);
  if (code == Z_BUF_ERROR) {  // the compressed stream stops before its end mark
    throw Error(truncated)
        .at(offset_place(path_, position_))
        .say("the compressed file ends before its data do");
  }
  if (code == Z_ERRNO) throw Error(file_unreadable).at(path_).say(std::strerror(errno));
  if (got < 0) throw Error(bad_gzip).at(offset_place(path_, position_)).say(reason);
  return static_cast<std::size_t>(got);
}

void MessageReader::throw_truncated(std::uint64_t wanted) const {
  throw Error(truncated)
      .at(offset_place(path_, start_))
      .say("the file ends at byte " + std::to_string(position_) + ", within the message here")
      .expected(std::to_string(wanted) + " bytes");
}

// Seven bits per byte, least significant first; the high bit says that another follows.
bool MessageReader::read_length(std::uint32_t& length) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < 5; ++i) {
    char byte = 0;
    if (read(&byte, 1) == 0) {
      if (i == 0) return false;
      throw_truncated(i + 1);
    }
    const auto bits = static_cast<unsigned char>(byte);
    value |= static_cast<std::uint64_t>(bits & 0x7f) << (7 * i);
    if ((bits & 0x80) == 0) {
      if (value > UINT32_MAX) break;
      length = static_cast<std::uint32_t>(value);
      return true;
    }
  }
  throw Error(bad_varint)
      .at(offset_place(path_, start_))
      .expected("a message length of at most 5 bytes and 32 bits");
}

bool MessageReader::next(std::string& message) {
  start_ = position_;
  std::uint32_t length = 0;
  message.clear();
  if (!read_length(length)) return false;
  if (length > longest_message) {
    throw Error(bad_length)
        .at(offset_place(path_, start_))
        .read(std::to_string(length) + " bytes")
        .expected("a message of at most " + std::to_string(longest_message) + " bytes");
  }
  while (message.size() < length) {
    const std::size_t have = message.size(), n = std::min<std::size_t>(chunk, length - have);
    message.resize(have + n);
    if (read(&message[have], n) != n) throw_truncated(length);
  }
  return true;
}

// ---- writing ---------------------------------------------------------------------------------

MessageWriter::MessageWriter(std::string path) : path_(std::move(path)) {
  const bool compress = path_.size() >= 3 && path_.compare(path_.size() - 3, 3, ".gz") == 0;
  errno = 0;
  file_ = gzopen(path_.c_str(), compress ? "wb1" : "wbT");  // T: as it is, without compression
  if (file_ == nullptr) throw_unwritable(std::strerror(errno));
  gzbuffer(as_file(file_), buffer_bytes);
}

MessageWriter::~MessageWriter() {
  if (file_ != nullptr) gzclose(as_file(file_));
}

void MessageWriter::throw_unwritable(const std::string& reason) const {
  throw Error(file_unwritable).at(path_).say(reason);
}

void MessageWriter::put(const char* from, std::size_t n) {
  if (n == 0) return;
  errno = 0;
  if (gzwrite(as_file(file_), from, static_cast<unsigned>(n)) != static_cast<int>(n)) {
    throw_unwritable(errno != 0 ? std::strerror(errno) : "the bytes were not taken");
  }
}

void MessageWriter::write(std::string_view message) {
  if (message.size() > longest_message) {
    throw Error(bad_length)
        .at(path_)
        .read(std::to_string(message.size()) + " bytes")
        .expected("a message of at most " + std::to_string(longest_message) + " bytes");
  }
  char head[5];
  std::size_t n = 0;
  auto length = static_cast<std::uint32_t>(message.size());
  for (; length >= 0x80; length >>= 7) head[n++] = static_cast<char>(length | 0x80);
  head[n++] = static_cast<char>(length);
  put(head, n);
  put(message.data(), message.size());
}

void MessageWriter::close() {
  errno = 0;
  const int code = gzclose(as_file(std::exchange(file_, nullptr)));
  if (code != Z_OK) throw_unwritable(errno != 0 ? std::strerror(errno) : "closing failed");
}

}  // namespace mantissa::trace
