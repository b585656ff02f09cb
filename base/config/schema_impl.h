// SPDX-License-Identifier: Apache-2.0
// The bodies of Schema's templates; included by schema.h.
#pragma once

namespace mantissa::config {

// The parts that do not depend on the struct (schema.cpp).
void check_keys(const Node& node, const std::string& path, const std::vector<std::string>& names);
[[noreturn]] void refuse_missing(const Node& node, const std::string& path,
                                 const ParameterInfo& parameter);
[[noreturn]] void refuse_constraint(const Node& node, const std::string& path,
                                    const std::string& key, const std::string& violated);

template <class T>
template <class M>
Schema<T>& Schema<T>::required(const char* name, M T::*member, Range range, const char* doc) {
  return add(name, member, true, range, doc);
}

template <class T>
template <class M>
Schema<T>& Schema<T>::optional(const char* name, M T::*member, Range range, const char* doc) {
  return add(name, member, false, range, doc);
}

template <class T>
template <class M>
Schema<T>& Schema<T>::add(const char* name, M T::*member, bool required, Range range,
                          const char* doc) {
  using MemberCodec = Codec<M>;
  const std::string what = "parameter '" + std::string(name) + "' of '" + doc_ + "' ";
  for (const auto& field : fields_)
    MANTISSA_CHECK(field.info.name != name, what + "is declared twice");
  MANTISSA_CHECK(MemberCodec::has_range || !range.bounded(), what + "has no number to bound");

  Field<T> field;
  field.info = MemberCodec::info();
  field.info.name = name;
  field.info.required = required;
  field.info.range = range;
  field.info.range_text = MemberCodec::range_text(range);
  field.info.doc = doc;
  field.parse = [member, range](const Node& node, const std::string& path, T& out) {
    out.*member = MemberCodec::parse(node, path, range);
  };
  field.write = [member](const T& value) { return MemberCodec::write(value.*member); };
  if (!required) {
    const Node fallback = field.write(T{});
    T ignored{};
    try {
      field.parse(fallback, name, ignored);
    } catch (const Error& error) {
      internal_error(__FILE__, __LINE__, what + "has an illegal default: " + error.message());
    }
    if (!fallback.is_map()) field.info.fallback = inline_yaml(fallback);
  }
  fields_.push_back(std::move(field));
  return *this;
}

template <class T>
Schema<T>& Schema<T>::constraint(const char* key, std::function<std::string(const T&)> check) {
  constraints_.emplace_back(key, std::move(check));
  return *this;
}

template <class T>
std::vector<ParameterInfo> Schema<T>::parameters() const {
  std::vector<ParameterInfo> out;
  for (const auto& field : fields_) out.push_back(field.info);
  return out;
}

template <class T>
T Schema<T>::parse(const Node& node, const std::string& path) const {
  expect_map(node, path);
  std::vector<std::string> names;
  for (const auto& field : fields_) names.push_back(field.info.name);
  check_keys(node, path, names);  // first, so that a misspelt key is not reported as missing

  T value{};
  for (const auto& field : fields_) {
    if (const Node* child = node.find(field.info.name))
      field.parse(*child, join_path(path, field.info.name), value);
    else if (field.info.required)
      refuse_missing(node, path, field.info);
  }
  for (const auto& [key, check] : constraints_) {
    const std::string violated = check(value);
    if (!violated.empty()) refuse_constraint(node, path, key, violated);
  }
  return value;
}

template <class T>
Node Schema<T>::write(const T& value) const {
  std::vector<std::pair<std::string, Node>> entries;
  for (const auto& field : fields_) entries.emplace_back(field.info.name, field.write(value));
  return Node::map(std::move(entries));
}

}  // namespace mantissa::config
