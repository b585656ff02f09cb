// SPDX-License-Identifier: Apache-2.0
// The two streams of the program and what may be done to them: results go to `out`, everything else
// to `err`. Colour only on a terminal and never with NO_COLOR (no-color.org) or TERM=dumb; progress
// only when stderr is a terminal.
#pragma once

#include <chrono>
#include <iosfwd>
#include <string>
#include <string_view>

#include "base/error.h"

namespace mantissa::cli {

enum class Colour { plain, bold, dim, red, green, yellow, blue };

class Console {
 public:
  // Colours and progress as given; `Console::standard()` asks the terminal.
  Console(std::ostream& out, std::ostream& err, bool colour_out, bool colour_err, bool progress);
  static Console standard();

  std::ostream& out() { return *out_; }
  std::ostream& err() { return *err_; }
  bool shows_progress() const { return progress_; }

  // `text` as it looks on stdout: with escape sequences only when they are welcome.
  std::string paint(Colour colour, std::string_view text) const;

  // One line on stderr each.
  void note(std::string_view text);
  void warning(std::string_view text);
  void error(const Error& error);
  void error(std::string_view text);

 private:
  void diagnose(Colour colour, std::string_view label, std::string_view text);

  std::ostream* out_;
  std::ostream* err_;
  bool colour_out_, colour_err_, progress_;
};

// One line on stderr that is rewritten in place, at most ten times a second, and wiped at the end:
//   resnet50 on tpu_v1  [#########-----------]  45 %  1.2 M cycles  ETA 3 s
class Progress {
 public:
  Progress(Console& console, std::string title);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(double fraction, std::string_view detail);

  // "3 s", "2 min 05 s", "1 h 10 min".
  static std::string duration(double seconds);

 private:
  using Time = std::chrono::steady_clock;

  Console& console_;
  std::string title_;
  Time::time_point start_ = Time::now();
  Time::time_point last_{};
  bool drawn_ = false;
};

}  // namespace mantissa::cli
