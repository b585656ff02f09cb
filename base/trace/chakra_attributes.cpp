// SPDX-License-Identifier: Apache-2.0
#include "base/trace/chakra_attributes.h"

#include <charconv>

namespace mantissa::trace::chakra {

namespace {

using A = AttributeProto;

// Lists of 32-bit types and of booleans widen without loss.
template <class List>
std::vector<std::int64_t> copy(const List& list) {
  return {list.values().begin(), list.values().end()};
}

// The two unsigned 64-bit types alone can exceed what an op attribute holds.
std::optional<std::int64_t> narrowed(std::uint64_t v) {
  if (v > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  return static_cast<std::int64_t>(v);
}

std::optional<std::vector<std::int64_t>> narrowed(
    const google::protobuf::RepeatedField<std::uint64_t>& list) {
  std::vector<std::int64_t> out;
  for (std::uint64_t v : list) {
    const auto n = narrowed(v);
    if (!n) return std::nullopt;
    out.push_back(*n);
  }
  return out;
}

// Takes the text up to the next space.
std::string_view word(std::string_view& rest) {
  const std::size_t space = std::min(rest.find(' '), rest.size());
  const std::string_view w = rest.substr(0, space);
  rest.remove_prefix(std::min(space + 1, rest.size()));
  return w;
}

// All of the text or nothing: no sign of plus, no blanks, no trailing characters.
template <class T>
bool parse_number(std::string_view text, T& value) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() && end == text.data() + text.size();
}

}  // namespace

AttributeProto& add(Attributes& to, std::string_view name) {
  A& a = *to.Add();
  a.mutable_name()->assign(name.data(), name.size());
  return a;
}

// The six types of op attributes map to one Chakra member each, so that they read back unchanged.
// An empty list still sets the member: its presence tells the type.
void add_value(Attributes& to, std::string_view name, const Attribute& value) {
  A& a = add(to, name);
  if (const auto* b = std::get_if<bool>(&value)) a.set_bool_val(*b);
  if (const auto* i = std::get_if<std::int64_t>(&value)) a.set_int64_val(*i);
  if (const auto* d = std::get_if<double>(&value)) a.set_double_val(*d);
  if (const auto* s = std::get_if<std::string>(&value)) a.set_string_val(*s);
  if (const auto* l = std::get_if<std::vector<std::int64_t>>(&value)) {
    a.mutable_int64_list()->mutable_values()->Add(l->begin(), l->end());
  }
  if (const auto* l = std::get_if<std::vector<double>>(&value)) {
    a.mutable_double_list()->mutable_values()->Add(l->begin(), l->end());
  }
}

// A node has about a dozen attributes: a linear search will do.
const AttributeProto* find(const Attributes& in, std::string_view name) {
  for (const A& a : in) {
    if (a.name() == name) return &a;
  }
  return nullptr;
}

std::optional<std::int64_t> as_integer(const AttributeProto& a) {
  switch (a.value_case()) {
    case A::kInt32Val:
      return a.int32_val();
    case A::kInt64Val:
      return a.int64_val();
    case A::kUint32Val:
      return a.uint32_val();
    case A::kUint64Val:
      return narrowed(a.uint64_val());
    case A::kSint32Val:
      return a.sint32_val();
    case A::kSint64Val:
      return a.sint64_val();
    case A::kFixed32Val:
      return a.fixed32_val();
    case A::kFixed64Val:
      return narrowed(a.fixed64_val());
    case A::kSfixed32Val:
      return a.sfixed32_val();
    case A::kSfixed64Val:
      return a.sfixed64_val();
    case A::kBoolVal:
      return a.bool_val() ? 1 : 0;
    default:
      return std::nullopt;
  }
}

std::optional<std::vector<std::int64_t>> as_integers(const AttributeProto& a) {
  switch (a.value_case()) {
    case A::kInt32List:
      return copy(a.int32_list());
    case A::kInt64List:
      return copy(a.int64_list());
    case A::kUint32List:
      return copy(a.uint32_list());
    case A::kUint64List:
      return narrowed(a.uint64_list().values());
    case A::kSint32List:
      return copy(a.sint32_list());
    case A::kSint64List:
      return copy(a.sint64_list());
    case A::kFixed32List:
      return copy(a.fixed32_list());
    case A::kFixed64List:
      return narrowed(a.fixed64_list().values());
    case A::kSfixed32List:
      return copy(a.sfixed32_list());
    case A::kSfixed64List:
      return copy(a.sfixed64_list());
    case A::kBoolList:
      return copy(a.bool_list());
    default:
      break;
  }
  // Producers write a list of one as a plain number.
  const auto single = as_integer(a);
  if (!single) return std::nullopt;
  return std::vector<std::int64_t>{*single};
}

std::optional<Attribute> as_attribute(const AttributeProto& a) {
  switch (a.value_case()) {
    case A::kBoolVal:
      return a.bool_val();
    case A::kDoubleVal:
      return a.double_val();
    case A::kFloatVal:
      return static_cast<double>(a.float_val());
    case A::kStringVal:
      return a.string_val();
    case A::kDoubleList: {
      const auto& v = a.double_list().values();
      return std::vector<double>(v.begin(), v.end());
    }
    case A::kFloatList: {
      const auto& v = a.float_list().values();
      return std::vector<double>(v.begin(), v.end());
    }
    default:
      break;
  }
  // Order matters: as_integers would turn a single integer into a list. as_integer takes booleans
  // too, which are gone by now.
  if (const auto v = as_integer(a)) return *v;
  if (auto v = as_integers(a)) return *std::move(v);
  return std::nullopt;
}

std::string declaration(TensorId id, const Tensor& tensor) {
  std::string s = std::to_string(id);
  s.append(" ").append(name(tensor.role)).append(" ").append(name(tensor.format)).append(" ");
  return s.append(text(tensor.shape)).append(" ").append(tensor.name);
}

std::optional<Declaration> parse_declaration(std::string_view text) {
  Declaration d{};
  if (!parse_number(word(text), d.id)) return std::nullopt;
  const std::string_view role = word(text);
  bool known = false;
  for (Role r : {Role::activation, Role::input, Role::parameter}) {
    if (role != name(r)) continue;
    d.tensor.role = r;
    known = true;
  }
  const auto format = number_format(word(text));
  if (!known || !format || !parse_shape(word(text), d.tensor.shape)) return std::nullopt;
  d.tensor.format = *format;
  d.tensor.name = text;  // the rest, so that a name may hold spaces
  return d;
}

}  // namespace mantissa::trace::chakra
