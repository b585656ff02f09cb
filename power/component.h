// SPDX-License-Identifier: Apache-2.0
// What the architecture tells the estimators: its components and how often each did what.
//
// Kinds, their attributes (defaults in brackets), labels and actions:
//
//   mac_array      rows, columns, units [1]
//                  labels format, accumulate [int32 for integers, fp32 for floats]
//                  mac, gated_mac (operands move, nothing is multiplied): one per MAC
//                  load_weight, drain: one per element moved by one register stage
//   inner_product  rows (lanes), columns, units: columns x units inner-product units; window,
//                  fraction, software_precision, growth, digit_a, digit_b, multi_cycle, mask_zeros
//                  [as ipu.sv], formats [0: integers and floats, 1: integers, 2: floats],
//                  ehu_share [1]; label format: the widest
//                  cycle, idle_cycle: one per unit, of all its lanes; load_weight
//   vector_mac     vector_length, lanes, units [1], weight_bits, activation_bits, accumulator_bits,
//                  weight_scale_bits [0], activation_scale_bits [0], product_bits [0: full],
//                  activation_signed [1]
//                  vector, gated_vector (scale product of zero): one per vector and lane;
//                  idle_cycle: one per lane and cycle without a vector
//   post_processor vector_length, units [1], accumulator_bits, output_bits, scale_bits,
//                  fraction_bits [4], output_signed [1]
//                  vector: one per vector of results
//   sram           capacity_bytes (data), banks [1], width_bits [64]: the word of one check code,
//                  supply_v [technology]; label ecc [none]: none, parity, secded
//                  read, write: count in bytes
//   register_file  capacity_bytes                         read, write: count in bytes
//   vector_alu     lanes; label format
//                  add, subtract, compare, max, min, select, shift, multiply, multiply_add,
//                  requantize, move, convert, and the functions of the technology (exp, log,
//                  reciprocal, divide, sqrt, rsqrt, tanh, sigmoid, erf, gelu): one per element
//   dma            channels [1], buffer_bytes [4096]      byte: bytes moved; descriptor
//   control        storage_bytes [8192]                   command
//   noc            routers, width_bits, ports [5], depth [2]   byte_hop: bytes times hops
//   link           lanes [1]; pj_per_bit [technology]     byte
//   dram           channels [1]; label standard; pj_per_bit [technology]
//                  read, write: bytes, activation included; for standards with a published split
//                  also read_column, write_column: bytes, and activate: rows.
//                  With figures of its own (labels source, scope, background [technology] none):
//                  activate_pj, refresh_pj,
//                  refresh_bank_pj, read_pj_per_byte, write_pj_per_byte, io_pj_per_byte and
//                  background_w price activate, refresh, refresh_bank, read_column, write_column,
//                  io (bytes) and the background
//   fixed          idle_power_w and area_um2: what only a whole-chip figure is known of
//
// Every kind also takes area_um2 (per instance), leakage_w and idle_power_w, which replace, replace
// and add to what the estimator says. An attribute, label, kind or action not listed is an error.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mantissa::power {

struct Component {
  std::string name;
  std::string kind;
  std::map<std::string, double> attributes;
  std::map<std::string, std::string> labels;
  std::uint64_t count = 1;  // equal instances
};

// `count` is the sum over all instances of the component. Labels given here win over the
// component's own: one array may do int8 and bf16 MACs.
struct ActionCount {
  std::string component;
  std::string action;
  std::uint64_t count = 0;
  std::map<std::string, std::string> labels;
};

}  // namespace mantissa::power
