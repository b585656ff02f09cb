// SPDX-License-Identifier: Apache-2.0
// The pieces that the vocabulary table is put together from, one file per class of ops, and the
// words its rows are written in.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/trace/shape_rules.h"
#include "base/trace/vocabulary.h"

namespace mantissa::trace::table {

std::vector<OpSpec> matrix_ops();
std::vector<OpSpec> pointwise_ops();
std::vector<OpSpec> conversion_ops();  // cast, quantize, dequantize, requantize, batch_norm
std::vector<OpSpec> window_ops();
std::vector<OpSpec> row_ops();
std::vector<OpSpec> movement_ops();
std::vector<OpSpec> lookup_ops();
std::vector<OpSpec> optimizer_ops();
std::vector<OpSpec> collective_ops();
std::vector<OpSpec> generic_ops();

inline OperandSpec required(const char* name) { return {name, false, false}; }
inline OperandSpec maybe(const char* name) { return {name, true, false}; }
inline OperandSpec several(const char* name) { return {name, false, true}; }
inline OperandSpec any_number(const char* name) { return {name, true, true}; }

inline AttributeSpec boolean(const char* name, bool v, const char* doc) { return {name, v, doc}; }
inline AttributeSpec integer(const char* name, std::int64_t v, const char* doc) {
  return {name, v, doc};
}
inline AttributeSpec real(const char* name, double v, const char* doc) { return {name, v, doc}; }
inline AttributeSpec word(const char* name, const char* v, const char* doc) {
  return {name, std::string(v), doc};
}
inline AttributeSpec integers(const char* name, std::vector<std::int64_t> v, const char* doc) {
  return {name, std::move(v), doc};
}
inline AttributeSpec reals(const char* name, std::vector<double> v, const char* doc) {
  return {name, std::move(v), doc};
}
inline AttributeSpec needed(AttributeSpec a) {
  a.required = true;
  return a;
}

inline std::uint64_t no_macs(const Op&, const Operands&) { return 0; }
// One output, shaped like the first operand.
std::vector<Shape> like_first(const Op& op, const Operands& inputs);

}  // namespace mantissa::trace::table
