// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/data_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/cli/format.h"

namespace mantissa::cli {
namespace {

using data::SetState;
using data::SetStatus;

Colour colour(SetState state) {
  switch (state) {
    case SetState::damaged:
      return Colour::red;
    case SetState::missing:
      return Colour::dim;
    default:
      return Colour::green;
  }
}

std::string shape_text(const data::Shape& shape) {
  return shape.empty() ? "not yet read" : fmt::format("{}", fmt::join(shape, " x "));
}

std::string samples_text(const SetStatus& set) {
  if (set.train + set.test == 0) return "not yet read";
  const std::string all = grouped(static_cast<std::uint64_t>(set.train + set.test));
  if (set.test == 0) return all;
  return fmt::format("{}, of which {} for testing", all,
                     grouped(static_cast<std::uint64_t>(set.test)));
}

std::string checksum_text(const SetStatus& set, const data::FileStatus& file) {
  if (!file.published.known()) return "no checksum published";
  const bool read = set.state == SetState::verified;
  return fmt::format("{} {}{}", data::name(file.published.kind), file.published.digits,
                     read ? ", agrees" : "");
}

// How far the files of a set can be checked.
std::string checks_text(const SetStatus& set) {
  if (set.state == SetState::generated) return "";
  const auto known = std::count_if(set.files.begin(), set.files.end(),
                                   [](const auto& file) { return file.published.known(); });
  if (known == 0) return "none known";
  return fmt::format("{} x {}", known, data::name(set.files.front().published.kind));
}

std::string where_text(const SetStatus& set) {
  if (set.state == SetState::generated || set.state == SetState::missing) return "";
  std::uint64_t bytes = 0;
  for (const auto& file : set.files) bytes += file.bytes.value_or(0);
  const std::string& first = set.files.front().path;
  const std::string place =
      set.files.size() == 1 ? first : first.substr(0, first.find_last_of('/') + 1);
  return fmt::format("{}, {}", binary_bytes(bytes), place);
}

// Addresses of what is missing.
std::string shopping_list(const std::vector<SetStatus>& sets) {
  Table table({}, {Table::Align::left, Table::Align::left});
  for (const auto& set : sets)
    if (set.state == SetState::missing) table.row({set.name, set.address});
  return table.empty() ? ""
                       : "\nWhat is missing is had from (nothing is downloaded):\n" + table.text();
}

}  // namespace

std::string datasets_text(const std::vector<SetStatus>& sets, const data::SearchPath& search,
                          const Console& console) {
  using Align = Table::Align;
  Table table({"Data set", "State", "Samples", "Shape", "Checksums", "Files"},
              {Align::left, Align::left, Align::right, Align::left, Align::left, Align::left});
  for (const auto& set : sets) {
    table.row({set.name, console.paint(colour(set.state), data::name(set.state)),
               grouped(static_cast<std::uint64_t>(set.train + set.test)), shape_text(set.shape),
               checks_text(set), where_text(set)});
  }
  std::string folders;
  for (const auto& folder : search.folders) folders += (folders.empty() ? "" : ", ") + folder;
  return table.text(0) + shopping_list(sets) +
         fmt::format(
             "\nSearched: {}. MANTISSA_DATA=FOLDER[:FOLDER...] names others.\n"
             "'mantissa data NAME' says more about one; --verify reads them.\n",
             folders.empty() ? "nothing" : folders);
}

std::string dataset_text(const SetStatus& set, const Console& console) {
  std::string out = fmt::format("{}   {}\n", console.paint(Colour::bold, set.name), set.summary);
  const auto line = [&](const char* what, const std::string& value) {
    if (!value.empty()) out += fmt::format("  {:<12} {}\n", what, value);
  };
  line("state", console.paint(colour(set.state), data::name(set.state)));
  line("samples", samples_text(set));
  line("shape", shape_text(set.shape));
  if (!set.classes.empty()) {
    // A hundred numerals tell nothing.
    const bool few = set.classes.size() <= 20;
    line("classes", fmt::format("{}{}", set.classes.size(),
                                few ? fmt::format(": {}", fmt::join(set.classes, ", ")) : ""));
  }
  if (set.classes.size() <= 20 && !set.train_counts.empty()) {
    line("training", fmt::format("{} by class", fmt::join(set.train_counts, ", ")));
    line("testing", fmt::format("{} by class", fmt::join(set.test_counts, ", ")));
  }
  if (set.bayes_error) line("Bayes error", percent(*set.bayes_error));
  for (const auto& file : set.files) {
    const std::string size = file.bytes ? grouped(*file.bytes) + " bytes" : "missing";
    line("file", fmt::format("{}, {}", file.path, size));
    out += fmt::format("  {:<12} {}\n", "", checksum_text(set, file));
  }
  line("sums from", set.sums_from);
  if (set.state == SetState::missing)
    line("searched", fmt::format("{}", fmt::join(set.searched, "\n" + std::string(15, ' '))));
  line("from", set.address);
  return out;
}

}  // namespace mantissa::cli
