// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/onnx_model.h"

#include <utility>

#include "base/numerics/element.h"

namespace mantissa::workloads::onnx_import {

std::vector<std::int64_t> Constant::integers() const {
  std::vector<std::int64_t> out;
  for (std::int64_t i = 0; i < trace::elements(shape); ++i) {
    out.push_back(numerics::load_element(format, bytes.data(), i).integer);
  }
  return out;
}

std::vector<double> Constant::reals() const {
  std::vector<double> out;
  for (std::int64_t i = 0; i < trace::elements(shape); ++i) {
    out.push_back(numerics::load_element(format, bytes.data(), i).as_real());
  }
  return out;
}

std::int64_t Node::integer(const char* key, std::int64_t fallback) const {
  const auto found = attributes.find(key);
  return found == attributes.end() ? fallback : found->second.integer;
}

double Node::real(const char* key, double fallback) const {
  const auto found = attributes.find(key);
  return found == attributes.end() ? fallback : found->second.real;
}

std::string Node::text(const char* key, const char* fallback) const {
  const auto found = attributes.find(key);
  return found == attributes.end() ? fallback : found->second.text;
}

std::vector<std::int64_t> Node::integers(const char* key,
                                         std::vector<std::int64_t> fallback) const {
  const auto found = attributes.find(key);
  return found == attributes.end() ? std::move(fallback) : found->second.integers;
}

std::string Node::title() const {
  const std::string who = !name.empty() ? name : outputs.empty() ? "" : outputs.front();
  const std::string where = domain.empty() || domain == "ai.onnx" ? "" : domain + ".";
  return where + type + " '" + who + "'";
}

}  // namespace mantissa::workloads::onnx_import
