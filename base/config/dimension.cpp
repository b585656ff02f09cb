// SPDX-License-Identifier: Apache-2.0
#include "base/config/dimension.h"

namespace mantissa::config {

std::string Dimension::unit_list() const {
  std::string out;
  for (const UnitScale& unit : units) out += (out.empty() ? "" : ", ") + std::string(unit.name);
  return out;
}

template <>
const Dimension& dimension<Bytes>() {
  static const Dimension d{"bytes",
                           "a size such as '256 KiB'",
                           "bytes",
                           {{"B", 0, 0},
                            {"kB", 3, 0},
                            {"KiB", 0, 10},
                            {"MB", 6, 0},
                            {"MiB", 0, 20},
                            {"GB", 9, 0},
                            {"GiB", 0, 30},
                            {"TB", 12, 0},
                            {"TiB", 0, 40}}};
  return d;
}
template <>
const Dimension& dimension<Hertz>() {
  static const Dimension d{"frequency",
                           "a frequency such as '940 MHz'",
                           "hertz",
                           {{"Hz", 0, 0}, {"kHz", 3, 0}, {"MHz", 6, 0}, {"GHz", 9, 0}}};
  return d;
}
template <>
const Dimension& dimension<Femtoseconds>() {
  static const Dimension d{
      "time",
      "a time such as '1.2 ns'",
      "femtoseconds",
      {{"fs", 0, 0}, {"ps", 3, 0}, {"ns", 6, 0}, {"us", 9, 0}, {"ms", 12, 0}, {"s", 15, 0}}};
  return d;
}
template <>
const Dimension& dimension<Cycles>() {
  static const Dimension d{"cycles",
                           "a number of cycles such as '100 cycles'",
                           "cycles",
                           {{"cycle", 0, 0, true}, {"cycles", 0, 0, true}}};
  return d;
}
template <>
const Dimension& dimension<Latency>() {
  static const Dimension d = [] {
    Dimension both{"latency", "a latency such as '100 ns' or '100 cycles'", "femtoseconds", {}};
    both.units = dimension<Femtoseconds>().units;
    for (const UnitScale& unit : dimension<Cycles>().units) both.units.push_back(unit);
    return both;
  }();
  return d;
}
template <>
const Dimension& dimension<Bandwidth>() {
  static const Dimension d{"bandwidth",
                           "a bandwidth such as '34 GB/s' or '64 B/cycle'",
                           nullptr,
                           {{"B/s", 0, 0},
                            {"kB/s", 3, 0},
                            {"KiB/s", 0, 10},
                            {"MB/s", 6, 0},
                            {"MiB/s", 0, 20},
                            {"GB/s", 9, 0},
                            {"GiB/s", 0, 30},
                            {"TB/s", 12, 0},
                            {"B/cycle", 0, 0, true},
                            {"KiB/cycle", 0, 10, true}}};
  return d;
}
template <>
const Dimension& dimension<Volts>() {
  static const Dimension d{
      "voltage", "a voltage such as '0.9 V'", nullptr, {{"mV", -3, 0}, {"V", 0, 0}}};
  return d;
}
template <>
const Dimension& dimension<Nanometres>() {
  static const Dimension d{
      "length", "a length such as '28 nm'", nullptr, {{"nm", 0, 0}, {"um", 3, 0}, {"mm", 6, 0}}};
  return d;
}
template <>
const Dimension& dimension<Watts>() {
  static const Dimension d{
      "power",
      "a power such as '40 W'",
      nullptr,
      {{"nW", -9, 0}, {"uW", -6, 0}, {"mW", -3, 0}, {"W", 0, 0}, {"kW", 3, 0}}};
  return d;
}
template <>
const Dimension& dimension<Picojoules>() {
  static const Dimension d{"energy",
                           "an energy such as '1.3 pJ'",
                           nullptr,
                           {{"fJ", -3, 0}, {"pJ", 0, 0}, {"nJ", 3, 0}, {"uJ", 6, 0}}};
  return d;
}
template <>
const Dimension& dimension<SquareMicrons>() {
  static const Dimension d{
      "area", "an area such as '1200 um2'", nullptr, {{"um2", 0, 0}, {"mm2", 6, 0}}};
  return d;
}

}  // namespace mantissa::config
