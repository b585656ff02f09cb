// SPDX-License-Identifier: Apache-2.0
// Quantities with their unit spelled in the value: "256 KiB", "940 MHz", "0.833 ns", "34 GB/s".
//
// Reading is exact: the decimal digits are scaled as integers, so 0.833 ns is 833000 fs and a value
// that is no whole number of bytes, hertz, femtoseconds or cycles is refused. Real quantities
// (volts, nanometres, ...) are rounded once. Printing yields a short text that reads back as the
// same value. Units are case-sensitive: kB = 1000 B, KiB = 1024 B.
//
//   parse_quantity<Bytes>("256 KiB")            == Bytes(262144)
//   quantity_text(Femtoseconds(833000))         == "833 ps"
//
// Errors: config.unit (missing, unknown), config.number (malformed, negative, not whole, too
// large).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/config/dimension.h"
#include "base/error.h"
#include "base/units.h"

namespace mantissa::config {

// Where a value stands: its dotted key for the sentence, its place for the message.
struct Spot {
  std::string path;
  Place place;
};

// The general forms, for whole and for real quantities.
std::uint64_t parse_whole_quantity(std::string_view text, const Spot& spot, const Dimension& d);
double parse_real_quantity(std::string_view text, const Spot& spot, const Dimension& d);
std::string whole_quantity_text(std::uint64_t value, const Dimension& d);
std::string real_quantity_text(double value, const Dimension& d);
std::string real_text(double value);  // the shortest that reads back as the same double

template <class Q>
Q parse_quantity(std::string_view text, const Spot& spot = {}) {
  if constexpr (std::is_floating_point_v<typename Q::rep>)
    return Q(parse_real_quantity(text, spot, dimension<Q>()));
  else
    return Q(parse_whole_quantity(text, spot, dimension<Q>()));
}
template <>
Latency parse_quantity<Latency>(std::string_view text, const Spot& spot);
template <>
Bandwidth parse_quantity<Bandwidth>(std::string_view text, const Spot& spot);

template <class Unit, class Rep>
std::string quantity_text(Quantity<Unit, Rep> value) {
  if constexpr (std::is_floating_point_v<Rep>)
    return real_quantity_text(value.value, dimension<Quantity<Unit, Rep>>());
  else
    return whole_quantity_text(value.value, dimension<Quantity<Unit, Rep>>());
}
std::string quantity_text(Cycles value);
std::string quantity_text(Latency value);
std::string quantity_text(Bandwidth value);

}  // namespace mantissa::config
