// SPDX-License-Identifier: Apache-2.0
// A supply voltage as users write it: `0.84 Vmin`, a part of the lowest voltage without errors, or
// `0.6 V`, which says nothing until `vmin` is known.
//
//   SupplyVoltage v = SupplyVoltage::of_vmin(0.84);
//   v.ratio({})           == 0.84
//   v.volts({}, nominal)  == 0.84 x nominal: the technology's voltage stands for an unknown Vmin
//
// Errors: faults.voltage: below 0.75 Vmin, no voltage at all, or volts without vmin.
#pragma once

#include <optional>
#include <string>

#include "base/config/codec.h"
#include "base/faults/errors.h"
#include "base/units.h"

namespace mantissa::faults {

class SupplyVoltage {
 public:
  SupplyVoltage() = default;  // 1 Vmin
  static SupplyVoltage of_vmin(double ratio);
  static SupplyVoltage of_volts(Volts volts);
  // "0.84 Vmin", "0.6 V", "600 mV". `spot` is named by the message.
  static SupplyVoltage parse(std::string_view text, const config::Spot& spot = {});

  bool in_volts() const { return in_volts_; }
  double value() const { return value_; }  // of Vmin, or in volts
  std::string text() const;

  // V / Vmin, checked to be legal.
  double ratio(std::optional<Volts> vmin) const;
  // Absolute: a part of vmin, or of `nominal` when vmin is not given.
  Volts volts(std::optional<Volts> vmin, Volts nominal) const;
  // What `objection` says of volts without vmin.
  static constexpr const char* needs_vmin =
      "a voltage in volts needs vmin, the lowest voltage without errors";
  // Empty, or why this voltage and this vmin do not go together, for a constraint of a section.
  std::string objection(std::optional<Volts> vmin) const;

  friend bool operator==(const SupplyVoltage& a, const SupplyVoltage& b) {
    return a.in_volts_ == b.in_volts_ && a.value_ == b.value_;
  }

 private:
  bool in_volts_ = false;
  double value_ = 1;
};

}  // namespace mantissa::faults

namespace mantissa::config {
template <>
struct Codec<faults::SupplyVoltage> : UnrangedCodec {
  static ParameterInfo info();
  static faults::SupplyVoltage parse(const Node& node, const std::string& path, const Range&);
  static Node write(const faults::SupplyVoltage& value) { return Node::scalar(value.text()); }
};
}  // namespace mantissa::config
