// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/npy.h"

#include <fmt/format.h>

#include <charconv>
#include <map>

#include "workloads/data/errors.h"
#include "workloads/data/file_bytes.h"

namespace mantissa::data {
namespace {

struct Header {
  std::string type;
  bool columns_first = false;
  Shape shape;
};

// Reads the one dictionary that numpy writes, in whatever order and spacing.
class HeaderParser {
 public:
  HeaderParser(const std::string& text, std::size_t offset, const std::string& path)
      : text_(text), offset_(offset), path_(path) {}

  Header parse() {
    Header header;
    bool type = false, order = false, shape = false;
    expect('{');
    while (!take('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr" && !type) {
        type = true;
        header.type = quoted();
      } else if (key == "fortran_order" && !order) {
        order = true;
        header.columns_first = truth();
      } else if (key == "shape" && !shape) {
        shape = true;
        header.shape = extents();
      } else {
        refuse("'descr', 'fortran_order' and 'shape', once each");
      }
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    blanks();
    if (at_ != text_.size() || !type || !order || !shape) {
      refuse("'descr', 'fortran_order' and 'shape', and nothing more");
    }
    return header;
  }

 private:
  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool take(char c) {
    blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) refuse(std::string("'") + c + "'");
  }
  bool take_word(const char* word) {
    blanks();
    const std::string wanted = word;
    if (text_.compare(at_, wanted.size(), wanted) != 0) return false;
    at_ += wanted.size();
    return true;
  }
  std::string quoted() {
    blanks();
    const char quote = at_ < text_.size() ? text_[at_] : ' ';
    if (quote != '\'' && quote != '"') refuse("a quoted text; records cannot be read");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string::npos) refuse("the end of a quoted text");
    const std::string out = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return out;
  }
  bool truth() {
    if (take_word("True")) return true;
    if (!take_word("False")) refuse("True or False");
    return false;
  }
  Shape extents() {
    Shape shape;
    expect('(');
    while (!take(')')) {
      blanks();
      std::int64_t extent = 0;
      const char* from = text_.data() + at_;
      const auto [stop, fault] = std::from_chars(from, text_.data() + text_.size(), extent);
      if (fault != std::errc() || extent < 0) refuse("an extent");
      at_ += static_cast<std::size_t>(stop - from);
      shape.push_back(extent);
      if (!take(',')) {
        expect(')');
        break;
      }
    }
    return shape;
  }
  [[noreturn]] void refuse(const std::string& expected) const {
    throw Error(wrong_format)
        .at(at_byte(path_, offset_ + at_))
        .say("in the header")
        .read(text_.substr(std::min(at_, text_.size()), 20))
        .expected(expected);
  }

  const std::string& text_;
  std::size_t offset_, at_ = 0;
  const std::string& path_;
};

// '<f4': byte order, kind, bytes.
ElementLayout layout_of(const Header& header, const std::string& path) {
  static const std::map<std::string, ElementType> types = {
      {"b1", ElementType::uint8},  {"u1", ElementType::uint8},  {"i1", ElementType::int8},
      {"u2", ElementType::uint16}, {"i2", ElementType::int16},  {"u4", ElementType::uint32},
      {"i4", ElementType::int32},  {"u8", ElementType::uint64}, {"i8", ElementType::int64},
      {"f2", ElementType::fp16},   {"f4", ElementType::fp32},   {"f8", ElementType::fp64}};
  const std::string& text = header.type;
  const char order = text.empty() ? ' ' : text[0];
  const auto type = types.find(text.empty() ? text : text.substr(1));
  if ((order != '<' && order != '>' && order != '|' && order != '=') || type == types.end()) {
    throw Error(wrong_format)
        .at(Place{path, 0, 0, "header, 'descr'"})
        .read(text)
        .expected("a byte order and one of b1, u1, u2, u4, u8, i1, i2, i4, i8, f2, f4, f8")
        .remedy("convert the array with astype() before saving it");
  }
  return {type->second, order == '>', header.columns_first};
}

}  // namespace

Array read_npy(const Bytes& bytes, const std::string& path) {
  // 1. Magic bytes, version, length of the header.
  static const std::string magic = "\x93NUMPY";
  const std::string text(bytes.begin(),
                         bytes.begin() + std::min<std::ptrdiff_t>(std::ptrdiff_t(bytes.size()), 6));
  if (text != magic) {
    throw Error(wrong_format)
        .at(at_byte(path, 0))
        .say("this is no npy file")
        .expected("the bytes 93 'NUMPY'");
  }
  const auto ends_early = [&](std::size_t needed, const char* what) {
    return Error(wrong_size)
        .at(at_byte(path, bytes.size()))
        .say("the file ends here")
        .expected(fmt::format("{} bytes, to the end of {}", needed, what));
  };
  constexpr std::size_t version_at = 6, length_at = 8;
  if (bytes.size() < length_at + 2) throw ends_early(length_at + 2, "the header's length");
  const unsigned version = bytes[version_at];
  if (version < 1 || version > 3) {
    throw Error(wrong_format)
        .at(at_byte(path, version_at))
        .say("version of the format")
        .read(std::to_string(version))
        .expected("1, 2 or 3");
  }
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  if (bytes.size() < length_at + length_bytes)
    throw ends_early(length_at + length_bytes, "the header's length");
  std::size_t length = 0;
  for (std::size_t i = length_bytes; i-- > 0;) length = length << 8 | bytes[length_at + i];
  const std::size_t header_at = length_at + length_bytes, data_at = header_at + length;
  if (bytes.size() < data_at) throw ends_early(data_at, "the header");

  // 2. The header.
  const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(header_at);
  const std::string dictionary(begin, begin + static_cast<std::ptrdiff_t>(length));
  const Header header = HeaderParser(dictionary, header_at, path).parse();
  const ElementLayout layout = layout_of(header, path);

  // 3. Elements up to the end of the file.
  const auto expected = array_bytes(header.shape, layout.type);
  const std::size_t found = bytes.size() - data_at;
  if (!expected || *expected != found) {
    throw Error(wrong_size)
        .at(at_byte(path, bytes.size()))
        .read(fmt::format("{} bytes of elements", found))
        .expected(fmt::format("{} for the shape ({})",
                              expected ? std::to_string(*expected) : std::string("far more"),
                              fmt::join(header.shape, ", ")));
  }
  return read_array(bytes.data() + data_at, header.shape, layout, path);
}

}  // namespace mantissa::data
