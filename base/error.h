// SPDX-License-Identifier: Apache-2.0
// What a user did wrong, as a value: a kind, a place, what was read, what was expected, the remedy.
//
// Models throw `Error` and never exit or print; only sim/ turns one into text and an exit code.
// `Error` is for the user's mistakes and for failed checks. A broken invariant of our own is an
// `InternalError` (exit code 70), raised with MANTISSA_CHECK.
//
//   inline const ErrorKind unknown_key{"config.unknown-key", ExitCode::bad_input,
//                                      "A key that no component declares."};
//   throw Error(unknown_key).at(place).read("coulmns").expected("a key of core.matrix")
//       .nearest("columns");
//
// prints  arch.yaml:3:5: error: read 'coulmns'; expected a key of core.matrix; did you mean
//         'columns'? [config.unknown-key]
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace mantissa {

enum class ExitCode : int {
  ok = 0,
  check_failed = 1,
  usage = 2,
  bad_input = 3,
  resource = 4,
  internal = 70,
};

// Where a thing was read. Lines and columns count from 1; 0 means unknown. `detail` holds what has
// no line: "byte offset 1234", "command line, --set core.matrix.rows=x".
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
  std::string detail;

  std::string text() const;
};

// One kind of message of the program. Kinds are `inline const` globals that register themselves, so
// that `mantissa explain` can teach each one and a test can demand a bad input for each.
class ErrorKind {
 public:
  ErrorKind(const char* id, ExitCode exit, const char* meaning);

  const char* id() const { return id_; }
  ExitCode exit() const { return exit_; }
  const char* meaning() const { return meaning_; }

  // Every registered kind, sorted by id.
  static std::vector<const ErrorKind*> all();

 private:
  const char* id_;
  ExitCode exit_;
  const char* meaning_;
};

class Error : public std::exception {
 public:
  explicit Error(const ErrorKind& kind) : kind_(&kind) {}

  Error& at(Place place);
  Error& at(std::string file, int line = 0, int column = 0);
  Error& read(std::string_view what);  // quoted in the message
  Error& expected(std::string_view what);
  Error& nearest(std::string_view name);     // empty: nothing is near
  Error& say(std::string_view sentence);     // a free sentence, before "read ..."
  Error& remedy(std::string_view sentence);  // what to do about it, at the end

  const ErrorKind& kind() const { return *kind_; }
  const Place& place() const { return place_; }
  ExitCode exit() const { return kind_->exit(); }
  std::string message() const;  // one line, without colour
  const char* what() const noexcept override;

 private:
  const ErrorKind* kind_;
  Place place_;
  std::string read_, expected_, nearest_, said_, remedy_;
  bool has_read_ = false;
  mutable std::string text_;
};

// The name nearest to `word` by edit distance, empty when none is near enough to be meant.
std::string nearest_name(std::string_view word, const std::vector<std::string>& names);

class InternalError : public std::exception {
 public:
  explicit InternalError(std::string text) : text_(std::move(text)) {}
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

[[noreturn]] void internal_error(const char* file, int line, const std::string& text);

}  // namespace mantissa

// Our bug, not the user's: always on.
#define MANTISSA_CHECK(condition, text)                                       \
  do {                                                                        \
    if (!(condition)) ::mantissa::internal_error(__FILE__, __LINE__, (text)); \
  } while (false)
