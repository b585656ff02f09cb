// SPDX-License-Identifier: Apache-2.0
// How each member type of a configuration struct is read, written and described: one Codec per
// type. A new member type needs a specialisation here and nothing else.
//
//   ParameterInfo info()                     type, kind, units, choices, children
//   M parse(node, path, range)               throws Error
//   Node write(value)                        parse(write(v)) == v
//   std::string range_text(range)            the range in the type's unit
#pragma once

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/config/parameter_info.h"
#include "base/config/quantity_text.h"
#include "base/config/values.h"

namespace mantissa::config {

template <class T>
class Schema;

// Specialise: static const std::vector<std::pair<E, const char*>>& names();
template <class E>
struct EnumNames;

template <class M, class = void>
struct has_schema : std::false_type {};
template <class M>
struct has_schema<M, std::void_t<decltype(M::schema())>> : std::true_type {};

template <class M, class = void>
struct Codec {
  static_assert(!std::is_same_v<M, M>, "no Codec for this member type: see schema.h for the list");
};

// What types without numbers have in common.
struct UnrangedCodec {
  static constexpr bool has_range = false;
  static std::string range_text(const Range&) { return {}; }
};

template <>
struct Codec<bool> : UnrangedCodec {
  static ParameterInfo info() { return ParameterInfo::of(ValueKind::boolean, "boolean"); }
  static bool parse(const Node& node, const std::string& path, const Range&) {
    return parse_boolean(node, path);
  }
  static Node write(bool value) { return Node::scalar(value ? "true" : "false"); }
};

template <>
struct Codec<std::string> : UnrangedCodec {
  static ParameterInfo info() { return ParameterInfo::of(ValueKind::text, "text"); }
  static std::string parse(const Node& node, const std::string& path, const Range&) {
    return parse_text(node, path);
  }
  static Node write(const std::string& value) {
    return Node::scalar(value, {}, needs_quotes(value));
  }
};

template <>
struct Codec<std::int64_t> {
  static constexpr bool has_range = true;
  static ParameterInfo info() { return ParameterInfo::of(ValueKind::integer, "integer"); }
  static std::int64_t parse(const Node& node, const std::string& path, const Range& range) {
    const std::int64_t value = parse_integer(node, path);
    check_range(static_cast<long double>(value), range, range_text(range), node, path);
    return value;
  }
  static Node write(std::int64_t value) { return Node::scalar(std::to_string(value)); }
  static std::string range_text(const Range& range) { return range.text(integer_text); }
};

template <>
struct Codec<double> {
  static constexpr bool has_range = true;
  static ParameterInfo info() { return ParameterInfo::of(ValueKind::real, "real"); }
  static double parse(const Node& node, const std::string& path, const Range& range) {
    const double value = parse_real(node, path);
    check_range(value, range, range_text(range), node, path);
    return value;
  }
  static Node write(double value) { return Node::scalar(real_text(value)); }
  static std::string range_text(const Range& range) { return range.text(real_text); }
};

template <class E>
struct Codec<E, std::enable_if_t<std::is_enum_v<E>>> : UnrangedCodec {
  static std::vector<std::string> choices() {
    std::vector<std::string> out;
    for (const auto& [value, name] : EnumNames<E>::names()) out.emplace_back(name);
    return out;
  }
  static ParameterInfo info() { return ParameterInfo::of_choices(choices()); }
  static E parse(const Node& node, const std::string& path, const Range&) {
    return EnumNames<E>::names()[parse_choice(node, path, choices())].first;
  }
  static Node write(E value) {
    for (const auto& [known, name] : EnumNames<E>::names())
      if (known == value) return Node::scalar(name);
    internal_error(__FILE__, __LINE__, "an enumerator without a name");
  }
};

// All quantities with units. `magnitude` is the number that a Range bounds.
template <class Unit, class Rep>
long double magnitude(Quantity<Unit, Rep> q) {
  return static_cast<long double>(q.value);
}
inline long double magnitude(const Latency& v) {
  return static_cast<long double>(v.in_cycles ? v.cycles.value : v.time.value);
}
inline long double magnitude(const Bandwidth& v) { return v.bytes; }

template <class Q>
struct QuantityCodec {
  static constexpr bool has_range = true;
  static ParameterInfo info() { return ParameterInfo::of_quantity(dimension<Q>()); }
  static Q parse(const Node& node, const std::string& path, const Range& range) {
    const Q value = parse_quantity<Q>(node, path);
    check_range(magnitude(value), range, range_text(range), node, path);
    return value;
  }
  static Node write(const Q& value) { return Node::scalar(quantity_text(value)); }
  static std::string range_text(const Range& range) {
    return range.text([](double bound) { return bound_text(bound); });
  }

 private:
  static std::string bound_text(double bound) {
    if constexpr (std::is_same_v<Q, Latency> || std::is_same_v<Q, Bandwidth>) {
      return real_text(bound) +
             (std::is_same_v<Q, Latency> ? " (fs or cycles)" : " (B/s or B/cycle)");
    } else if constexpr (std::is_floating_point_v<typename Q::rep>) {
      return quantity_text(Q(bound));
    } else {
      const bool whole = bound >= 0 && bound < 0x1p64 && std::floor(bound) == bound;
      return whole ? quantity_text(Q(static_cast<typename Q::rep>(bound))) : real_text(bound);
    }
  }
};
template <class Unit, class Rep>
struct Codec<Quantity<Unit, Rep>> : QuantityCodec<Quantity<Unit, Rep>> {};
template <>
struct Codec<Latency> : QuantityCodec<Latency> {};
template <>
struct Codec<Bandwidth> : QuantityCodec<Bandwidth> {};

// A nested struct is a section.
template <class S>
struct Codec<S, std::enable_if_t<has_schema<S>::value>> : UnrangedCodec {
  static ParameterInfo info() {
    ParameterInfo info = ParameterInfo::of(ValueKind::section, "section");
    info.children = S::schema().parameters();
    return info;
  }
  static S parse(const Node& node, const std::string& path, const Range&) {
    return S::schema().parse(node, path);
  }
  static Node write(const S& value) { return S::schema().write(value); }
};

// A list; the range holds for every item.
template <class M>
struct Codec<std::vector<M>> {
  using Item = Codec<M>;
  static constexpr bool has_range = Item::has_range;
  static ParameterInfo info() { return ParameterInfo::list_of(Item::info()); }
  static std::vector<M> parse(const Node& node, const std::string& path, const Range& range) {
    expect_sequence(node, path);
    std::vector<M> out;
    for (std::size_t i = 0; i < node.items().size(); ++i)
      out.push_back(Item::parse(node.items()[i], join_path(path, std::to_string(i)), range));
    return out;
  }
  static Node write(const std::vector<M>& values) {
    std::vector<Node> items;
    for (const auto& value : values) items.push_back(Item::write(value));
    return Node::sequence(std::move(items));
  }
  static std::string range_text(const Range& range) { return Item::range_text(range); }
};

// Absent, or the plain word `none`: std::nullopt.
template <class M>
struct Codec<std::optional<M>> {
  using Value = Codec<M>;
  static constexpr bool has_range = Value::has_range;
  static ParameterInfo info() { return ParameterInfo::or_none(Value::info()); }
  static std::optional<M> parse(const Node& node, const std::string& path, const Range& range) {
    if (node.is_scalar() && !node.quoted() && node.text() == "none") return std::nullopt;
    return Value::parse(node, path, range);
  }
  static Node write(const std::optional<M>& value) {
    if (!value) return Node::scalar("none");
    Node node = Value::write(*value);
    // A text that happens to read `none` must not become nothing.
    return node.is_scalar() && node.text() == "none" ? Node::scalar("none", {}, true) : node;
  }
  static std::string range_text(const Range& range) { return Value::range_text(range); }
};

}  // namespace mantissa::config
