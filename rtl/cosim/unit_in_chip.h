// SPDX-License-Identifier: Apache-2.0
// A verilated unit that somebody in a chip drives by the names of its ports.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "rtl/common/pin_bench.h"
#include "rtl/cosim/lockstep.h"

namespace mantissa::rtl {

class UnitInChip {
 public:
  // `alone`: which unit, with which parameters and sources. Throws what building throws. Reset.
  UnitInChip(CosimRequest alone,
             std::function<void(const std::string& step, double seconds)> progress)
      : alone_(std::move(alone)) {
    DesignRequest request = design_request(alone_);
    request.progress = std::move(progress);
    design_ = VerilatedDesign::build(request);
    design_->reset();
    for (std::size_t i = 0; i < request.ports.size(); ++i)
      pins_[request.ports[i].name] = design_->pins()[i];
  }

  const CosimRequest& alone() const { return alone_; }
  const Pin& pin(const char* port) const { return pins_.at(port); }
  void set(const char* port, std::uint64_t value) { put(pins_.at(port), value); }
  std::uint64_t value(const char* port) const { return get(pins_.at(port)); }

  void settle() { design_->settle(); }
  void edge() {
    design_->edge();
    ++cycles_;
  }
  std::uint64_t cycles() const { return cycles_; }  // rising edges since reset

 private:
  CosimRequest alone_;
  std::unique_ptr<VerilatedDesign> design_;
  std::map<std::string, Pin> pins_;
  std::uint64_t cycles_ = 0;
};

}  // namespace mantissa::rtl
