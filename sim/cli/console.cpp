// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/console.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>

namespace mantissa::cli {
namespace {

const char* escape(Colour colour) {
  switch (colour) {
    case Colour::plain:
      return "";
    case Colour::bold:
      return "\x1b[1m";
    case Colour::dim:
      return "\x1b[2m";
    case Colour::red:
      return "\x1b[1;31m";
    case Colour::green:
      return "\x1b[32m";
    case Colour::yellow:
      return "\x1b[1;33m";
    case Colour::blue:
      return "\x1b[34m";
  }
  return "";
}

bool colour_welcome(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color && *no_color) return false;
  const char* term = std::getenv("TERM");
  if (!term || std::string_view(term) == "dumb") return false;
  return isatty(descriptor) != 0;
}

}  // namespace

Console::Console(std::ostream& out, std::ostream& err, bool colour_out, bool colour_err,
                 bool progress)
    : out_(&out),
      err_(&err),
      colour_out_(colour_out),
      colour_err_(colour_err),
      progress_(progress) {}

Console Console::standard() {
  return Console(std::cout, std::cerr, colour_welcome(STDOUT_FILENO), colour_welcome(STDERR_FILENO),
                 isatty(STDERR_FILENO) != 0);
}

std::string Console::paint(Colour colour, std::string_view text) const {
  if (!colour_out_ || colour == Colour::plain) return std::string(text);
  return fmt::format("{}{}\x1b[0m", escape(colour), text);
}

void Console::diagnose(Colour colour, std::string_view label, std::string_view text) {
  if (colour_err_)
    *err_ << escape(colour) << label << ":\x1b[0m " << text << '\n';
  else
    *err_ << label << ": " << text << '\n';
}

void Console::note(std::string_view text) { diagnose(Colour::blue, "note", text); }
void Console::warning(std::string_view text) { diagnose(Colour::yellow, "warning", text); }
void Console::error(std::string_view text) { diagnose(Colour::red, "error", text); }

void Console::error(const Error& error) {
  std::string line = error.message();
  // The message carries its own "error:"; only that word is coloured.
  const auto at = line.find("error: ");
  if (colour_err_ && at != std::string::npos)
    line = line.substr(0, at) + escape(Colour::red) + "error:\x1b[0m " + line.substr(at + 7);
  *err_ << line << '\n';
}

Progress::Progress(Console& console, std::string title)
    : console_(console), title_(std::move(title)) {}

Progress::~Progress() {
  if (drawn_) console_.err() << "\r\x1b[K" << std::flush;
}

void Progress::update(double fraction, std::string_view detail) {
  if (!console_.shows_progress()) return;
  const auto now = Time::now();
  if (drawn_ && now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  drawn_ = true;
  fraction = std::clamp(fraction, 0.0, 1.0);
  constexpr int width = 24;
  const int full = static_cast<int>(fraction * width);
  const double spent = std::chrono::duration<double>(now - start_).count();
  // Under one per cent the extrapolation is noise.
  const std::string left =
      fraction < 0.01 ? "" : "  ETA " + duration(spent * (1 - fraction) / fraction);
  console_.err() << fmt::format("\r\x1b[K{}  [{:#<{}}{:-<{}}] {:3.0f} %  {}{}", title_, "", full,
                                "", width - full, std::floor(fraction * 100), detail, left)
                 << std::flush;
}

std::string Progress::duration(double seconds) {
  const auto whole = static_cast<long long>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

}  // namespace mantissa::cli
