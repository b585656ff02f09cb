// SPDX-License-Identifier: Apache-2.0
#include "memory/dram/command_trace.h"

#include <cerrno>
#include <charconv>
#include <cstring>

#include "memory/dram/errors.h"

namespace mantissa::memory::dram {
namespace {

constexpr std::size_t written_at_once = 1 << 20;
constexpr std::size_t longest_command = 128;

bool has_bank(CommandKind k) {
  return is_column(k) || k == CommandKind::activate || k == CommandKind::precharge ||
         k == CommandKind::refresh_bank;
}

}  // namespace

class CommandTrace::Sink : public CommandSink {
 public:
  Sink(CommandTrace& trace, std::uint32_t channel) : trace_(trace), channel_(channel) {}
  void command(const Command& command) override { trace_.write(channel_, command); }

 private:
  CommandTrace& trace_;
  std::uint32_t channel_;
};

CommandTrace::CommandTrace(std::string path, const Organization& organization)
    : path_(std::move(path)),
      banks_per_group_(static_cast<std::uint32_t>(organization.banks)),
      buffer_(written_at_once) {
  errno = 0;
  file_ = std::fopen(path_.c_str(), "wb");
  if (file_ == nullptr) throw Error(command_file).at(path_).say(std::strerror(errno));
  for (std::uint32_t c = 0; c < static_cast<std::uint32_t>(organization.channels); ++c)
    sinks_.push_back(std::make_unique<Sink>(*this, c));
  constexpr char head[] = "# cycle channel rank bankgroup bank command row column\n";
  std::memcpy(buffer_.data(), head, sizeof head - 1);
  used_ = sizeof head - 1;
}

CommandTrace::~CommandTrace() {
  if (file_ != nullptr) std::fclose(file_);
}

void CommandTrace::write(std::uint32_t channel, const Command& command) {
  if (used_ + longest_command > buffer_.size()) flush();
  char* at = buffer_.data() + used_;
  const auto number = [&](std::uint64_t value) {
    at = std::to_chars(at, at + 24, value).ptr;
    *at++ = ' ';
  };
  const auto none = [&] {
    *at++ = '-';
    *at++ = ' ';
  };
  number(command.cycle);
  number(channel);
  number(command.rank);
  if (has_bank(command.kind)) {
    number(command.bank / banks_per_group_);
    number(command.bank % banks_per_group_);
  } else {
    none();
    none();
  }
  const char* const text = name(command.kind);
  const std::size_t length = std::strlen(text);
  std::memcpy(at, text, length);
  at += length;
  *at++ = ' ';
  if (command.kind == CommandKind::activate || is_column(command.kind))
    number(command.row);
  else
    none();
  if (is_column(command.kind))
    number(command.column);
  else
    none();
  at[-1] = '\n';
  used_ = static_cast<std::size_t>(at - buffer_.data());
}

void CommandTrace::flush() {
  errno = 0;
  if (std::fwrite(buffer_.data(), 1, used_, file_) != used_)
    throw Error(command_file).at(path_).say(std::strerror(errno));
  used_ = 0;
}

void CommandTrace::close() {
  flush();
  std::FILE* const file = file_;
  file_ = nullptr;
  errno = 0;
  if (std::fclose(file) != 0) throw Error(command_file).at(path_).say(std::strerror(errno));
}

}  // namespace mantissa::memory::dram
