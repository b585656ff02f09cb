// SPDX-License-Identifier: Apache-2.0
#include "base/config/quantity_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace mantissa::config {
namespace {

template <class Q>
std::string quantity_refusal(const std::string& text) {
  try {
    return "accepted: " + quantity_text(parse_quantity<Q>(text, Spot{"a.b", {"f", 1, 4, ""}}));
  } catch (const Error& error) {
    return error.message();
  }
}

TEST(QuantityText, reads_each_unit_exactly) {
  EXPECT_EQ(parse_quantity<Bytes>("256 KiB").value, 262'144u);
  EXPECT_EQ(parse_quantity<Bytes>("24 MiB").value, 24u << 20);
  EXPECT_EQ(parse_quantity<Bytes>("4 kB").value, 4'000u);
  EXPECT_EQ(parse_quantity<Bytes>("64 B").value, 64u);
  EXPECT_EQ(parse_quantity<Bytes>("64B").value, 64u);
  EXPECT_EQ(parse_quantity<Bytes>("1.5 GiB").value, 3ull << 29);
  EXPECT_EQ(parse_quantity<Hertz>("940 MHz").value, 940'000'000u);
  EXPECT_EQ(parse_quantity<Hertz>("1.05 GHz").value, 1'050'000'000u);
  EXPECT_EQ(parse_quantity<Femtoseconds>("1.2 ns").value, 1'200'000u);
  EXPECT_EQ(parse_quantity<Femtoseconds>("0.833 ns").value, 833'000u);
  EXPECT_EQ(parse_quantity<Femtoseconds>("7.8 us").value, 7'800'000'000u);
  EXPECT_EQ(parse_quantity<Cycles>("100 cycles").value, 100u);
  EXPECT_EQ(parse_quantity<Cycles>("1 cycle").value, 1u);
  EXPECT_EQ(parse_quantity<Volts>("900 mV").value, 0.9);
  EXPECT_EQ(parse_quantity<Volts>("0.9 V").value, 0.9);
  EXPECT_EQ(parse_quantity<Nanometres>("28 nm").value, 28.0);
  EXPECT_EQ(parse_quantity<Nanometres>("0.18 um").value, 180.0);
  EXPECT_EQ(parse_quantity<Watts>("40 W").value, 40.0);
  EXPECT_EQ(parse_quantity<Picojoules>("200 fJ").value, 0.2);
  EXPECT_EQ(parse_quantity<SquareMicrons>("1.5 mm2").value, 1.5e6);
}

TEST(QuantityText, reads_latency_and_bandwidth_by_time_or_by_cycle) {
  EXPECT_EQ(parse_quantity<Latency>("100 ns"), (Latency{false, Femtoseconds(100'000'000), {}}));
  EXPECT_EQ(parse_quantity<Latency>("100 cycles"), (Latency{true, {}, Cycles(100)}));
  EXPECT_EQ(parse_quantity<Bandwidth>("34 GB/s"), (Bandwidth{false, 34e9}));
  EXPECT_EQ(parse_quantity<Bandwidth>("2 GiB/s"), (Bandwidth{false, 2147483648.0}));
  EXPECT_EQ(parse_quantity<Bandwidth>("64 B/cycle"), (Bandwidth{true, 64}));
  EXPECT_EQ(parse_quantity<Bandwidth>("0.5 B/cycle"), (Bandwidth{true, 0.5}));
}

TEST(QuantityText, prints_the_shortest_text) {
  EXPECT_EQ(quantity_text(Bytes(0)), "0 B");
  EXPECT_EQ(quantity_text(Bytes(1)), "1 B");
  EXPECT_EQ(quantity_text(Bytes(1023)), "1023 B");
  EXPECT_EQ(quantity_text(Bytes(1024)), "1 KiB");
  EXPECT_EQ(quantity_text(Bytes(128'000)), "128 kB");
  EXPECT_EQ(quantity_text(Bytes(262'144)), "256 KiB");
  EXPECT_EQ(quantity_text(Hertz(940'000'000)), "940 MHz");
  EXPECT_EQ(quantity_text(Hertz(1'050'000'000)), "1.05 GHz");
  EXPECT_EQ(quantity_text(Femtoseconds(833'000)), "833 ps");
  EXPECT_EQ(quantity_text(Femtoseconds(1'063'829)), "1063829 fs");
  EXPECT_EQ(quantity_text(Cycles(1)), "1 cycle");
  EXPECT_EQ(quantity_text(Cycles(0)), "0 cycles");
  EXPECT_EQ(quantity_text(Latency{true, {}, Cycles(7)}), "7 cycles");
  EXPECT_EQ(quantity_text(Bandwidth{false, 34e9}), "34 GB/s");
  EXPECT_EQ(quantity_text(Bandwidth{false, 19.2e9}), "19.2 GB/s");
  EXPECT_EQ(quantity_text(Bandwidth{true, 64}), "64 B/cycle");
  EXPECT_EQ(quantity_text(Bandwidth{true, 0.1}), "0.1 B/cycle");
  EXPECT_EQ(quantity_text(Volts(0.9)), "0.9 V");
  EXPECT_EQ(quantity_text(Watts(40)), "40 W");
}

TEST(QuantityText, printing_reads_back_as_the_same_value) {
  std::uint64_t state = 1;  // a fixed linear congruential sequence (Knuth's MMIX constants)
  const auto next = [&] { return state = state * 6364136223846793005ull + 1442695040888963407ull; };
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t value = next() >> (next() >> 58);
    EXPECT_EQ(parse_quantity<Bytes>(quantity_text(Bytes(value))).value, value);
    EXPECT_EQ(parse_quantity<Hertz>(quantity_text(Hertz(value))).value, value);
    EXPECT_EQ(parse_quantity<Femtoseconds>(quantity_text(Femtoseconds(value))).value, value);
    const double real = static_cast<double>(value) / 1e7;
    EXPECT_EQ(parse_quantity<Volts>(quantity_text(Volts(real))).value, real);
    const Bandwidth bandwidth{i % 2 == 0, i % 3 == 0 ? real : static_cast<double>(value)};
    EXPECT_EQ(parse_quantity<Bandwidth>(quantity_text(bandwidth)), bandwidth);
  }
  const std::uint64_t top = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(parse_quantity<Bytes>(quantity_text(Bytes(top))).value, top);
}

TEST(QuantityText, refuses_a_missing_or_wrong_unit_and_lists_the_legal_ones) {
  const std::string bytes =
      "; expected a size such as '256 KiB'; units: B, kB, KiB, MB, MiB, GB, GiB, TB, TiB";
  EXPECT_EQ(quantity_refusal<Bytes>("256"),
            "f:1:4: error: a.b: the unit is missing; read '256'" + bytes + " [config.unit]");
  EXPECT_EQ(quantity_refusal<Bytes>("256 KB"),
            "f:1:4: error: a.b: unknown unit 'KB'; read '256 KB'" + bytes +
                "; did you mean 'kB'? [config.unit]");
  EXPECT_EQ(quantity_refusal<Bytes>("256 ns"),
            "f:1:4: error: a.b: unknown unit 'ns'; read '256 ns'" + bytes + " [config.unit]");
  EXPECT_EQ(quantity_refusal<Hertz>("1 Ghz"),
            "f:1:4: error: a.b: unknown unit 'Ghz'; read '1 Ghz'; expected a frequency such as "
            "'940 MHz'; units: Hz, kHz, MHz, GHz; did you mean 'GHz'? [config.unit]");
  EXPECT_NE(quantity_refusal<Bandwidth>("34 GB").find("units: B/s, kB/s"), std::string::npos);
  EXPECT_NE(quantity_refusal<Latency>("5 cycels").find("did you mean 'cycles'?"),
            std::string::npos);
  EXPECT_NE(quantity_refusal<Cycles>("5 ns").find("units: cycle, cycles"), std::string::npos);
}

TEST(QuantityText, refuses_what_is_no_exact_whole_number_of_base_units) {
  const auto says = [](const std::string& message, const char* what) {
    EXPECT_NE(message.find(what), std::string::npos) << message;
    EXPECT_NE(message.find("[config.number]"), std::string::npos) << message;
  };
  says(quantity_refusal<Bytes>("0.3 B"), "not a whole number of bytes");
  says(quantity_refusal<Bytes>("0.3 KiB"), "not a whole number of bytes");  // 307.2 B
  EXPECT_EQ(quantity_refusal<Bytes>("0.25 KiB"), "accepted: 256 B");
  says(quantity_refusal<Hertz>("0.5 Hz"), "not a whole number of hertz");
  EXPECT_EQ(quantity_refusal<Hertz>("0.001 kHz"), "accepted: 1 Hz");
  says(quantity_refusal<Femtoseconds>("0.0000001 ns"), "not a whole number of femtoseconds");
  EXPECT_EQ(quantity_refusal<Femtoseconds>("0.000001 ns"), "accepted: 1 fs");
  says(quantity_refusal<Latency>("1.5 cycles"), "not a whole number of cycles");
  says(quantity_refusal<Bytes>("16777216 TiB"), "more bytes than 64 bits can count");
  says(quantity_refusal<Bytes>("-1 B"), "must not be negative");
  says(quantity_refusal<Watts>("-1 W"), "must not be negative");
  says(quantity_refusal<Watts>("1e400 W"), "too large or too small for a double");
}

TEST(QuantityText, refuses_malformed_numbers_with_a_remedy) {
  const std::pair<const char*, const char*> cases[] = {
      {"010 B", "drop the leading zero: some readers take it for octal"},
      {"1_000 B", "leave out the '_'"},
      {"1,5 B", "write a '.' before decimals, no ','"},
      {"+1 B", "leave out the '+'"},
      {".5 B", "write a digit before the '.', and no .inf or .nan"},
      {"many B", "no number"},
      {"", "no number"},
      {"KiB", "no number"}};
  for (const auto& [text, remedy] : cases) {
    EXPECT_NE(quantity_refusal<Bytes>(text).find(remedy), std::string::npos)
        << quantity_refusal<Bytes>(text);
    EXPECT_NE(quantity_refusal<Bytes>(text).find("[config.number]"), std::string::npos);
  }
  EXPECT_NE(quantity_refusal<Bytes>("0x10 B").find("config."), std::string::npos);
}

}  // namespace
}  // namespace mantissa::config
