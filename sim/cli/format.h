// SPDX-License-Identifier: Apache-2.0
// Numbers as people read them: grouped digits, a prefix that fits, a unit always.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mantissa::cli {

std::string grouped(std::uint64_t value);               // "1,234,567"
std::string si(double value, const std::string& unit);  // "34.0 GB/s", "1.23 ms"
std::string binary_bytes(std::uint64_t bytes);          // "24 MiB", "1.5 KiB"
std::string percent(double fraction);                   // "12.3 %"
std::string ratio(double before, double after);         // "x 1.25", "new", "="

// Columns aligned by their widest cell; numbers right, words left. Rows may be shorter than the
// head.
class Table {
 public:
  enum class Align { left, right };
  Table(std::vector<std::string> head, std::vector<Align> align);
  void row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  // Lines with `indent` spaces in front and a rule below the head (none for an empty head).
  std::string text(int indent = 2) const;

 private:
  std::vector<std::string> head_;
  std::vector<Align> align_;
  std::vector<std::vector<std::string>> rows_;
};

// Breaks at spaces into lines of at most `width` characters, not counting the `indent` spaces that
// all but the first begin with.
std::string wrap(const std::string& text, std::size_t width, std::size_t indent);

}  // namespace mantissa::cli
