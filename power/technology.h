// SPDX-License-Identifier: Apache-2.0
// A technology: node, supply voltage and the published figures that prices are computed from.
//
// Figures stand in configs/tech/*.yaml, each with value and unit, node, voltage, method and source.
// `energy("multiply.int8")` answers at this technology's node and voltage: a figure at exactly that
// point is returned as printed; else it is scaled (power/anchors.h) and the price says how.
// Devices and wires of the analytic SRAM model stand in `circuits`, apart (power/sram/circuit.h).
// Figures of other chips' processes (DRAM, links) and plain parameters are never scaled.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "power/price.h"
#include "power/synthesis_result.h"
#include "power/technology_scaling.h"

namespace mantissa::power {

// One printed number. `capacity` distinguishes memories of one item (0: not applicable).
struct Figure {
  std::string item;  // "multiply.int8", "sram", "bitcell", "dram.HBM2", "sram.array_efficiency"
  double value = 0;
  std::string unit;  // pJ, um2, W, pJ/bit, W/um2, 1
  Bytes capacity{};
  Nanometres node{};  // 0: not tied to a logic process
  Volts voltage{};
  Method method = Method::assumed;
  std::string source;
};

inline const ErrorKind unknown_figure{"power.unknown-figure", ExitCode::bad_input,
                                      "The technology holds no figure for this item."};
inline const ErrorKind bad_technology{"power.bad-technology", ExitCode::bad_input,
                                      "A technology file is inconsistent."};

// What the access energy, area and leakage of an SRAM come from: the printed access energies, the
// bit cell and an assumed array efficiency (parts.h), or the analytic model (power/sram/macro.h).
enum class SramModel { printed, analytic };

// What comes first: the printed figures alone, or synthesis results where they fit.
enum class PriceOrder { tables, synthesised };

class Technology {
 public:
  // A file of configs/tech, with its bases.
  static Technology load(const std::string& path);
  Technology(std::string name, Nanometres node, Volts voltage, std::string voltage_source,
             std::vector<Figure> figures, EnergyScaling scaling = EnergyScaling::anchors,
             SramModel sram_model = SramModel::printed, std::vector<Figure> circuits = {});

  const std::string& name() const { return name_; }
  Nanometres node() const { return node_; }
  Volts voltage() const { return voltage_; }
  const std::string& voltage_source() const { return voltage_source_; }
  EnergyScaling energy_scaling() const { return scaling_; }
  const std::vector<Figure>& figures() const { return figures_; }
  SramModel sram_model() const { return sram_model_; }
  // Devices, wires and cells of the analytic SRAM model (power/sram/circuit.h).
  const std::vector<Figure>& circuits() const { return circuits_; }
  Technology at(Nanometres node, Volts voltage) const;  // the same figures, elsewhere
  // Results that come before the figures (power/estimators/synthesised.h), none unless preferred.
  void prefer(std::vector<SynthesisResult> results) { synthesised_ = std::move(results); }
  const std::vector<SynthesisResult>& synthesised() const { return synthesised_; }

  // Scaled to node and voltage; `item` must have a figure of that unit somewhere.
  Price energy(const std::string& item) const;  // pJ
  Price area(const std::string& item) const;    // um2
  Price sram_access(Bytes capacity) const;      // pJ per 64 bits
  // Taken as printed.
  Price parameter(const std::string& item) const;
  bool has(const std::string& item) const;
  bool has(const std::string& item, const std::string& unit) const;
  std::vector<std::string> items(const std::string& prefix) const;  // without the prefix, sorted

 private:
  std::vector<const Figure*> find(const std::string& item, const std::string& unit) const;

  std::string name_;
  Nanometres node_;
  Volts voltage_;
  std::string voltage_source_;
  std::vector<Figure> figures_;
  EnergyScaling scaling_;
  SramModel sram_model_;
  std::vector<Figure> circuits_;
  std::vector<SynthesisResult> synthesised_;
};

}  // namespace mantissa::power
