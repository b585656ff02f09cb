// SPDX-License-Identifier: Apache-2.0
#include "base/trace/safetensors_header.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "base/trace/check.h"

namespace mantissa::trace {

namespace {

// The header's own width of a dtype; a format of ours that shares one (tf32) is told by metadata.
const NumberFormatInfo* dtype(const std::string& name) {
  const NumberFormatInfo* found = nullptr;
  for (const auto& row : number_formats()) {
    if (row.safetensors == nullptr || name != row.safetensors) continue;
    if (row.format != NumberFormat::tf32) found = &row;
  }
  return found;
}

std::string dtype_names() {
  std::string names;
  for (const auto& row : number_formats()) {
    if (row.safetensors == nullptr || row.format == NumberFormat::tf32) continue;
    names += (names.empty() ? "" : " ") + std::string(row.safetensors);
  }
  return names;
}

// prod(shape) * bits / 8, exactly; false when it overflows or leaves a part of a byte.
bool exact_bytes(const Shape& shape, unsigned bits, std::uint64_t& bytes) {
  std::uint64_t n = bits;
  for (std::int64_t d : shape) {
    if (__builtin_mul_overflow(n, static_cast<std::uint64_t>(d), &n)) return false;
  }
  bytes = n / 8;
  return n % 8 == 0;
}

// Depth 0 is outside, 1 the table of tensors, 2 one entry or the metadata.
// Events of {name: {dtype: text, shape: [n..], data_offsets: [n, n]}, __metadata__: {text: text}}.
class Events : public nlohmann::json_sax<nlohmann::json> {
 public:
  Events(const std::string& path, SafetensorsHeader& header) : path_(path), header_(header) {}

  bool null() override { refuse("null"); }
  bool boolean(bool) override { refuse("true or false"); }
  bool number_float(double, const std::string& text) override { refuse(text); }
  bool binary(nlohmann::json::binary_t&) override { refuse("bytes"); }
  bool number_integer(std::int64_t v) override { refuse(std::to_string(v)); }  // negative ones

  bool number_unsigned(std::uint64_t v) override {
    // Numbers stand only in shape and data_offsets. The parser hands negative ones, fractions and
    // those beyond 64 bits to the other two callbacks, which refuse.
    if (depth_ != 2 || !in_list_) refuse(std::to_string(v));
    list_.push_back(v);
    return true;
  }

  bool string(std::string& v) override {
    if (depth_ == 2 && in_metadata_) {
      header_.metadata[field_] = v;
      return true;
    }
    if (depth_ != 2 || in_list_ || field_ != "dtype") refuse("'" + v + "'");
    const NumberFormatInfo* row = dtype(v);
    if (row == nullptr) {
      throw Error(safetensors_entry).at(place()).read("dtype " + v).expected(dtype_names());
    }
    entry_.format = row->format;
    return true;
  }

  bool start_object(std::size_t) override {
    if (depth_ >= 2 || in_list_) refuse("an object");
    // Fields of the entry before must not leak into this one.
    if (++depth_ == 2) {
      in_metadata_ = name_ == safetensors_metadata_key;
      entry_ = SafetensorsEntry{};
      entry_.name = name_;
      fields_.clear();
    }
    return true;
  }

  bool key(std::string& k) override {
    if (depth_ == 1) {
      name_ = k;
      field_.clear();
      if (!names_.insert(k).second) duplicate(k);
      return true;
    }
    field_ = k;
    if (!fields_.insert(k).second) duplicate(k);
    if (!in_metadata_ && k != "dtype" && k != "shape" && k != "data_offsets") {
      throw Error(safetensors_entry).at(place()).read(k).expected("dtype, shape or data_offsets");
    }
    return true;
  }

  bool end_object() override {
    if (depth_-- == 2 && !in_metadata_) finish_entry();
    in_metadata_ = false;
    return true;
  }

  bool start_array(std::size_t) override {
    if (depth_ != 2 || in_metadata_ || in_list_ ||
        (field_ != "shape" && field_ != "data_offsets")) {
      refuse("a list");
    }
    in_list_ = true;
    list_.clear();
    return true;
  }

  bool end_array() override {
    in_list_ = false;
    if (field_ == "shape") {
      for (std::uint64_t d : list_) {
        if (d > static_cast<std::uint64_t>(INT64_MAX)) refuse(std::to_string(d));
        entry_.shape.push_back(static_cast<std::int64_t>(d));
      }
    } else {
      // Equal offsets are an empty tensor, which is legal.
      if (list_.size() != 2 || list_[0] > list_[1]) {
        throw Error(safetensors_entry)
            .at(place())
            .read("data_offsets of " + std::to_string(list_.size()) + " numbers")
            .expected("[begin, end] with begin <= end");
      }
      entry_.begin = list_[0];
      entry_.end = list_[1];
    }
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception& e) override {
    throw Error(safetensors_header)
        .at(Place{path_, 0, 0, "byte offset " + std::to_string(8 + (position ? position - 1 : 0))})
        .say(e.what());
  }

 private:
  Place place() const { return Place{path_, 0, 0, "entry '" + name_ + "'"}; }

  // Says what would have been legal at this depth.
  [[noreturn]] void refuse(const std::string& what) const {
    Error error(depth_ == 2 && !in_metadata_ ? safetensors_entry : safetensors_header);
    error.at(depth_ == 0 ? Place{path_, 0, 0, ""} : place());
    error.read(field_.empty() ? what : field_ + ": " + what);
    throw error.expected(depth_ == 0    ? "an object of tensors"
                         : in_metadata_ ? "a text"
                         : depth_ == 1
                             ? "an object with dtype, shape and data_offsets"
                             : "dtype as text, shape and data_offsets as lists of integers from 0");
  }

  [[noreturn]] void duplicate(const std::string& name) const {
    throw Error(safetensors_duplicate)
        .at(depth_ == 1 ? Place{path_, 0, 0, "header"} : place())
        .read(name)
        .expected("each name once");
  }

  void finish_entry() {
    for (const char* field : {"dtype", "shape", "data_offsets"}) {
      if (fields_.count(field) != 0) continue;
      throw Error(safetensors_entry).at(place()).say(std::string(field) + " is missing");
    }
    std::uint64_t bytes = 0;
    if (!exact_bytes(entry_.shape, bits(entry_.format), bytes)) {
      throw Error(safetensors_entry)
          .at(place())
          .read(text(entry_.shape) + " of " + std::to_string(bits(entry_.format)) + " bits")
          .expected("whole bytes, fewer than 2^61");
    }
    // Checked before the file is looked at, so that the message blames the header.
    if (entry_.bytes() != bytes) {
      throw Error(safetensors_layout)
          .at(place())
          .read(std::to_string(entry_.bytes()) + " bytes between data_offsets")
          .expected(std::to_string(bytes) + " bytes for " + text(entry_.shape));
    }
    header_.entries.push_back(entry_);
  }

  const std::string& path_;
  SafetensorsHeader& header_;
  int depth_ = 0;
  bool in_metadata_ = false, in_list_ = false;
  std::string name_, field_;
  std::set<std::string> names_, fields_;
  std::vector<std::uint64_t> list_;
  SafetensorsEntry entry_;
};

// Sorted by offset, each entry begins where the one before ends.
void check_layout(const std::string& path, SafetensorsHeader& header, std::uint64_t data_bytes) {
  auto& entries = header.entries;
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  std::uint64_t covered = 0;
  for (const SafetensorsEntry& e : entries) {
    if (e.begin != covered) {
      throw Error(safetensors_layout)
          .at(Place{path, 0, 0, "entry '" + e.name + "'"})
          .read("data from byte " + std::to_string(e.begin))
          .expected("byte " + std::to_string(covered) + ", without gap or overlap");
    }
    covered = e.end;
  }
  if (covered > data_bytes) {
    throw Error(safetensors_truncated)
        .at(path)
        .read(std::to_string(data_bytes) + " bytes of data")
        .expected(std::to_string(covered) + " bytes, as the header says");
  }
  if (covered < data_bytes) {
    throw Error(safetensors_layout)
        .at(path)
        .read(std::to_string(data_bytes) + " bytes of data")
        .expected("exactly " + std::to_string(covered) + " bytes, as the header says");
  }
}

// Our own formats, stored as bytes: the metadata gives the format and the shape back.
void restore_formats(const std::string& path, SafetensorsHeader& header) {
  for (SafetensorsEntry& e : header.entries) {
    const auto it = header.metadata.find(std::string(safetensors_format_prefix) + e.name);
    if (it == header.metadata.end()) continue;
    const std::string& said = it->second;
    const std::size_t space = std::min(said.find(' '), said.size());
    const auto format = number_format(std::string_view(said).substr(0, space));
    Shape shape;
    const bool legal = format && space < said.size() &&
                       parse_shape(std::string_view(said).substr(space + 1), shape) &&
                       !size_violation({e.name, *format, shape, Role::activation});
    if (!legal || storage_bytes(*format, elements(shape)) != e.bytes()) {
      throw Error(safetensors_entry)
          .at(Place{path, 0, 0, "entry '" + e.name + "'"})
          .read(it->first + " = " + said)
          .expected("a format and a shape of " + std::to_string(e.bytes()) + " bytes");
    }
    e.format = *format;
    e.shape = shape;
  }
}

}  // namespace

SafetensorsHeader parse_safetensors_header(const std::string& path, std::string_view json,
                                           std::uint64_t data_bytes) {
  if (json.empty() || json.front() != '{') {
    throw Error(safetensors_header)
        .at(Place{path, 0, 0, "byte offset 8"})
        .expected("a JSON object that begins with {");
  }
  // Only spaces may pad it; the parser would take any white space.
  json.remove_suffix(json.size() - 1 - std::min(json.find_last_not_of(' '), json.size() - 1));
  if (json.back() != '}') {
    throw Error(safetensors_header)
        .at(Place{path, 0, 0, "byte offset " + std::to_string(8 + json.size() - 1)})
        .expected("} and then only spaces");
  }
  SafetensorsHeader header;
  Events events(path, header);
  nlohmann::json::sax_parse(json.begin(), json.end(), &events);
  check_layout(path, header, data_bytes);
  restore_formats(path, header);
  return header;
}

}  // namespace mantissa::trace
