// SPDX-License-Identifier: Apache-2.0
// Published figures that presets and studies of vector MACs are shown beside. None is computed here
// or used by a model.
#pragma once

namespace mantissa::arch::vsq_published {

// The follow-up chip, configs/arch/vsq_5nm.yaml.
inline constexpr const char* of_5nm = "5 nm follow-up of arXiv 2102.04503, V = 64 (found)";
inline constexpr double area_mm2 = 0.153;
inline constexpr double products_per_cycle_4_bits = 1024, products_per_cycle_8_bits = 512;
inline constexpr double least_mhz = 152, greatest_mhz = 1760;
inline constexpr double least_volts = 0.46, greatest_volts = 1.05;
inline constexpr double tops_per_watt_at_least_volts = 95.6;
// What follows from these.
inline constexpr double tops = 3.60, tops_per_mm2 = 23.6;

}  // namespace mantissa::arch::vsq_published
