// SPDX-License-Identifier: Apache-2.0
// Chakra attributes: writing each with the one type that its readers ask for, and reading any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/trace/chakra.pb.h"
#include "base/trace/graph.h"

namespace mantissa::trace::chakra {

using ChakraProtoMsg::AttributeProto;
using Attributes = google::protobuf::RepeatedPtrField<AttributeProto>;

// Names of our own attributes. An op's attribute `stride` is `mantissa.attribute.stride`.
inline constexpr const char* kind_key = "mantissa.kind";
inline constexpr const char* inputs_key = "mantissa.inputs";  // tensor ids; -1: absent
inline constexpr const char* outputs_key = "mantissa.outputs";
inline constexpr const char* tensors_key = "mantissa.tensors";  // those first mentioned here
inline constexpr const char* attribute_prefix = "mantissa.attribute.";
inline constexpr const char* trace_key = "mantissa.trace";  // in the GlobalMetadata, as are:
inline constexpr const char* rank_key = "mantissa.rank";
inline constexpr const char* ops_key = "mantissa.ops";
inline constexpr const char* operands_key = "mantissa.operands_file";
inline constexpr const char* metadata_prefix = "mantissa.metadata.";

// ---- writing ---------------------------------------------------------------------------------
AttributeProto& add(Attributes& to, std::string_view name);
void add_value(Attributes& to, std::string_view name, const Attribute& value);

// ---- reading ---------------------------------------------------------------------------------
const AttributeProto* find(const Attributes& in, std::string_view name);

// Any integer member (also a boolean); nullopt when it is of another type or beyond int64.
std::optional<std::int64_t> as_integer(const AttributeProto& a);
// Any list of integers or booleans, or a single one.
std::optional<std::vector<std::int64_t>> as_integers(const AttributeProto& a);
// The value as one of ours; nullopt for types that no op attribute has.
std::optional<Attribute> as_attribute(const AttributeProto& a);

// A tensor as text, "<id> <role> <format> <shape> <name>", and back; nullopt when malformed.
struct Declaration {
  TensorId id;
  Tensor tensor;
};
std::string declaration(TensorId id, const Tensor& tensor);
std::optional<Declaration> parse_declaration(std::string_view text);

}  // namespace mantissa::trace::chakra
