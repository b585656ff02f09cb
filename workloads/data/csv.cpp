// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include "workloads/data/array.h"
#include "workloads/data/errors.h"

namespace mantissa::data {
namespace {

struct Field {
  std::string text;
  int column = 0;  // of its first character, from 1
};

struct Row {
  int line = 0;
  std::vector<Field> fields;
};

// Fields of one line, blanks around them removed.
Row split(const std::string& text, int line, const std::string& path) {
  Row row{line, {}};
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  for (std::size_t at = 0;;) {
    while (at < text.size() && blank(text[at])) ++at;
    Field field{{}, static_cast<int>(at) + 1};
    if (at < text.size() && text[at] == '"') {
      for (++at;; ++at) {
        if (at >= text.size()) {
          throw Error(ragged_row)
              .at(path, line, field.column)
              .say("a quote that nothing closes on this line");
        }
        if (text[at] != '"') {
          field.text += text[at];
        } else if (at + 1 < text.size() && text[at + 1] == '"') {
          field.text += text[at++];
        } else {
          break;
        }
      }
      const std::size_t behind = ++at;
      at = std::min(text.find(',', at), text.size());
      if (!std::all_of(text.begin() + std::ptrdiff_t(behind), text.begin() + std::ptrdiff_t(at),
                       blank)) {
        throw Error(ragged_row)
            .at(path, line, static_cast<int>(behind) + 1)
            .read(text.substr(behind, at - behind))
            .expected("a comma behind the closing quote");
      }
    } else {
      const std::size_t comma = std::min(text.find(',', at), text.size());
      std::size_t end = comma;
      while (end > at && blank(text[end - 1])) --end;
      field.text = text.substr(at, end - at);
      at = comma;
    }
    row.fields.push_back(std::move(field));
    if (at == text.size()) return row;
    ++at;
  }
}

// A finite number of single precision, and nothing behind it. Rounded from a double, as others do,
// so that what is below the smallest float becomes zero.
std::optional<float> number(const std::string& text) {
  const bool plus = text.size() > 1 && text[0] == '+' && text[1] != '-';
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data() + (plus ? 1 : 0), end, value);
  const auto narrow = static_cast<float>(value);
  if (fault != std::errc() || stop != end || !std::isfinite(narrow)) return std::nullopt;
  return narrow;
}

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (fault != std::errc() || stop != end) return std::nullopt;
  return value;
}

// Reads the lines one by one: a file of a gigabyte must not become a gigabyte of strings first.
class Lines {
 public:
  Lines(const Bytes& bytes, const std::string& path) : bytes_(bytes), path_(path) {
    static const std::uint8_t mark[] = {0xEF, 0xBB, 0xBF};
    if (bytes.size() >= 3 && std::equal(mark, mark + 3, bytes.begin())) at_ = 3;
  }
  // The next line that is not blank.
  std::optional<Row> next() {
    while (at_ < bytes_.size()) {
      const auto from = bytes_.begin() + static_cast<std::ptrdiff_t>(at_);
      const auto end = std::find(from, bytes_.end(), '\n');
      std::string text(from, end);
      at_ = static_cast<std::size_t>(end - bytes_.begin()) + 1;
      ++line_;
      if (!text.empty() && text.back() == '\r') text.pop_back();
      if (text.find_first_not_of(" \t") != std::string::npos) return split(text, line_, path_);
    }
    return std::nullopt;
  }

 private:
  const Bytes& bytes_;
  const std::string& path_;
  std::size_t at_ = 0;
  int line_ = 0;
};

bool is_header(const Row& row, HeaderLine rule) {
  if (rule != HeaderLine::automatic) return rule == HeaderLine::present;
  return std::none_of(row.fields.begin(), row.fields.end(),
                      [](const Field& f) { return number(f.text).has_value(); });
}

// Which column `label` means.
std::size_t column_of(const std::string& label, const Row& first, bool header,
                      const std::string& path) {
  const std::size_t columns = first.fields.size();
  std::vector<std::string> names;
  if (header) {
    for (const Field& field : first.fields) names.push_back(field.text);
    const auto at = std::find(names.begin(), names.end(), label);
    if (at != names.end()) return static_cast<std::size_t>(at - names.begin());
  }
  if (label == "last") return columns - 1;
  if (const auto index = whole_number(label);
      index && *index >= 0 && *index < std::int64_t(columns))
    return static_cast<std::size_t>(*index);
  const std::string counted = fmt::format("a column from 0 to {}, or last", columns - 1);
  throw Error(no_such_part)
      .at(path, first.line, 1)
      .say("no such column")
      .read(label)
      .expected(header ? fmt::format("one of {}; or {}", fmt::join(names, ", "), counted) : counted)
      .nearest(nearest_name(label, names));
}

// What stands in the label's column, until all of it is known.
struct Labels {
  std::string path;
  std::vector<std::string> texts;
  std::vector<std::pair<int, int>> lines_and_columns;

  Place place(std::size_t i) const {
    return {path, lines_and_columns[i].first, lines_and_columns[i].second, {}};
  }
};

void number_classes(const Labels& labels, const CsvForm& form, Dataset& out) {
  // 1. Whole numbers throughout: the classes themselves.
  Array numbers{{std::int64_t(labels.texts.size())}, std::vector<std::int64_t>()};
  auto& values = std::get<std::vector<std::int64_t>>(numbers.values);
  std::size_t first_text = labels.texts.size();
  for (std::size_t i = 0; i < labels.texts.size(); ++i) {
    const auto value = whole_number(labels.texts[i]);
    if (!value) {
      first_text = i;
      break;
    }
    values.push_back(*value);
  }
  if (first_text == labels.texts.size() && form.names.empty()) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i] >= 0 && (form.classes == 0 || values[i] < form.classes)) continue;
      throw Error(bad_label)
          .at(labels.place(i))
          .read(labels.texts[i])
          .expected(form.classes == 0 ? "a class from 0"
                                      : fmt::format("a class from 0 to {}", form.classes - 1));
    }
    give_labels(out, numbers, form.classes, labels.path);
    return;
  }
  // 2. Some are numbers and some are not: one of them is a slip.
  if (form.classes > 0 || (first_text > 0 && first_text < labels.texts.size())) {
    throw Error(bad_label)
        .at(labels.place(first_text))
        .read(labels.texts[first_text])
        .expected("a whole number, as the labels before it or `classes` say");
  }
  // 3. Texts.
  out.classes = form.names;
  if (out.classes.empty()) {
    const std::set<std::string> sorted(labels.texts.begin(), labels.texts.end());
    out.classes.assign(sorted.begin(), sorted.end());
  }
  for (std::size_t i = 0; i < labels.texts.size(); ++i) {
    const auto at = std::lower_bound(out.classes.begin(), out.classes.end(), labels.texts[i]);
    if (at == out.classes.end() || *at != labels.texts[i]) {
      throw Error(bad_label)
          .at(labels.place(i))
          .read(labels.texts[i])
          .expected("one of the training samples' classes")
          .nearest(nearest_name(labels.texts[i], out.classes));
    }
    out.labels.push_back(at - out.classes.begin());
  }
}

}  // namespace

Dataset read_csv(const Bytes& bytes, const CsvForm& form, const std::string& path) {
  Lines lines(bytes, path);
  auto row = lines.next();
  if (!row) throw Error(wrong_size).at(path).say("nothing but blank lines");
  const Row first = *row;
  const bool header = is_header(first, form.header);
  const std::size_t label = column_of(form.label, first, header, path);
  const std::size_t columns = first.fields.size();
  if (columns < 2) {
    throw Error(ragged_row)
        .at(path, first.line, 1)
        .read("1 field")
        .expected("at least one feature beside the label");
  }
  if (header) row = lines.next();

  Dataset out;
  out.shape = {std::int64_t(columns) - 1};
  std::vector<float> features;
  Labels labels{path, {}, {}};
  for (; row; row = lines.next()) {
    if (row->fields.size() != columns) {
      throw Error(ragged_row)
          .at(path, row->line, row->fields.back().column)
          .read(fmt::format("{} fields", row->fields.size()))
          .expected(fmt::format("{}, as line {} has", columns, first.line));
    }
    for (std::size_t c = 0; c < columns; ++c) {
      const Field& field = row->fields[c];
      if (c == label && !form.regression) {
        labels.texts.push_back(field.text);
        labels.lines_and_columns.emplace_back(row->line, field.column);
        if (!field.text.empty()) continue;
        throw Error(bad_label).at(path, row->line, field.column).read("").expected("a label");
      }
      const auto value = number(field.text);
      if (!value) {
        Error error(bad_value);
        error.at(path, row->line, field.column)
            .read(field.text)
            .expected("a finite number of single precision");
        const bool may_be_header = row->line == first.line && form.header == HeaderLine::automatic;
        throw may_be_header ? error.remedy("write 'header: present' if this line is one") : error;
      }
      (c == label ? out.targets : features).push_back(*value);
    }
  }
  if (labels.texts.empty() && out.targets.empty())
    throw Error(wrong_size).at(path, first.line).say("a header and nothing below it");
  out.features = std::move(features);
  if (!form.regression) number_classes(labels, form, out);
  return out;
}

}  // namespace mantissa::data
