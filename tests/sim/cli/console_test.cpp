// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/console.h"

#include <gtest/gtest.h>

#include <sstream>

#include "sim/cli/format.h"

namespace mantissa::cli {
namespace {

const ErrorKind test_kind{"test.console", ExitCode::bad_input, "For this test alone."};

TEST(Console, prints_escape_sequences_only_where_they_are_welcome) {
  std::ostringstream out, err;
  Console plain(out, err, false, false, false), coloured(out, err, true, true, false);
  EXPECT_EQ(plain.paint(Colour::bold, "x"), "x");
  EXPECT_EQ(coloured.paint(Colour::bold, "x"), "\x1b[1mx\x1b[0m");
  plain.error(Error(test_kind).at("a.yaml", 3, 5).read("x"));
  EXPECT_EQ(err.str(), "a.yaml:3:5: error: read 'x' [test.console]\n");
  err.str("");
  coloured.error(Error(test_kind).at("a.yaml", 3, 5).read("x"));
  EXPECT_EQ(err.str(), "a.yaml:3:5: \x1b[1;31merror:\x1b[0m read 'x' [test.console]\n");
  EXPECT_EQ(out.str(), "");
}

TEST(Progress, is_silent_when_stderr_is_no_terminal) {
  std::ostringstream out, err;
  Console console(out, err, false, false, false);
  { Progress(console, "run").update(0.5, "x"); }
  EXPECT_EQ(err.str() + out.str(), "");
}

TEST(Progress, wipes_its_line_at_the_end) {
  std::ostringstream out, err;
  Console console(out, err, false, false, true);
  { Progress(console, "run").update(0.5, "1.00 Mcycles"); }
  EXPECT_NE(err.str().find("[############------------]  50 %  1.00 Mcycles  ETA 0 s"),
            std::string::npos)
      << err.str();
  EXPECT_EQ(err.str().substr(err.str().size() - 4), "\r\x1b[K");
  EXPECT_EQ(out.str(), "");
}

TEST(Progress, tells_durations_in_two_units_at_most) {
  EXPECT_EQ(Progress::duration(0.4), "0 s");
  EXPECT_EQ(Progress::duration(59.4), "59 s");
  EXPECT_EQ(Progress::duration(59.6), "1 min 00 s");
  EXPECT_EQ(Progress::duration(3599), "59 min 59 s");
  EXPECT_EQ(Progress::duration(3600 + 11 * 60), "1 h 11 min");
}

TEST(Format, groups_digits_by_three) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(18446744073709551615ull), "18,446,744,073,709,551,615");
}

TEST(Format, picks_the_prefix_that_leaves_three_digits) {
  EXPECT_EQ(si(34e9, "B/s"), "34.0 GB/s");
  EXPECT_EQ(si(1.234e-3, "s"), "1.23 ms");
  EXPECT_EQ(si(999.4, "J"), "999 J");
  EXPECT_EQ(si(999.6, "J"), "1.00 kJ");
  EXPECT_EQ(si(0, "J"), "0 J");
  EXPECT_EQ(si(1e-18, "J"), "0.00 fJ");
  EXPECT_EQ(si(5e21, "op"), "5000 Eop");
}

TEST(Format, writes_whole_sizes_without_a_fraction) {
  EXPECT_EQ(binary_bytes(1023), "1023 B");
  EXPECT_EQ(binary_bytes(1024), "1 KiB");
  EXPECT_EQ(binary_bytes(24ull << 20), "24 MiB");
  EXPECT_EQ(binary_bytes(1536), "1.50 KiB");
}

TEST(Format, tells_ratios_and_what_has_none) {
  EXPECT_EQ(ratio(2, 2), "=");
  EXPECT_EQ(ratio(2, 3), "x 1.5");
  EXPECT_EQ(ratio(0, 3), "new");
}

TEST(Table, aligns_numbers_right_and_counts_characters_not_bytes) {
  Table table({"name", "n"}, {Table::Align::left, Table::Align::right});
  table.row({"\xc2\xb5", "10"});
  table.row({"ab", "5"});
  EXPECT_EQ(table.text(0), "name   n\n----  --\n\xc2\xb5     10\nab     5\n");
}

TEST(Wrap, breaks_only_at_spaces) {
  EXPECT_EQ(wrap("aa bb cc", 5, 2), "aa bb\n  cc");
  EXPECT_EQ(wrap("aa bb cc", 4, 2), "aa\n  bb\n  cc");
  EXPECT_EQ(wrap("unbreakable", 4, 2), "unbreakable");
}

}  // namespace
}  // namespace mantissa::cli
