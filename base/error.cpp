// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace mantissa {
namespace {

std::vector<const ErrorKind*>& registry() {
  static std::vector<const ErrorKind*> kinds;
  return kinds;
}

// Optimal string alignment distance: insert, delete, substitute, swap of neighbours, 1 each.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      next[j] = std::min({row[j] + 1, next[j - 1] + 1, substitute});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        next[j] = std::min(next[j], before[j - 2] + 1);
    }
    before.swap(row);
    row.swap(next);
  }
  return row[b.size()];
}

}  // namespace

std::string Place::text() const {
  std::string out = file;
  if (line > 0) out += ":" + std::to_string(line);
  if (line > 0 && column > 0) out += ":" + std::to_string(column);
  if (!detail.empty()) out += (out.empty() ? "" : ": ") + detail;
  return out;
}

ErrorKind::ErrorKind(const char* id, ExitCode exit, const char* meaning)
    : id_(id), exit_(exit), meaning_(meaning) {
  registry().push_back(this);
}

std::vector<const ErrorKind*> ErrorKind::all() {
  auto kinds = registry();
  std::sort(kinds.begin(), kinds.end(), [](const ErrorKind* a, const ErrorKind* b) {
    return std::strcmp(a->id(), b->id()) < 0;
  });
  return kinds;
}

Error& Error::at(Place place) {
  place_ = std::move(place);
  return *this;
}
Error& Error::at(std::string file, int line, int column) {
  return at(Place{std::move(file), line, column, {}});
}
Error& Error::read(std::string_view what) {
  read_ = what;
  has_read_ = true;
  return *this;
}
Error& Error::expected(std::string_view what) {
  expected_ = what;
  return *this;
}
Error& Error::nearest(std::string_view name) {
  nearest_ = name;
  return *this;
}
Error& Error::say(std::string_view sentence) {
  said_ = sentence;
  return *this;
}
Error& Error::remedy(std::string_view sentence) {
  remedy_ = sentence;
  return *this;
}

std::string Error::message() const {
  std::vector<std::string> parts;
  if (!said_.empty()) parts.push_back(said_);
  if (has_read_) parts.push_back("read '" + read_ + "'");
  if (!expected_.empty()) parts.push_back("expected " + expected_);
  if (!nearest_.empty()) parts.push_back("did you mean '" + nearest_ + "'?");
  if (!remedy_.empty()) parts.push_back(remedy_);
  if (parts.empty()) parts.push_back(kind_->meaning());
  std::string out = place_.text();
  out += out.empty() ? "error: " : ": error: ";
  for (std::size_t i = 0; i < parts.size(); ++i) out += (i ? "; " : "") + parts[i];
  return out + " [" + kind_->id() + "]";
}

const char* Error::what() const noexcept {
  text_ = message();
  return text_.c_str();
}

std::string nearest_name(std::string_view word, const std::vector<std::string>& names) {
  const std::size_t limit = std::max<std::size_t>(1, word.size() / 3);
  std::string best;
  std::size_t best_distance = limit + 1;
  for (const auto& name : names) {
    const std::size_t distance = edit_distance(word, name);
    if (distance < best_distance) {
      best_distance = distance;
      best = name;
    }
  }
  return best;
}

void internal_error(const char* file, int line, const std::string& text) {
  throw InternalError(std::string(file) + ":" + std::to_string(line) + ": " + text);
}

}  // namespace mantissa
