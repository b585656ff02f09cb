// SPDX-License-Identifier: Apache-2.0
// A decimal number as written, without any rounding: (-1)^negative * digits * 10^exponent.
//
// The grammar is that of JSON numbers: -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?. So `010`,
// `0x10`, `1_000`, `+1`, `.5` and `.inf` are no numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mantissa::config {

struct Decimal {
  bool negative = false;
  bool plain_integer = false;  // written with neither fraction nor exponent
  std::string digits;          // no leading or trailing zeros; empty for 0
  int exponent = 0;
};

// The longest number that `text` begins with; `length` is 0 when there is none.
struct ScannedNumber {
  Decimal number;
  std::size_t length = 0;
};
ScannedNumber scan_number(std::string_view text);

// |number| * 10^exponent10 * 2^exponent2 as a whole number: exact, or the reason why not.
struct WholeNumber {
  enum class Outcome { exact, fraction, overflow };
  Outcome outcome = Outcome::exact;
  std::uint64_t value = 0;
};
WholeNumber whole_number(const Decimal& number, int exponent10, int exponent2);

// number * 10^exponent10 * 2^exponent2, rounded once; nothing when it overflows or underflows.
std::optional<double> real_number(const Decimal& number, int exponent10, int exponent2);

// What to write instead of a malformed number; empty when nothing is known to help.
std::string number_remedy(std::string_view text);

}  // namespace mantissa::config
