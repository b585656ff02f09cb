// SPDX-License-Identifier: Apache-2.0
#include "base/config/json_schema.h"

#include <fmt/format.h>

#include <cmath>

#include "base/config/document.h"

namespace mantissa::config {
namespace {

using Json = nlohmann::json;

Json section(const std::vector<ParameterInfo>& parameters, DocumentForm form);

// The grammar of decimal.h, without a sign.
Json quantity(const ParameterInfo& p) {
  const std::string number = "(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?";
  return {{"type", "string"},
          {"pattern", fmt::format("^{} *({})$", number, fmt::join(p.units, "|"))}};
}

Json number(const ParameterInfo& p, const char* type) {
  Json json{{"type", type}};
  const auto bound = [&](const char* name, double value) {
    if (!std::isfinite(value)) return;
    if (p.kind == ValueKind::integer && std::abs(value) < 0x1p63)
      json[name] = static_cast<std::int64_t>(value);
    else
      json[name] = value;
  };
  bound("minimum", p.range.low);
  bound("maximum", p.range.high);
  return json;
}

Json innermost(const ParameterInfo& p, DocumentForm form) {
  switch (p.kind) {
    case ValueKind::boolean:
      return {{"type", "boolean"}};
    case ValueKind::integer:
      return number(p, "integer");
    case ValueKind::real:
      return number(p, "number");
    case ValueKind::text:
      return {{"type", "string"}};
    case ValueKind::choice:
      return {{"enum", p.choices}};
    case ValueKind::quantity:
      return quantity(p);
    case ValueKind::section:
      return section(p.children, form);
  }
  return {};
}

Json property(const ParameterInfo& p, DocumentForm form) {
  Json json = innermost(p, form);
  for (int i = 0; i < p.list_depth; ++i) json = {{"type", "array"}, {"items", json}};
  if (p.may_be_none) json = {{"anyOf", {json, {{"const", "none"}}}}};
  std::string doc = p.doc;
  if (!p.range_text.empty()) doc += fmt::format(" Range: {}.", p.range_text);
  if (!p.required && !p.fallback.empty()) doc += fmt::format(" Default: {}.", p.fallback);
  json["description"] = doc;
  return json;
}

Json section(const std::vector<ParameterInfo>& parameters, DocumentForm form) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const ParameterInfo& p : parameters) {
    properties[p.name] = property(p, form);
    if (p.required && form == DocumentForm::complete) required.push_back(p.name);
  }
  Json json{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
  if (!required.empty()) json["required"] = required;
  return json;
}

}  // namespace

nlohmann::json json_schema(const std::vector<ParameterInfo>& parameters, const std::string& title,
                           DocumentForm form) {
  Json json = section(parameters, form);
  json["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  if (!title.empty()) json["title"] = title;
  json["properties"]["version"] = {{"const", document_version},
                                   {"description", "Version of the document's format."}};
  if (form == DocumentForm::with_base)
    json["properties"]["base"] = {{"type", "string"},
                                  {"description", "Preset or file to inherit from."}};
  Json required = json.value("required", Json::array());
  if (std::find(required.begin(), required.end(), "version") == required.end())
    required.push_back("version");
  json["required"] = required;
  return json;
}

}  // namespace mantissa::config
