// SPDX-License-Identifier: Apache-2.0
// Reads the memory traces of other simulators, one request a line:
//
//   0x63fb40 READ 10     DRAMsim3: address in hex, with or without 0x; READ or WRITE, also in lower
//                        case; the cycle of the memory's command clock in which it comes, decimal
//   LD 0x63fb40          Ramulator: LD or ST; address in decimal, or in hex with 0x; no cycle:
//   every
//                        request comes in cycle 0, that is, as soon as it is taken
//
// The first request says which of the two a file is. Blank lines and what follows a `#` count for
// nothing. Cycles never decrease. Files may be packed with gzip. A buffer's worth is in memory.
//
// Errors: those of errors.h, with file, line and column.
//
//   TraceReader trace("gemm.trc");
//   for (TraceRequest request; trace.next(request);) ...
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "memory/dram/command.h"

namespace mantissa::memory::dram {

struct TraceRequest {
  std::uint64_t address = 0;
  Cycle cycle = 0;
  bool write = false;
};

enum class TraceFormat { unknown, dramsim3, ramulator };
const char* name(TraceFormat format);

class TraceReader {
 public:
  static constexpr Cycle latest_cycle = (1ull << 48) - 1;  // three days at 1 GHz

  explicit TraceReader(std::string path);  // reads on to the first request
  ~TraceReader();
  TraceReader(const TraceReader&) = delete;
  TraceReader& operator=(const TraceReader&) = delete;

  bool next(TraceRequest& request);  // false: the end

  TraceFormat format() const { return format_; }
  const std::string& path() const { return path_; }
  double progress() const;  // share of the file that is read, 0 to 1; 0 where it has no size

 private:
  bool find_line();  // [at_, line_end_) is the next line that says something
  void refill();
  void parse(TraceRequest& request);
  void parse_dramsim3(TraceRequest& request);
  void parse_ramulator(TraceRequest& request);
  void skip_blanks();
  void end_of_line(const char* expected);
  std::string word() const;  // at at_, for messages
  Error fault(const ErrorKind& kind, const char* at) const;
  Error unexpected(const ErrorKind& kind) const;  // the word at at_

  std::string path_;
  void* file_ = nullptr;  // zlib's gzFile
  std::uint64_t bytes_ = 0;
  std::vector<char> buffer_;
  const char *at_ = nullptr, *end_ = nullptr;  // what is left of the buffer
  const char *line_begin_ = nullptr, *line_end_ = nullptr;
  std::uint64_t line_ = 0;
  bool at_end_of_file_ = false;
  Cycle last_cycle_ = 0;
  TraceFormat format_ = TraceFormat::unknown;
  bool have_first_ = false;
  TraceRequest first_;
};

}  // namespace mantissa::memory::dram
