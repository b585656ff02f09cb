// SPDX-License-Identifier: Apache-2.0
// SCALE-Sim topologies, as they are published and as they go wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/trace/builder.h"
#include "workloads/import/scale_sim.h"

namespace mantissa::workloads {
namespace {

using trace::NumberFormat;

const std::string conv_header =
    "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, "
    "Strides,\n";
const std::string gemm_header = "Layer, M, N, K,\n";

trace::Trace read(const std::string& text, NumberFormat f = NumberFormat::int8) {
  return read_scale_sim(text, "topology.csv", f);
}

TEST(ScaleSim, a_convolution_has_no_padding_and_floor_h_minus_r_over_s_plus_1_rows) {
  const auto t = read(conv_header + "c1, 10, 11, 3, 2, 4, 5, 2,\n");
  ASSERT_EQ(t.ops.size(), 1u);
  EXPECT_EQ(t.ops[0].kind, trace::OpKind::conv2d);
  EXPECT_EQ(t.tensor(t.ops[0].outputs[0]).shape, (trace::Shape{1, 5, 4, 5}));
  EXPECT_EQ(t.tensor(t.ops[0].outputs[0]).format, NumberFormat::int32);
  EXPECT_EQ(t.macs(), 4u * 5 * 5 * 3 * 2 * 4);
}

TEST(ScaleSim, a_matrix_product_is_m_n_k) {
  const auto t = read(gemm_header + "g, 7, 5, 3,\n", NumberFormat::bf16);
  EXPECT_EQ(t.ops[0].kind, trace::OpKind::matmul);
  EXPECT_EQ(t.tensor(t.ops[0].inputs[0]).shape, (trace::Shape{7, 3}));
  EXPECT_EQ(t.tensor(t.ops[0].inputs[1]).shape, (trace::Shape{3, 5}));
  EXPECT_EQ(t.tensor(t.ops[0].outputs[0]).format, NumberFormat::fp32);
}

// That tool needs the trailing comma and silently drops the last column without it.
TEST(ScaleSim, trailing_commas_line_ends_blanks_and_byte_order_marks_do_not_matter) {
  const auto plain = read(gemm_header + "a, 7, 5, 3,\nb, 2, 2, 2,\n");
  EXPECT_EQ(read("Layer, M, N, K\na, 7, 5, 3\nb, 2, 2, 2"), plain);
  EXPECT_EQ(read("Layer, M, N, K,\r\na, 7, 5, 3,\r\n\r\nb, 2, 2, 2,\r\n"), plain);
  EXPECT_EQ(read("\xEF\xBB\xBFLayer,m,n,k,\n\n  \na,7,5,3,\n\t\nb,2 , 2,2,\n\n"), plain);
}

TEST(ScaleSim, a_dense_sparsity_changes_nothing) {
  const std::string plain = conv_header + "c1, 10, 10, 3, 3, 4, 5, 1,\n";
  EXPECT_EQ(read(conv_header + "c1, 10, 10, 3, 3, 4, 5, 1, 1:1,\n"), read(plain));
  EXPECT_EQ(read("Layer, M, N, K, Sparsity,\ng, 1, 1, 1, 4:4\n").ops.size(), 1u);
}

TEST(ScaleSim, layers_run_one_after_the_other_and_may_repeat_names) {
  const auto t = read(gemm_header + "a, 7, 5, 3,\na, 2, 2, 2,\n");
  EXPECT_EQ(t.ops[1].name, "a#3");
  EXPECT_EQ(t.ops[0].after, std::vector<trace::OpId>{});
  EXPECT_EQ(t.ops[1].after, std::vector<trace::OpId>{0});
}

TEST(ScaleSim, the_shipped_topology_is_resnet18) {
  std::ifstream file(std::string(MANTISSA_SOURCE_DIR) + "/configs/workload/scalesim_resnet18.csv");
  std::stringstream text;
  text << file.rdbuf();
  const auto t = read(text.str());
  EXPECT_EQ(t.ops.size(), 21u);
  EXPECT_EQ(t.macs(), 1814073344u);
}

struct Bad {
  const char* name;
  std::string text;
  const char* kind;
  const char* place;
  const char* message;
};

class BadTopology : public testing::TestWithParam<Bad> {};

TEST_P(BadTopology, is_refused_with_line_column_and_field) {
  const Bad& bad = GetParam();
  try {
    read(bad.text);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_STREQ(error.kind().id(), bad.kind) << error.message();
    EXPECT_THAT(error.message(), testing::HasSubstr("topology.csv:" + std::string(bad.place)));
    EXPECT_THAT(error.message(), testing::HasSubstr(bad.message));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, BadTopology,
    testing::Values(
        Bad{"empty", "", "scalesim.empty", "1", "header"},
        Bad{"header_alone", gemm_header, "scalesim.empty", "1", "at least one layer"},
        Bad{"no_header", "c1, 10, 10, 3, 3, 4, 5, 1,\nc2, 10, 10, 3, 3, 4, 5, 1,\n",
            "scalesim.header", "1:1", "IFMAP Height"},
        Bad{"too_few_columns", conv_header + "c1, 10, 10, 3, 3, 4, 5,\n", "scalesim.columns",
            "2:", "'Strides' is missing"},
        Bad{"too_many_columns", gemm_header + "g, 1, 2, 3, 1:1, 5,\n", "scalesim.columns",
            "2:", "6 columns"},
        Bad{"not_a_number", gemm_header + "g, 7, x5, 3,\n", "scalesim.number", "2:7", "'N'"},
        Bad{"a_fraction", gemm_header + "g, 7, 5.5, 3,\n", "scalesim.number", "2:7", "5.5"},
        Bad{"zero", gemm_header + "g, 7, 5, 0,\n", "scalesim.number", "2:10", "'K'"},
        Bad{"negative", gemm_header + "g, -7, 5, 1,\n", "scalesim.number", "2:4", "-7"},
        Bad{"too_large", gemm_header + "g, 2147483648, 5, 1,\n", "scalesim.number", "2:4",
            "2147483647"},
        Bad{"an_empty_field", gemm_header + "g, 7, , 1,\n", "scalesim.number", "2:", "'N'"},
        Bad{"filter_larger_than_input", conv_header + "c1, 2, 9, 3, 3, 4, 5, 1,\n",
            "scalesim.shape", "2:11", "'Filter Height'"},
        Bad{"filter_wider_than_input", conv_header + "c1, 9, 2, 3, 3, 4, 5, 1,\n", "scalesim.shape",
            "2:14", "'Filter Width'"},
        Bad{"sparse", gemm_header + "g, 7, 5, 3, 2:4,\n", "scalesim.sparse", "2:13", "2:4"},
        Bad{"no_sparsity", gemm_header + "g, 7, 5, 3, dense,\n", "scalesim.sparse", "2:13",
            "dense"},
        Bad{"no_name", gemm_header + ", 7, 5, 3,\n", "scalesim.name", "2:1", "name"}),
    [](const testing::TestParamInfo<Bad>& info) { return info.param.name; });

TEST(ScaleSim, the_largest_number_and_a_filter_as_large_as_its_input_are_taken) {
  EXPECT_EQ(read(gemm_header + "g, 2147483647, 1, 1,\n").macs(), 2147483647u);
  EXPECT_EQ(read(conv_header + "c1, 3, 3, 3, 3, 4, 5, 1,\n").macs(), 9u * 4 * 5);
}

}  // namespace
}  // namespace mantissa::workloads
