// SPDX-License-Identifier: Apache-2.0
// What a chip is made of and what its parts did, in the vocabulary that power/ prices.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "arch/chip/config.h"
#include "arch/core/core.h"
#include "memory/memory.h"
#include "power/component.h"

namespace mantissa::arch {

// Components of all chips; equal parts of all cores are one component with a count. `nominal` is
// the technology's voltage, which stands for a Vmin that is not given.
std::vector<power::Component> components(const ArchConfig& config, Volts nominal);

// Vector-unit actions of one element of an operator, by operator name.
std::vector<std::pair<const char*, std::uint64_t>> vector_actions(const std::string& op);

class Accounting {
 public:
  explicit Accounting(const ArchConfig& config) : config_(config) {}
  // `activity`: what its matrix unit counted (MatrixModel::activity).
  void add(const Core& core, const Activity& activity);
  void add(const memory::Memory& memory);
  // Bytes that scrubbing reads and writes back on the side, in component "scratchpad" or
  // "weight_buffer".
  void add_scrubs(const char* component, std::uint64_t bytes);
  void add_link(std::uint64_t bytes) { link_bytes_ += bytes; }
  std::vector<power::ActionCount> actions() const;
  // Those of the configuration; DRAM whose commands were counted is priced by its own figures.
  std::vector<power::Component> components(double seconds, Volts technology) const;
  std::map<std::string, std::uint64_t> traffic() const { return traffic_; }

 private:
  using Count = std::function<void(const char*, const char*, std::uint64_t)>;
  void add_vectors(const Core& core, const Activity& activity, const Count& count) const;

  const ArchConfig& config_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> counts_;
  std::map<std::string, std::uint64_t> traffic_;
  std::uint64_t link_bytes_ = 0;
  const memory::dram::DramConfig* dram_ = nullptr;  // with energy figures
  double dram_background_pj_ = 0;
};

}  // namespace mantissa::arch
