// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace mantissa {
namespace {

const ErrorKind kind_b{"error-test.b", ExitCode::bad_input, "What b means."};
const ErrorKind kind_a{"error-test.a", ExitCode::usage, "What a means."};

TEST(Error, message_orders_place_sentence_read_expected_nearest_remedy_kind) {
  Error error(kind_b);
  error.remedy("do this").nearest("near").expected("that").read("this").say("so").at("f.yaml", 3,
                                                                                     5);
  EXPECT_EQ(error.message(),
            "f.yaml:3:5: error: so; read 'this'; expected that; did you mean 'near'?; do this "
            "[error-test.b]");
  EXPECT_STREQ(error.what(), error.message().c_str());
}

TEST(Error, message_leaves_out_what_is_unknown) {
  EXPECT_EQ(Error(kind_b).message(), "error: What b means. [error-test.b]");
  EXPECT_EQ(Error(kind_b).at("f", 7).say("so").message(), "f:7: error: so [error-test.b]");
  EXPECT_EQ(Error(kind_b).nearest("").say("so").message(), "error: so [error-test.b]");
}

TEST(Error, an_empty_text_that_was_read_is_shown) {
  EXPECT_EQ(Error(kind_b).read("").message(), "error: read '' [error-test.b]");
}

TEST(Error, exit_code_and_kind_come_from_the_kind) {
  EXPECT_EQ(Error(kind_a).exit(), ExitCode::usage);
  EXPECT_EQ(&Error(kind_a).kind(), &kind_a);
  EXPECT_EQ(Error(kind_b).exit(), ExitCode::bad_input);
}

TEST(Place, text_shows_line_and_column_only_when_known) {
  EXPECT_EQ((Place{"f", 0, 0, ""}.text()), "f");
  EXPECT_EQ((Place{"f", 2, 0, ""}.text()), "f:2");
  EXPECT_EQ((Place{"f", 2, 4, ""}.text()), "f:2:4");
  EXPECT_EQ((Place{"f", 0, 4, ""}.text()), "f");
  EXPECT_EQ((Place{"f", 0, 0, "byte offset 9"}.text()), "f: byte offset 9");
  EXPECT_EQ((Place{"", 0, 0, "--set a=1"}.text()), "--set a=1");
}

TEST(ErrorKind, all_lists_every_kind_once_sorted_by_id) {
  const auto kinds = ErrorKind::all();
  std::set<std::string> ids;
  for (const auto* kind : kinds) EXPECT_TRUE(ids.insert(kind->id()).second) << kind->id();
  EXPECT_EQ(ids.count("error-test.a"), 1u);
  EXPECT_EQ(ids.count("error-test.b"), 1u);
  EXPECT_EQ(ids.count("error-test.c"), 0u);
  EXPECT_TRUE(std::is_sorted(kinds.begin(), kinds.end(),
                             [](auto* a, auto* b) { return std::string(a->id()) < b->id(); }));
}

TEST(NearestName, finds_one_slip_of_each_sort) {
  const std::vector<std::string> names = {"rows", "columns", "dataflow"};
  EXPECT_EQ(nearest_name("colums", names), "columns");     // missing letter
  EXPECT_EQ(nearest_name("collumns", names), "columns");   // doubled letter
  EXPECT_EQ(nearest_name("coulmns", names), "columns");    // swapped neighbours
  EXPECT_EQ(nearest_name("dataflaw", names), "dataflow");  // wrong letter
  EXPECT_EQ(nearest_name("rows", names), "rows");
}

TEST(NearestName, accepts_a_third_of_the_letters_wrong_and_no_more) {
  EXPECT_EQ(nearest_name("abcxyz", {"abcdyy"}), "abcdyy");  // 6 letters, 2 wrong
  EXPECT_EQ(nearest_name("abcxyz", {"abcdww"}), "");        // 3 wrong
  EXPECT_EQ(nearest_name("x", {"y"}), "y");                 // one slip is always allowed
  EXPECT_EQ(nearest_name("x", {"yz"}), "");
  EXPECT_EQ(nearest_name("rows", {}), "");
}

TEST(NearestName, of_equally_near_names_the_first_wins) {
  EXPECT_EQ(nearest_name("cat", {"bat", "hat"}), "bat");
  EXPECT_EQ(nearest_name("cat", {"hat", "bat"}), "hat");
}

TEST(MantissaCheck, throws_an_internal_error_only_when_broken) {
  EXPECT_NO_THROW(MANTISSA_CHECK(1 + 1 == 2, "sums"));
  try {
    MANTISSA_CHECK(1 + 1 == 3, "sums");
    FAIL() << "nothing thrown";
  } catch (const InternalError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("error_test.cpp:"), std::string::npos);
    EXPECT_EQ(text.substr(text.size() - 6), ": sums");
  }
}

}  // namespace
}  // namespace mantissa
