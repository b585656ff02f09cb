// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/scale_sim.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <set>
#include <utility>
#include <vector>

#include "base/trace/builder.h"

namespace mantissa::workloads {

using trace::OpKind;

namespace {

struct Field {
  std::string text;
  int column = 0;  // of its first character, from 1
};

struct Line {
  int number = 0;
  std::vector<Field> fields;
};

const std::vector<std::string> conv_fields{"Layer name",    "IFMAP Height", "IFMAP Width",
                                           "Filter Height", "Filter Width", "Channels",
                                           "Num Filter",    "Strides"};
const std::vector<std::string> gemm_fields{"Layer name", "M", "N", "K"};

Field trimmed(const std::string& line, std::size_t begin, std::size_t end) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (begin < end && blank(line[begin])) ++begin;
  while (end > begin && blank(line[end - 1])) --end;
  return {line.substr(begin, end - begin), static_cast<int>(begin) + 1};
}

// Fields between commas; one trailing comma adds none.
Line split_line(const std::string& text, int number) {
  Line line{number, {}};
  std::size_t begin = 0;
  for (;;) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    line.fields.push_back(trimmed(text, begin, comma));
    if (comma == text.size()) break;
    begin = comma + 1;
  }
  if (line.fields.size() > 1 && line.fields.back().text.empty()) line.fields.pop_back();
  return line;
}

// Lines that are not blank, with their numbers in the file. Spreadsheets leave a byte order mark
// and carriage returns.
std::vector<Line> split_lines(const std::string& text) {
  std::vector<Line> lines;
  std::size_t begin = text.rfind("\xEF\xBB\xBF", 0) == 0 ? 3 : 0;  // byte order mark
  for (int number = 1; begin < text.size(); ++number) {
    std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    Line fields = split_line(line, number);
    if (fields.fields.size() > 1 || !fields.fields[0].text.empty()) lines.push_back(fields);
  }
  return lines;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Which of the two kinds the header announces: GEMM says M, N, K.
const std::vector<std::string>& fields_of(const Line& header, const std::string& path) {
  const auto& f = header.fields;
  if (f.size() >= 4 && lower(f[1].text) == "m" && lower(f[2].text) == "n" &&
      lower(f[3].text) == "k") {
    return gemm_fields;
  }
  if (f.size() >= 8 && lower(f[1].text).find("height") != std::string::npos) return conv_fields;
  std::string read;
  for (const Field& field : f) read += (read.empty() ? "" : ", ") + field.text;
  throw Error(csv_header)
      .at(path, header.number, 1)
      .read(read)
      .expected(
          "the header 'Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, "
          "Channels, Num Filter, Strides,' or 'Layer, M, N, K,'");
}

class TopologyReader {
 public:
  TopologyReader(const std::string& path, const std::vector<std::string>& fields,
                 trace::NumberFormat format)
      : path_(path), fields_(fields), format_(format), builder_(path) {}

  void add(const Line& line);
  trace::Trace finish() { return builder_.finish(); }

 private:
  std::int64_t number(const Line& line, std::size_t index) const;
  trace::NumberFormat product_format() const {
    return trace::is_integer(format_) ? trace::NumberFormat::int32 : trace::NumberFormat::fp32;
  }
  void check_dense(const Line& line) const;
  void check_columns(const Line& line) const;
  void add_conv(const Line& line, const std::string& name);
  void add_gemm(const Line& line, const std::string& name);

  std::string path_;
  const std::vector<std::string>& fields_;
  trace::NumberFormat format_;
  trace::TraceBuilder builder_;
  std::set<std::string> names_;
};

// Strict: no sign, no fraction, no exponent, nothing behind the digits.
std::int64_t TopologyReader::number(const Line& line, std::size_t index) const {
  const Field& field = line.fields[index];
  std::int64_t value = 0;
  const char* end = field.text.data() + field.text.size();
  const auto [stop, error] = std::from_chars(field.text.data(), end, value);
  if (error != std::errc() || stop != end || value < 1 || value > INT32_MAX) {
    throw Error(csv_number)
        .at(path_, line.number, field.column)
        .say("field '" + fields_[index] + "'")
        .read(field.text)
        .expected("a whole number from 1 to 2147483647");
  }
  return value;
}

// One column more than the fields is a sparsity.
void TopologyReader::check_columns(const Line& line) const {
  const std::size_t n = line.fields.size(), least = fields_.size();
  if (n == least || n == least + 1) return;
  const std::string missing = n < least ? "; the field '" + fields_[n] + "' is missing" : "";
  throw Error(csv_columns)
      .at(path_, line.number, line.fields.back().column)
      .read(std::to_string(n) + " columns")
      .expected(std::to_string(least) + " columns, or one more for a sparsity N:M" + missing);
}

void TopologyReader::check_dense(const Line& line) const {
  if (line.fields.size() == fields_.size()) return;
  const Field& field = line.fields.back();
  const std::size_t colon = field.text.find(':');
  const std::string n = field.text.substr(0, colon);
  const bool number = !n.empty() && n.find_first_not_of("0123456789") == std::string::npos;
  if (colon != std::string::npos && number && n == field.text.substr(colon + 1)) return;
  throw Error(csv_sparse)
      .at(path_, line.number, field.column)
      .say("field 'Sparsity'")
      .read(field.text)
      .expected("a dense layer, like 1:1; sparse arrays are not modelled")
      .remedy("Write N:N, or leave the column out.");
}

void TopologyReader::add(const Line& line) {
  check_columns(line);
  std::string name = line.fields[0].text;
  if (name.empty()) {
    throw Error(csv_name).at(path_, line.number, 1).read(name).expected("the name of a layer");
  }
  // That tool tells layers apart by position; published topologies repeat names.
  if (!names_.insert(name).second) name += "#" + std::to_string(line.number);
  check_dense(line);
  if (fields_.size() == gemm_fields.size()) {
    add_gemm(line, name);
  } else {
    add_conv(line, name);
  }
  if (builder_.last_op() > 0) builder_.after(builder_.last_op() - 1);
}

void TopologyReader::add_gemm(const Line& line, const std::string& name) {
  const std::int64_t m = number(line, 1), n = number(line, 2), k = number(line, 3);
  const auto a = builder_.input(name + ".input", format_, {m, k});
  const auto b = builder_.parameter(name + ".weight", format_, {k, n});
  builder_.op(OpKind::matmul, name, {a, b}, {}, product_format());
}

// IFMAP sizes include the padding, if there was one: the convolution itself adds none.
void TopologyReader::add_conv(const Line& line, const std::string& name) {
  const std::int64_t height = number(line, 1), width = number(line, 2);
  const std::int64_t filter_height = number(line, 3), filter_width = number(line, 4);
  const std::int64_t channels = number(line, 5), filters = number(line, 6);
  const std::int64_t stride = number(line, 7);
  if (filter_height > height || filter_width > width) {
    const std::size_t field = filter_height > height ? 3 : 4;
    throw Error(csv_shape)
        .at(path_, line.number, line.fields[field].column)
        .say("field '" + fields_[field] + "'")
        .read(line.fields[field].text)
        .expected("at most the input's " + line.fields[field - 2].text + "; there is no padding");
  }
  const auto x = builder_.input(name + ".input", format_, {1, channels, height, width});
  const auto w = builder_.parameter(name + ".weight", format_,
                                    {filters, channels, filter_height, filter_width});
  builder_.op(OpKind::conv2d, name, {x, w},
              {{"stride", trace::ints({stride})}, {"padding", trace::ints({0})}}, product_format());
}

}  // namespace

const config::Schema<ScaleSimConfig>& ScaleSimConfig::schema() {
  static const auto s =
      config::Schema<ScaleSimConfig>("SCALE-Sim topology")
          .optional("format", &ScaleSimConfig::format,
                    "Number format of the operands; native: the core's own.")
          .optional("seed", &ScaleSimConfig::seed, config::range(0, 9007199254740992.0),
                    "Of synthetic operands.");
  return s;
}

trace::Trace read_scale_sim(const std::string& text, const std::string& path,
                            trace::NumberFormat operands) {
  const std::vector<Line> lines = split_lines(text);
  if (lines.size() < 2) {
    throw Error(csv_empty)
        .at(path, 1)
        .read(std::to_string(lines.size()) + " lines that are not blank")
        .expected("a header line and at least one layer");
  }
  TopologyReader reader(path, fields_of(lines.front(), path), operands);
  for (std::size_t i = 1; i < lines.size(); ++i) reader.add(lines[i]);
  return reader.finish();
}

}  // namespace mantissa::workloads
