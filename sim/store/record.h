// SPDX-License-Identifier: Apache-2.0
// What one point of a sweep left behind, flat and free of simulator types: the form in which
// results travel from a worker process, lie in the store and reach the report.
//
// Everything except `host_seconds` is a function of the configuration alone: equal for any number
// of workers, any order of the points and any machine.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mantissa::store {

// One row of layers.csv; cycles of the core clock.
struct LayerRow {
  std::string name, op, engine;
  std::uint64_t core = 0;
  std::uint64_t start = 0, end = 0, busy = 0, compute = 0, folds = 0, macs = 0;
  double utilization = 0;
  std::uint64_t dram_read_bytes = 0, dram_write_bytes = 0;
  std::string tiling, reason;
};

// A price as it is printed: value and unit, where it holds, and who says so.
struct PriceText {
  double value = 0;
  std::string unit;
  double node_nm = 0;  // 0: belongs to no logic process
  double voltage_v = 0;
  std::string method, source, formula;
};

struct EnergyRow {
  std::string component, kind, action, labels;
  std::uint64_t count = 0;
  double energy_pj = 0;
  PriceText price;
};

struct AreaRow {
  std::string component, kind;
  std::uint64_t count = 0;
  double area_um2 = 0;
  PriceText price;
};

struct Record {
  std::string hash;                          // of the resolved configuration
  std::string resolved_yaml;                 // every default written out
  std::uint64_t seed = 0;                    // of synthetic operands
  std::map<std::string, double> metrics;     // by column of sim/store/quantity.h
  std::map<std::string, std::string> texts;  // "dram_bound_by"
  std::vector<LayerRow> layers;
  std::vector<EnergyRow> energy;
  std::vector<AreaRow> area;
  std::vector<std::string> warnings;
  double host_seconds = 0;  // CPU time of the simulation: neither hashed nor compared

  // Energy and area by component, summed in row order.
  std::map<std::string, double> energy_by_part() const;
  std::map<std::string, double> area_by_part() const;
};

// The form in which a record goes through a pipe, bit for bit; both ends are one program. decode()
// throws InternalError when the bytes are not those of encode().
std::string encode(const Record& record);
Record decode(std::string_view bytes);

}  // namespace mantissa::store
