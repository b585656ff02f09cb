// SPDX-License-Identifier: Apache-2.0
#include "base/config/explain.h"

#include <gtest/gtest.h>

#include "base/config/json_schema.h"
#include "base/error.h"
#include "tests/base/config/sample_config.h"

namespace mantissa::config {
namespace {

using sample::Chip;

std::string taught(const std::string& key) {
  return explain("chip", Chip::schema().parameters(), key);
}

TEST(Explain, tells_type_unit_range_default_and_doc) {
  EXPECT_EQ(taught("core.matrix.rows"),
            "core.matrix.rows\n  Rows R.\n  type      integer\n  range     from 1 to 1024\n"
            "  required\n");
  EXPECT_EQ(taught("core.scratchpad"),
            "core.scratchpad\n  Scratchpad.\n  type      bytes\n"
            "  units     B, kB, KiB, MB, MiB, GB, GiB, TB, TiB\n"
            "  range     from 1 KiB to 32 MiB\n  default   256 KiB\n");
  EXPECT_EQ(taught("core.matrix.dataflow"),
            "core.matrix.dataflow\n  Which operand stays.\n"
            "  type      one of weight_stationary, output_stationary\n"
            "  default   weight_stationary\n");
  EXPECT_EQ(taught("note"), "note\n  A remark.\n  type      text or none\n  default   none\n");
}

TEST(Explain, lists_a_section_as_an_aligned_table) {
  EXPECT_EQ(taught("core.matrix"),
            "core.matrix\n  Matrix unit.\n  type      section\n  required\n\n"
            "  rows      integer                                              required           "
            "Rows R.\n"
            "  columns   integer                                              required           "
            "Columns C.\n"
            "  dataflow  one of weight_stationary, output_stationary          weight_stationary  "
            "Which operand stays.\n"
            "  others    list of one of weight_stationary, output_stationary  []                 "
            "Other dataflows.\n");
  EXPECT_EQ(taught("").rfind("chip\n  name       text", 0), 0u);
}

TEST(Explain, takes_keys_of_list_items_with_and_without_index) {
  EXPECT_EQ(taught("levels.0.latency"), taught("levels.latency"));
  EXPECT_NE(taught("levels.latency").find("default   1 cycle\n"), std::string::npos);
}

TEST(Explain, refuses_unknown_keys_with_the_nearest) {
  const auto message = [](const std::string& key) -> std::string {
    try {
      return taught(key);
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), ExitCode::usage);
      return error.message();
    }
  };
  EXPECT_EQ(message("core.matrix.rosw"),
            "error: no parameter of the chip has this name; read 'core.matrix.rosw'; did you mean "
            "'core.matrix.rows'?; explain a section to see what stands in it "
            "[config.unknown-parameter]");
  EXPECT_NE(message("columns").find("did you mean 'core.matrix.columns'?"), std::string::npos);
  EXPECT_EQ(message("qqqqqqqq").find("did you mean"), std::string::npos);
}

TEST(Flatten, lists_sections_before_what_stands_in_them) {
  const auto parameters = Chip::schema().parameters();
  std::vector<std::string> names;
  for (const auto& [name, info] : flatten(parameters)) names.push_back(name);
  ASSERT_GT(names.size(), 6u);
  EXPECT_EQ(names[2], "core");
  EXPECT_EQ(names[3], "core.clock");
  EXPECT_EQ(names[4], "core.matrix");
  EXPECT_EQ(names[5], "core.matrix.rows");
}

TEST(JsonSchema, describes_types_bounds_choices_and_required_keys) {
  const auto json = json_schema(Chip::schema().parameters(), "Chip");
  EXPECT_EQ(json["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(json["title"], "Chip");
  EXPECT_EQ(json["additionalProperties"], false);
  EXPECT_EQ(json["required"], (nlohmann::json{"name", "core", "version"}));
  EXPECT_EQ(json["properties"]["version"]["const"], 1);
  const auto& core = json["properties"]["core"]["properties"];
  EXPECT_EQ(core["matrix"]["required"], (nlohmann::json{"rows", "columns"}));
  const auto& rows = core["matrix"]["properties"]["rows"];
  EXPECT_EQ(rows["type"], "integer");
  EXPECT_EQ(rows["minimum"], 1);
  EXPECT_EQ(rows["maximum"], 1024);
  EXPECT_EQ(core["matrix"]["properties"]["dataflow"]["enum"],
            (nlohmann::json{"weight_stationary", "output_stationary"}));
  EXPECT_EQ(core["fuse"]["type"], "boolean");
  EXPECT_EQ(core["utilisation"]["type"], "number");
  EXPECT_EQ(core["clock"]["pattern"],
            "^(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)? *(Hz|kHz|MHz|GHz)$");
  EXPECT_EQ(core["buffer"]["anyOf"][1]["const"], "none");
  EXPECT_EQ(core["scratchpad"]["description"],
            "Scratchpad. Range: from 1 KiB to 32 MiB. Default: 256 KiB.");
  EXPECT_EQ(json["properties"]["table"]["items"]["items"]["type"], "number");
  EXPECT_EQ(json["properties"]["levels"]["items"]["properties"]["name"]["type"], "string");
  EXPECT_FALSE(json["properties"].contains("base"));
}

TEST(JsonSchema, of_a_child_document_lets_the_base_supply_required_keys) {
  const auto json = json_schema(Chip::schema().parameters(), "", DocumentForm::with_base);
  EXPECT_EQ(json["required"], nlohmann::json{"version"});
  EXPECT_EQ(json["properties"]["base"]["type"], "string");
  EXPECT_FALSE(json["properties"]["core"].contains("required"));
  EXPECT_FALSE(json.contains("title"));
}

}  // namespace
}  // namespace mantissa::config
