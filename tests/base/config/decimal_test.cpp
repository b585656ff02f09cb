// SPDX-License-Identifier: Apache-2.0
#include "base/config/decimal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace mantissa::config {
namespace {

using Outcome = WholeNumber::Outcome;

WholeNumber whole(const std::string& text, int exponent10 = 0, int exponent2 = 0) {
  return whole_number(scan_number(text).number, exponent10, exponent2);
}

TEST(ScanNumber, takes_the_longest_json_number) {
  const std::pair<const char*, std::size_t> cases[] = {
      {"0", 1},     {"-12.5e+3", 8}, {"1.", 0},   {"1.5.2", 3}, {"1e", 1}, {"1e+", 1}, {"12 kB", 2},
      {"010", 0},   {"00", 0},       {"0.10", 4}, {"0x10", 1},  {".5", 0}, {"+1", 0},  {"-", 0},
      {"1_000", 1}, {".inf", 0},     {"1e3B", 3}, {"", 0},      {"-0", 2}, {"e3", 0}};
  for (const auto& [text, length] : cases) EXPECT_EQ(scan_number(text).length, length) << text;
}

TEST(ScanNumber, keeps_every_digit) {
  const Decimal d = scan_number("-0.08330e-2").number;
  EXPECT_TRUE(d.negative);
  EXPECT_FALSE(d.plain_integer);
  EXPECT_EQ(d.digits, "833");
  EXPECT_EQ(d.exponent, -6);
  EXPECT_TRUE(scan_number("120").number.plain_integer);
  EXPECT_FALSE(scan_number("1e2").number.plain_integer);
  EXPECT_EQ(scan_number("0.00").number.digits, "");
  EXPECT_EQ(scan_number(std::string(1000, '9')).length, 1000u);
  EXPECT_EQ(scan_number(std::string(1001, '9')).length, 0u);  // nobody means such a number
}

TEST(WholeNumberOf, is_exact_or_says_why_not) {
  EXPECT_EQ(whole("0.833", 6).value, 833'000u);
  EXPECT_EQ(whole("0.0009765625", 0, 10).value, 1u);  // 1/1024 KiB
  EXPECT_EQ(whole("0.0009765624", 0, 10).outcome, Outcome::fraction);
  EXPECT_EQ(whole("1.5").outcome, Outcome::fraction);
  EXPECT_EQ(whole("1.5", 1).value, 15u);
  EXPECT_EQ(whole("18446744073709551615").value, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(whole("18446744073709551616").outcome, Outcome::overflow);
  EXPECT_EQ(whole("16777215.99999904632568359375", 0, 40).outcome, Outcome::fraction);
  EXPECT_EQ(whole("16777215", 0, 40).value, 16777215ull << 40);
  EXPECT_EQ(whole("16777216", 0, 40).outcome, Outcome::overflow);
  EXPECT_EQ(whole("1e19").value, 10'000'000'000'000'000'000ull);
  EXPECT_EQ(whole("1e20").outcome, Outcome::overflow);
  EXPECT_EQ(whole("1e99999999999").outcome, Outcome::overflow);
  EXPECT_EQ(whole("1e-99999999999").outcome, Outcome::fraction);
  EXPECT_EQ(whole("0e99999999999").value, 0u);
}

TEST(RealNumberOf, rounds_once_and_refuses_infinity) {
  const auto real = [](const std::string& text, int exponent10 = 0, int exponent2 = 0) {
    return real_number(scan_number(text).number, exponent10, exponent2);
  };
  EXPECT_EQ(real("0.1"), 0.1);
  EXPECT_EQ(real("900", -3), 0.9);  // 900 * 1e-3 in doubles may differ in the last bit
  EXPECT_EQ(real("1.1", -3), 0.0011);
  EXPECT_EQ(real("0.3", 0, 30), std::ldexp(0.3, 30));
  EXPECT_EQ(real("-2.5"), -2.5);
  EXPECT_EQ(real("1.7976931348623157e308"), std::numeric_limits<double>::max());
  EXPECT_EQ(real("1e309"), std::nullopt);
  EXPECT_EQ(real("1.7e308", 0, 10), std::nullopt);
  EXPECT_EQ(real("1e-400"), std::nullopt);
  EXPECT_TRUE(std::signbit(*real("-0")));
}

}  // namespace
}  // namespace mantissa::config
