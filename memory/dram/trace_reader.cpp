// SPDX-License-Identifier: Apache-2.0
#include "memory/dram/trace_reader.h"

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

#include "memory/dram/errors.h"

namespace mantissa::memory::dram {
namespace {

constexpr std::size_t buffer_bytes = 1 << 20;
constexpr std::size_t longest_line = 1 << 12;
constexpr const char* dramsim3_line = "'hex-address READ|WRITE cycle'";
constexpr const char* ramulator_line = "'LD|ST address'";

gzFile as_file(void* file) { return static_cast<gzFile>(file); }

// The value of each character as a hex digit; 0xFF for the others.
constexpr std::array<std::uint8_t, 256> make_digits() {
  std::array<std::uint8_t, 256> digits{};
  for (auto& digit : digits) digit = 0xFF;
  for (std::uint8_t i = 0; i < 10; ++i) digits['0' + i] = i;
  for (std::uint8_t i = 0; i < 6; ++i) digits['a' + i] = digits['A' + i] = 10 + i;
  return digits;
}
constexpr std::array<std::uint8_t, 256> digits = make_digits();
std::uint8_t digit(char c) { return digits[static_cast<unsigned char>(c)]; }

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool prefixed(const char* at, const char* end) {
  return end - at > 2 && at[0] == '0' && (at[1] | 0x20) == 'x';
}

// Advances `at` over the digits of a number that fits 64 bits; false where there is none.
bool hex(const char*& at, const char* end, std::uint64_t& value) {
  if (prefixed(at, end)) at += 2;
  const char* const from = at;
  value = 0;
  for (; at < end && digit(*at) < 16; ++at) {
    if (value >> 60 != 0) return false;
    value = value << 4 | digit(*at);
  }
  return at > from;
}

bool decimal(const char*& at, const char* end, std::uint64_t& value) {
  const char* const from = at;
  value = 0;
  for (; at < end && digit(*at) < 10; ++at) {
    const std::uint64_t d = digit(*at);
    if (value > (~0ull - d) / 10) return false;
    value = value * 10 + d;
  }
  return at > from;
}

// A whole word, in upper or in lower case.
bool take(const char*& at, const char* end, const char* upper, std::ptrdiff_t length) {
  if (end - at < length || (end - at > length && !blank(at[length]))) return false;
  const char lower = at[0] & 0x20;
  for (std::ptrdiff_t i = 0; i < length; ++i)
    if (at[i] != (upper[i] | lower)) return false;
  at += length;
  return true;
}

}  // namespace

const char* name(TraceFormat format) {
  switch (format) {
    case TraceFormat::dramsim3:
      return "DRAMsim3";
    case TraceFormat::ramulator:
      return "Ramulator";
    case TraceFormat::unknown:
      break;
  }
  return "unknown";
}

TraceReader::TraceReader(std::string path) : path_(std::move(path)), buffer_(buffer_bytes + 1) {
  struct stat status {};
  if (stat(path_.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) throw Error(trace_file).at(path_).say("this is a folder");
    bytes_ = static_cast<std::uint64_t>(status.st_size);
  }
  errno = 0;
  file_ = gzopen(path_.c_str(), "rb");
  if (file_ == nullptr) throw Error(trace_file).at(path_).say(std::strerror(errno));
  gzbuffer(as_file(file_), 1 << 17);
  at_ = end_ = buffer_.data();
  try {
    if (!find_line())
      throw Error(trace_empty)
          .at(path_)
          .say("there is no request in it")
          .expected(std::string("lines ") + dramsim3_line + " or " + ramulator_line);
    parse(first_);
    have_first_ = true;
  } catch (...) {
    gzclose(as_file(file_));
    throw;
  }
}

TraceReader::~TraceReader() { gzclose(as_file(file_)); }

double TraceReader::progress() const {
  if (bytes_ == 0) return 0;
  // gzoffset counts what is read ahead: up to a buffer too much.
  const double read = static_cast<double>(gzoffset(as_file(file_)));
  return std::min(1.0, read / static_cast<double>(bytes_));
}

bool TraceReader::next(TraceRequest& request) {
  if (have_first_) {
    have_first_ = false;
    request = first_;
    return true;
  }
  if (!find_line()) return false;
  parse(request);
  return true;
}

// Keeps what is left and fills the rest of the buffer.
void TraceReader::refill() {
  const std::size_t left = static_cast<std::size_t>(end_ - at_);
  std::memmove(buffer_.data(), at_, left);
  std::size_t have = left;
  while (have < buffer_bytes && !at_end_of_file_) {
    errno = 0;
    const int got =
        gzread(as_file(file_), buffer_.data() + have, static_cast<unsigned>(buffer_bytes - have));
    int code = Z_OK;
    const char* const reason = gzerror(as_file(file_), &code);
    if (code == Z_BUF_ERROR)
      throw Error(trace_file).at(path_).say("the compressed file ends before its data do");
    if (code == Z_ERRNO) throw Error(trace_file).at(path_).say(std::strerror(errno));
    if (got < 0) throw Error(trace_file).at(path_).say(reason);
    at_end_of_file_ = got == 0;
    have += static_cast<std::size_t>(got);
  }
  at_ = buffer_.data();
  end_ = at_ + have;
}

bool TraceReader::find_line() {
  for (;;) {
    if (end_ - at_ < static_cast<std::ptrdiff_t>(longest_line) && !at_end_of_file_) refill();
    if (at_ == end_) return false;
    const auto* newline =
        static_cast<const char*>(std::memchr(at_, '\n', static_cast<std::size_t>(end_ - at_)));
    ++line_;
    line_begin_ = at_;
    line_end_ = newline == nullptr ? end_ : newline;
    if (line_end_ - line_begin_ >= static_cast<std::ptrdiff_t>(longest_line))
      throw fault(trace_line, at_)
          .say("a line of more than " + std::to_string(longest_line - 1) + " characters");
    skip_blanks();
    if (at_ < line_end_ && *at_ != '#') return true;
    at_ = newline == nullptr ? end_ : newline + 1;
  }
}

void TraceReader::skip_blanks() {
  while (at_ < line_end_ && blank(*at_)) ++at_;
}

std::string TraceReader::word() const {
  constexpr std::ptrdiff_t shown = 40;
  const char* end = at_;
  while (end < line_end_ && !blank(*end) && *end != '#' && end - at_ < shown) ++end;
  std::string text;
  for (const char* c = at_; c < end; ++c)
    text +=
        static_cast<unsigned char>(*c) < 0x20 || static_cast<unsigned char>(*c) > 0x7E ? '?' : *c;
  return text;
}

Error TraceReader::fault(const ErrorKind& kind, const char* at) const {
  return Error(kind).at(path_, static_cast<int>(std::min<std::uint64_t>(line_, INT_MAX)),
                        static_cast<int>(at - line_begin_) + 1);
}

Error TraceReader::unexpected(const ErrorKind& kind) const {
  const std::string found = word();
  return found.empty() ? fault(kind, at_).say("the line ends too early")
                       : fault(kind, at_).read(found);
}

void TraceReader::end_of_line(const char* expected) {
  skip_blanks();
  if (at_ < line_end_ && *at_ != '#') throw unexpected(trace_line).expected(expected);
  at_ = line_end_ < end_ ? line_end_ + 1 : end_;
}

void TraceReader::parse(TraceRequest& request) {
  // L and S are no hex digits, so the first letter tells the formats apart.
  const char first = static_cast<char>(*at_ | 0x20);
  const bool ramulator = first == 'l' || first == 's';
  if (format_ == TraceFormat::unknown) {
    if (!ramulator && digit(*at_) >= 16)
      throw unexpected(trace_line).expected(std::string(dramsim3_line) + " or " + ramulator_line);
    format_ = ramulator ? TraceFormat::ramulator : TraceFormat::dramsim3;
  }
  if (format_ == TraceFormat::dramsim3)
    parse_dramsim3(request);
  else
    parse_ramulator(request);
}

void TraceReader::parse_dramsim3(TraceRequest& request) {
  const char* const begin = at_;
  if (!hex(at_, line_end_, request.address) || (at_ < line_end_ && !blank(*at_))) {
    at_ = begin;
    if ((*at_ | 0x20) == 'l' || (*at_ | 0x20) == 's')
      throw unexpected(trace_mixed)
          .expected(std::string(dramsim3_line) + ", as in the lines before");
    throw unexpected(trace_line).expected("an address in hex, of at most 64 bits");
  }
  skip_blanks();
  request.write = false;
  if (!take(at_, line_end_, "READ", 4)) {
    if (!take(at_, line_end_, "WRITE", 5))
      throw unexpected(trace_line)
          .expected("READ or WRITE")
          .nearest(nearest_name(word(), {"READ", "WRITE"}));
    request.write = true;
  }
  skip_blanks();
  const char* const number = at_;
  if (!decimal(at_, line_end_, request.cycle) || request.cycle > latest_cycle ||
      (at_ < line_end_ && !blank(*at_) && *at_ != '#')) {
    at_ = number;
    throw unexpected(trace_line).expected("a cycle from 0 to " + std::to_string(latest_cycle));
  }
  if (request.cycle < last_cycle_)
    throw fault(trace_order, number)
        .read(std::to_string(request.cycle))
        .expected("at least " + std::to_string(last_cycle_) + ", the cycle of the request before");
  last_cycle_ = request.cycle;
  end_of_line("nothing after the cycle");
}

void TraceReader::parse_ramulator(TraceRequest& request) {
  request.write = false;
  if (!take(at_, line_end_, "LD", 2)) {
    if (!take(at_, line_end_, "ST", 2)) {
      const bool other = digit(*at_) < 16;
      throw unexpected(other ? trace_mixed : trace_line)
          .expected(other ? std::string(ramulator_line) + ", as in the lines before" : "LD or ST");
    }
    request.write = true;
  }
  skip_blanks();
  const char* const number = at_;
  const bool sound = prefixed(at_, line_end_) ? hex(at_, line_end_, request.address)
                                              : decimal(at_, line_end_, request.address);
  if (!sound || (at_ < line_end_ && !blank(*at_) && *at_ != '#')) {
    at_ = number;
    throw unexpected(trace_line)
        .expected("an address of at most 64 bits, in decimal, or in hex with 0x");
  }
  request.cycle = 0;
  end_of_line("nothing after the address");
}

}  // namespace mantissa::memory::dram
