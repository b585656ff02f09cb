// SPDX-License-Identifier: Apache-2.0
// Writes commands as text, one a line, for rule checkers and for eyes:
//
//   # cycle channel rank bankgroup bank command row column
//   14 0 0 2 1 RD 4711 3
//
// Cycles are of the command clock, columns count bursts, `-` stands where a command has no bank,
// row or column. Lines of one channel are in the order of their cycles; channels come in chunks:
// `sort -n` brings them together.
//
//   CommandTrace trace("commands.txt", organization);
//   channel.set_sink(trace.sink(0));  ...  trace.close();
//
// Errors: command_file.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "memory/dram/command.h"
#include "memory/dram/organization.h"

namespace mantissa::memory::dram {

class CommandTrace {
 public:
  CommandTrace(std::string path, const Organization& organization);
  ~CommandTrace();
  CommandTrace(const CommandTrace&) = delete;
  CommandTrace& operator=(const CommandTrace&) = delete;

  CommandSink* sink(std::size_t channel) { return sinks_[channel].get(); }
  void close();  // writes what is left; errors of the disk are seen here at the latest

 private:
  class Sink;
  void write(std::uint32_t channel, const Command& command);
  void flush();

  std::string path_;
  std::FILE* file_ = nullptr;
  std::uint32_t banks_per_group_;
  std::vector<char> buffer_;
  std::size_t used_ = 0;
  std::vector<std::unique_ptr<CommandSink>> sinks_;
};

}  // namespace mantissa::memory::dram
