// SPDX-License-Identifier: Apache-2.0
#include "base/trace/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/trace/vocabulary.h"

namespace mantissa::trace {

namespace {

constexpr std::size_t columns = 7;
constexpr std::size_t first_number = 4;  // the columns from here on are right-aligned
using Row = std::array<std::string, columns>;

std::string tensors(const Trace& trace, const std::vector<TensorId>& ids) {
  std::string s;
  for (TensorId id : ids) {
    if (!s.empty()) s += " ";
    if (id == no_tensor) {
      s += "-";
      continue;
    }
    const Tensor& t = trace.tensor(id);
    s += fmt::format("{}[{}]", name(t.format), t.shape.empty() ? "" : text(t.shape));
  }
  return s;
}

// 118013952 -> "118,013,952"
std::string grouped(std::uint64_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

// Display width: bytes that do not continue a UTF-8 character.
std::size_t width(const std::string& s) {
  return static_cast<std::size_t>(
      std::count_if(s.begin(), s.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::uint64_t bytes_of(const Trace& trace, const Op& op) {
  std::uint64_t sum = 0;
  for (const auto* list : {&op.inputs, &op.outputs}) {
    for (TensorId id : *list) {
      if (id != no_tensor) sum += trace.tensor(id).bytes();
    }
  }
  return sum;
}

}  // namespace

std::string describe(const Trace& trace) {
  std::vector<Row> rows{{"op", "kind", "inputs", "outputs", "MACs", "parameters", "bytes"}};
  std::vector<bool> counted(trace.tensors.size(), false);
  std::uint64_t all_bytes = 0;
  for (const Op& op : trace.ops) {
    std::uint64_t parameters = 0;
    for (TensorId id : op.inputs) {
      if (id == no_tensor || trace.tensor(id).role != Role::parameter || counted[id]) continue;
      counted[id] = true;
      parameters += static_cast<std::uint64_t>(trace.tensor(id).elements());
    }
    const std::uint64_t bytes = bytes_of(trace, op);
    all_bytes += bytes;
    rows.push_back({op.name, name(op.kind), tensors(trace, op.inputs), tensors(trace, op.outputs),
                    grouped(macs(trace, op)), grouped(parameters), grouped(bytes)});
  }
  rows.push_back({fmt::format("{} ops", trace.ops.size()), "", "", "", grouped(trace.macs()),
                  grouped(trace.parameters()), grouped(all_bytes)});

  std::array<std::size_t, columns> widths{};
  for (const Row& row : rows) {
    for (std::size_t c = 0; c < columns; ++c) widths[c] = std::max(widths[c], width(row[c]));
  }
  std::string out = fmt::format("trace {} (rank {})", trace.name, trace.rank);
  if (!trace.operands_file.empty()) out += ", operands in " + trace.operands_file;
  out += "\n";
  for (const Row& row : rows) {
    const bool is_op = &row != &rows.front() && &row != &rows.back();
    std::string line;
    for (std::size_t c = 0; c < columns; ++c) {
      const std::string space(widths[c] - width(row[c]), ' ');
      if (c > 0) line += c != 3 ? "  " : is_op ? "  ->  " : "      ";
      line += c < first_number ? row[c] + space : space + row[c];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace mantissa::trace
