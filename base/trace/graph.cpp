// SPDX-License-Identifier: Apache-2.0
#include "base/trace/graph.h"

#include <utility>

#include "base/error.h"
#include "base/trace/errors.h"
#include "base/trace/vocabulary.h"

namespace mantissa::trace {

namespace {

// An attribute of a wrong type never falls back to the default: that would hide the mistake.
[[noreturn]] void wrong_type(const Op& op, const std::string& key, const char* expected) {
  throw Error(attribute_type)
      .at(Place{"", 0, 0, "op '" + op.name + "'"})
      .read(key + "=" + text(op.attributes.at(key)))
      .expected(expected);
}

const Attribute* find(const Op& op, const std::string& key) {
  const auto it = op.attributes.find(key);
  return it == op.attributes.end() ? nullptr : &it->second;
}

}  // namespace

std::int64_t Op::integer(const std::string& key, std::int64_t fallback) const {
  const Attribute* a = find(*this, key);
  if (a == nullptr) return fallback;
  if (const auto* v = std::get_if<std::int64_t>(a)) return *v;
  wrong_type(*this, key, "an integer");
}

double Op::real(const std::string& key, double fallback) const {
  const Attribute* a = find(*this, key);
  if (a == nullptr) return fallback;
  if (const auto* v = std::get_if<double>(a)) return *v;
  // YAML and ONNX write whole reals as integers.
  if (const auto* v = std::get_if<std::int64_t>(a)) return static_cast<double>(*v);
  wrong_type(*this, key, "a number");
}

bool Op::flag(const std::string& key, bool fallback) const {
  const Attribute* a = find(*this, key);
  if (a == nullptr) return fallback;
  if (const auto* v = std::get_if<bool>(a)) return *v;
  wrong_type(*this, key, "true or false");
}

std::string Op::text(const std::string& key, const std::string& fallback) const {
  const Attribute* a = find(*this, key);
  if (a == nullptr) return fallback;
  if (const auto* v = std::get_if<std::string>(a)) return *v;
  wrong_type(*this, key, "a text");
}

std::vector<std::int64_t> Op::integers(const std::string& key,
                                       std::vector<std::int64_t> fallback) const {
  const Attribute* a = find(*this, key);
  if (a == nullptr) return fallback;
  if (const auto* v = std::get_if<std::vector<std::int64_t>>(a)) return *v;
  if (const auto* v = std::get_if<std::int64_t>(a)) return {*v};
  wrong_type(*this, key, "an integer or a list of integers");
}

std::vector<double> Op::reals(const std::string& key, std::vector<double> fallback) const {
  const Attribute* a = find(*this, key);
  if (a == nullptr) return fallback;
  if (const auto* v = std::get_if<std::vector<double>>(a)) return *v;
  if (const auto* v = std::get_if<std::vector<std::int64_t>>(a)) return {v->begin(), v->end()};
  return {real(key, 0)};
}

// Tied weights (an embedding that is also the last layer) count once, unread ones not at all.
std::uint64_t Trace::parameters() const {
  std::vector<bool> counted(tensors.size(), false);
  std::uint64_t total = 0;
  for (const Op& op : ops) {
    for (TensorId id : op.inputs) {
      if (id == no_tensor || tensor(id).role != Role::parameter || counted[id]) continue;
      counted[id] = true;
      total += static_cast<std::uint64_t>(tensor(id).elements());
    }
  }
  return total;
}

std::uint64_t Trace::macs() const {
  std::uint64_t total = 0;
  for (const Op& op : ops) {
    const bool wrapped = __builtin_add_overflow(total, trace::macs(*this, op), &total);
    if (wrapped) {
      throw Error(tensor_size)
          .say("the multiply-accumulates of trace '" + name + "' do not fit in 64 bits");
    }
  }
  return total;
}

const char* name(Role role) {
  switch (role) {
    case Role::activation:
      return "activation";
    case Role::input:
      return "input";
    case Role::parameter:
      return "parameter";
  }
  internal_error(__FILE__, __LINE__, "role out of range");
}

}  // namespace mantissa::trace
