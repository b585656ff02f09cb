// SPDX-License-Identifier: Apache-2.0
#include "power/estimators/parts.h"

#include <fmt/format.h>

#include <algorithm>

namespace mantissa::power {
namespace {

// value(numerator) x k x parameter^(+-1), with the parameter's label in method and source.
Price with_parameter(const Price& price, const Price& parameter, double k, const std::string& why,
                     const std::string& unit) {
  Price result = scaled(price, k, why, unit);
  result.method = weaker(result.method, parameter.method);
  if (result.source.find(parameter.source) == std::string::npos)
    result.source += "; " + parameter.source;
  return result;
}

}  // namespace

Price register_energy(const Technology& technology, double bits) {
  return scaled(technology.energy("register_bit"), bits,
                fmt::format("{} register bits", short_number(bits)));
}

Price register_area(const Technology& technology, double bits) {
  return scaled(technology.area("register_bit"), bits,
                fmt::format("{} register bits", short_number(bits)));
}

Price placed(const Technology& technology, const Price& cell_area) {
  const Price utilisation = technology.parameter("logic.utilisation");
  return with_parameter(
      cell_area, utilisation, 1 / utilisation.value,
      fmt::format("1 / {} of the placed rows used", short_number(utilisation.value)), "um2");
}

Price logic_leakage(const Technology& technology, const Price& placed_area) {
  const Price density = technology.parameter("leakage.logic");
  const double utilisation = technology.parameter("logic.utilisation").value;
  return with_parameter(
      placed_area, density, utilisation * density.value,
      fmt::format("{} W/um2 x {} used", short_number(density.value), short_number(utilisation)),
      "W");
}

Price memory_energy(const Query& query, Bytes bank) {
  const auto& figures = query.technology.figures();
  Bytes smallest{~0ull}, largest{0};
  for (const Figure& f : figures)
    if (f.item == "sram" && f.unit == "pJ") {
      smallest = std::min(smallest, f.capacity);
      largest = std::max(largest, f.capacity);
    }
  if (bank > largest)
    query.warn(
        fmt::format("a bank of {} KiB is larger than any printed figure ({} KiB): its access "
                    "energy is extrapolated",
                    short_number(bank.value / 1024.), short_number(largest.value / 1024.)));
  if (bank < smallest)
    query.warn(
        fmt::format("a bank of {} KiB is smaller than any printed figure ({} KiB), whose "
                    "access energy it gets",
                    short_number(bank.value / 1024.), short_number(smallest.value / 1024.)));
  return scaled(query.technology.sram_access(bank), 1.0 / 8, "1/8 (bytes per 64 bits)");
}

Price memory_area(const Technology& technology, double bytes) {
  const Price efficiency = technology.parameter("sram.array_efficiency");
  return with_parameter(technology.area("bitcell"), efficiency, bytes * 8 / efficiency.value,
                        fmt::format("{} bits / array efficiency {}", short_number(bytes * 8),
                                    short_number(efficiency.value)),
                        "um2");
}

Price memory_leakage(const Technology& technology, double bytes) {
  const Price density = technology.parameter("leakage.sram");
  return with_parameter(
      technology.area("bitcell"), density, bytes * 8 * density.value,
      fmt::format("{} bits x {} W/um2", short_number(bytes * 8), short_number(density.value)), "W");
}

}  // namespace mantissa::power
