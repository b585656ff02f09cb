// SPDX-License-Identifier: Apache-2.0
// One declaration per parameter: type, name, unit, default or required, range, one line of doc.
// Parsing, validation, `explain`, listing, the JSON schema and the saved resolved configuration all
// come from it.
//
//   struct MatrixConfig {
//     std::int64_t rows = 0;
//     Dataflow dataflow = Dataflow::weight_stationary;
//     static const config::Schema<MatrixConfig>& schema();
//   };
//   const config::Schema<MatrixConfig>& MatrixConfig::schema() {
//     static const auto s = config::Schema<MatrixConfig>("Systolic matrix unit")
//         .required("rows", &MatrixConfig::rows, config::range(1, 1024), "Rows R of the array.")
//         .optional("dataflow", &MatrixConfig::dataflow, "Which operand stays in the array.");
//     return s;
//   }
//
// The default of an optional parameter is the member's value in a default-constructed struct.
// It must itself be legal; a section without a legal default is required or a std::optional.
//
// Member types understood: bool, std::int64_t, double, std::string, enums with an EnumNames
// specialisation, Hertz, Bytes, Femtoseconds, Cycles, Volts, Nanometres, Watts, Picojoules,
// SquareMicrons, Latency, Bandwidth, nested structs that have a schema(), std::vector of any of
// these, and std::optional of a nested struct or of a scalar (std::nullopt when the key is absent
// or `none`).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/config/codec.h"
#include "base/config/node.h"
#include "base/config/parameter_info.h"
#include "base/config/range.h"
#include "base/error.h"
#include "base/units.h"

namespace mantissa::config {

// Type-erased field; see codec.h for how each member type is read and written.
template <class T>
struct Field {
  ParameterInfo info;
  std::function<void(const Node&, const std::string& path, T&)> parse;  // throws Error
  std::function<Node(const T&)> write;
};

template <class T>
class Schema {
 public:
  explicit Schema(std::string doc) : doc_(std::move(doc)) {}

  template <class M>
  Schema& required(const char* name, M T::*member, Range range, const char* doc);
  template <class M>
  Schema& required(const char* name, M T::*member, const char* doc) {
    return required(name, member, unbounded(), doc);
  }
  template <class M>
  Schema& optional(const char* name, M T::*member, Range range, const char* doc);
  template <class M>
  Schema& optional(const char* name, M T::*member, const char* doc) {
    return optional(name, member, unbounded(), doc);
  }
  // A check across parameters: returns an empty string, or the violated constraint in words. The
  // message points to `key` (dotted, below this section), or to the section when it is not written.
  Schema& constraint(const char* key, std::function<std::string(const T&)> check);

  const std::string& doc() const { return doc_; }
  std::vector<ParameterInfo> parameters() const;

  // Strict: unknown, duplicate, missing, wrongly typed, out-of-range keys throw an Error with place
  // and dotted key. `path` is the dotted key of the section itself, empty for a whole document.
  T parse(const Node& node, const std::string& path = {}) const;
  Node write(const T& value) const;  // every parameter, defaults included, in declaration order

 private:
  template <class M>
  Schema& add(const char* name, M T::*member, bool required, Range range, const char* doc);

  std::string doc_;
  std::vector<Field<T>> fields_;
  std::vector<std::pair<std::string, std::function<std::string(const T&)>>> constraints_;
};

}  // namespace mantissa::config

#include "base/config/schema_impl.h"
