// SPDX-License-Identifier: Apache-2.0
#include "workloads/inference/microrec/table_set.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/workloads/inference/microrec/presets.h"

namespace mantissa::workloads::microrec {
namespace {

TEST(TableSets, have_the_published_totals) {
  const Sources sources = shipped();
  const TableSet small = sources.set("microrec_small");
  EXPECT_EQ(small.tables.size(), 47u);
  EXPECT_EQ(small.dims(), 352u);
  EXPECT_EQ(small.elements(), 353'669'600u);
  const TableSet large = sources.set("microrec_large");
  EXPECT_EQ(large.tables.size(), 98u);
  EXPECT_EQ(large.dims(), 876u);
  EXPECT_EQ(large.elements(), 3'776'852'800u);
  const TableSet rmc2 = sources.set("dlrm_rmc2");
  EXPECT_EQ(rmc2.tables.size(), 8u);
  EXPECT_EQ(rmc2.lookups(), 32u);
}

TEST(TableSets, have_the_totals_of_dlrm) {
  const Sources sources = shipped();
  EXPECT_EQ(sources.set("criteo_kaggle").rows(), 33'762'577u);
  const TableSet v1 = sources.set("mlperf_v1");
  EXPECT_EQ(v1.rows(), 187'767'399u);
  EXPECT_NEAR(static_cast<double>(v1.elements()) * 4e-9, 96.1, .05);  // GB
  const TableSet v2 = sources.set("mlperf_dcnv2");
  EXPECT_EQ(v2.rows(), 204'184'588u);
  EXPECT_EQ(v2.lookups(), 214u);
  EXPECT_NEAR(static_cast<double>(v2.elements()) * 4e-9, 104.54, .005);
  for (const char* name : {"criteo_kaggle", "mlperf_v1", "mlperf_dcnv2"})
    EXPECT_EQ(sources.set(name).tables.size(), 26u) << name;
  EXPECT_EQ(sources.set("deeprecsys_rm1").lookups(), 8u * 80);
  EXPECT_EQ(sources.set("deeprecsys_rm2").lookups(), 32u * 120);
  EXPECT_EQ(sources.set("deeprecsys_rm3").lookups(), 10u * 20);
}

TEST(TableSets, every_shipped_one_loads) {
  const Sources sources = shipped();
  const std::string folder = std::string(MANTISSA_SOURCE_DIR) + "/configs/workload/tables";
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    EXPECT_GT(sources.set(entry.path().stem().string()).elements(), 0u) << entry.path();
    ++count;
  }
  EXPECT_EQ(count, 9u);
}

TEST(TableCsv, reads_groups_of_tables) {
  const TableSet set =
      read_table_csv("dim, rows, count, lookups\n4,100,2,1\n\n16, 500 ,1,3\r\n", "t");
  ASSERT_EQ(set.tables.size(), 3u);
  EXPECT_EQ(set.tables[1].name, "4x100#1");
  EXPECT_EQ(set.tables[2].rows, 500u);
  EXPECT_EQ(set.tables[2].lookups, 3u);
  EXPECT_EQ(read_table_csv("dim,rows\n4,100\n", "t").tables.size(), 1u);
}

TEST(TableCsv, is_told_from_other_csv_files_by_its_header) {
  const std::string path = testing::TempDir() + "table_set_test.csv";
  const auto is_one = [&](const std::string& text) {
    std::ofstream(path) << text;
    return is_table_csv(path);
  };
  EXPECT_TRUE(is_one("\n \n dim , rows\n"));
  EXPECT_FALSE(is_one("dims, rows\n"));
  EXPECT_FALSE(is_one("Layer, M, N, K\ndim, rows\n"));
  EXPECT_FALSE(is_one(""));
  std::remove(path.c_str());
  EXPECT_FALSE(is_table_csv(path));
}

TEST(TableCsv, refuses_what_is_wrong_with_its_line) {
  const auto text = [](const std::string& csv) {
    return message_of([&] { read_table_csv(csv, "t.csv"); });
  };
  EXPECT_NE(text("rows,dim\n").find("t.csv:1:1: error: this is no header"), std::string::npos);
  EXPECT_NE(text("dim,rows\n4\n").find("t.csv:2:1: error: a line has 1 fields"), std::string::npos);
  EXPECT_NE(text("dim,rows\n4,0\n").find("read '0'"), std::string::npos);
  EXPECT_NE(text("dim,rows\n4,1e3\n").find("read '1e3'"), std::string::npos);
  EXPECT_NE(text("dim,rows\n").find("there is no table"), std::string::npos);
  EXPECT_NE(text("dim,rows,count\n65536,1099511627776,65536\n").find("2^58 elements"),
            std::string::npos);
}

TEST(TableSet, gives_every_lookup_a_table_when_asked) {
  const TableSet spread = one_table_per_lookup(tables({{"a", 10, 4, 3}, {"b", 5, 2, 1}}));
  ASSERT_EQ(spread.tables.size(), 4u);
  EXPECT_EQ(spread.lookups(), 4u);
  EXPECT_EQ(spread.tables[2].name, "a/2");
}

TEST(TableSet, splits_a_table_by_dimensions) {
  const TableSet split = split_table(tables({{"a", 10, 4}, {"b", 5, 32}}), 1, 2);
  ASSERT_EQ(split.tables.size(), 3u);
  EXPECT_EQ(split.tables[2].dim, 16u);
  EXPECT_EQ(split.dims(), 36u);
}

}  // namespace
}  // namespace mantissa::workloads::microrec
