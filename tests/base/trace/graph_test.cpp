// SPDX-License-Identifier: Apache-2.0
#include "base/trace/graph.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <set>

#include "base/trace/errors.h"

namespace mantissa::trace {
namespace {

TEST(NumberFormats, stand_in_the_enumerations_order_with_unique_names) {
  std::set<std::string> names;
  for (const NumberFormatInfo& row : number_formats()) {
    EXPECT_EQ(&info(row.format), &row);
    EXPECT_EQ(number_format(row.name), row.format);
    EXPECT_TRUE(names.insert(row.name).second);
    const bool neither = row.format == NumberFormat::boolean || row.format == NumberFormat::binary;
    EXPECT_EQ(is_integer(row.format) + is_float(row.format), neither ? 0 : 1) << row.name;
  }
  EXPECT_EQ(names.size(), 23u);
  EXPECT_FALSE(number_format("INT8").has_value());
  EXPECT_THROW(info(static_cast<NumberFormat>(99)), InternalError);
}

TEST(NumberFormats, pack_to_whole_bytes) {
  EXPECT_EQ(storage_bytes(NumberFormat::binary, 8), 1u);
  EXPECT_EQ(storage_bytes(NumberFormat::binary, 9), 2u);
  EXPECT_EQ(storage_bytes(NumberFormat::fp6_e2m3, 4), 3u);
  EXPECT_EQ(storage_bytes(NumberFormat::tf32, 2), 8u);
  EXPECT_EQ(storage_bytes(NumberFormat::fp64, 0), 0u);
}

TEST(Op, widens_attributes_but_never_guesses) {
  Op op;
  op.name = "op";
  op.attributes = {{"b", true},
                   {"i", std::int64_t{3}},
                   {"d", 0.5},
                   {"s", std::string("x")},
                   {"l", std::vector<std::int64_t>{1, 2}},
                   {"r", std::vector<double>{0.5}}};
  EXPECT_TRUE(op.flag("b", false));
  EXPECT_EQ(op.integer("i", 0), 3);
  EXPECT_EQ(op.real("i", 0), 3.0);
  EXPECT_EQ(op.real("d", 0), 0.5);
  EXPECT_EQ(op.text("s", ""), "x");
  EXPECT_EQ(op.integers("l", {}), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(op.integers("i", {}), (std::vector<std::int64_t>{3}));
  EXPECT_EQ(op.reals("r", {}), (std::vector<double>{0.5}));
  EXPECT_EQ(op.reals("l", {}), (std::vector<double>{1, 2}));
  EXPECT_EQ(op.reals("d", {}), (std::vector<double>{0.5}));
  EXPECT_EQ(op.integer("absent", 7), 7);
  EXPECT_EQ(op.integers("absent", {7}), (std::vector<std::int64_t>{7}));
  for (const auto& wrong : {std::function<void()>([&] { op.integer("d", 0); }),
                            std::function<void()>([&] { op.flag("i", false); }),
                            std::function<void()>([&] { op.real("s", 0); }),
                            std::function<void()>([&] { op.text("i", ""); }),
                            std::function<void()>([&] { op.integers("r", {}); }),
                            std::function<void()>([&] { op.reals("s", {}); })}) {
    try {
      wrong();
      ADD_FAILURE() << "accepted";
    } catch (const Error& e) {
      EXPECT_EQ(&e.kind(), &attribute_type);
      EXPECT_NE(e.message().find("op 'op'"), std::string::npos);
    }
  }
}

TEST(Text, shows_attributes_so_that_their_type_can_be_told) {
  EXPECT_EQ(text(Attribute(true)), "true");
  EXPECT_EQ(text(Attribute(std::int64_t{-3})), "-3");
  EXPECT_EQ(text(Attribute(2.0)), "2.0");
  EXPECT_EQ(text(Attribute(1e300)), "1e+300");
  EXPECT_EQ(text(Attribute(0.1)), "0.1");
  EXPECT_EQ(text(Attribute(-std::numeric_limits<double>::infinity())), "-.inf");
  EXPECT_EQ(text(Attribute(std::numeric_limits<double>::quiet_NaN())), ".nan");
  EXPECT_EQ(text(Attribute(std::vector<std::int64_t>{1, 2})), "[1, 2]");
  EXPECT_EQ(text(Attribute(std::vector<double>{})), "[]");
}

TEST(Text, shapes_read_back) {
  for (const Shape& s : {Shape{}, Shape{0}, Shape{64, 3, 7, 7}, Shape{INT64_MAX}}) {
    Shape back{9};
    ASSERT_TRUE(parse_shape(text(s), back)) << text(s);
    EXPECT_EQ(back, s);
  }
  Shape ignored;
  for (const char* bad : {"", "x", "3x", "x3", "3xx4", "-1", "3.5", "9223372036854775808", " 3"}) {
    EXPECT_FALSE(parse_shape(bad, ignored)) << bad;
  }
}

TEST(Text, knows_utf8_at_its_borders) {
  for (const char* good :
       {"", "plain", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "gr\xc3\xbc\xc3\x9f"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const char* bad : {"\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82",
                          "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xff", "a\xc2z"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

}  // namespace
}  // namespace mantissa::trace
