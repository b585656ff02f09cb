// SPDX-License-Identifier: Apache-2.0
// Who makes a unit's second body in RTL. The floor of RTL registers one maker per kind of twin; a
// program without that floor has none, and no configuration that asks for one.
//
//   const TwinRegistry<AddressTwin, DmaConfig> registration(make_agu_twin);      // there
//   auto twin = TwinRegistry<AddressTwin, DmaConfig>::make(config, say);         // here
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/error.h"

namespace mantissa::arch {

// What is being built, and the seconds since that began.
using TwinProgress = std::function<void(const std::string& step, double seconds)>;

template <class Twin, class Config>
class TwinRegistry {
 public:
  using Maker = std::unique_ptr<Twin> (*)(const Config& config, TwinProgress progress);

  explicit TwinRegistry(Maker maker) { registered() = maker; }

  static std::unique_ptr<Twin> make(const Config& config, const TwinProgress& progress) {
    MANTISSA_CHECK(registered() != nullptr, "this program was linked without RTL");
    return registered()(config, progress);
  }

 private:
  static Maker& registered() {
    static Maker maker = nullptr;
    return maker;
  }
};

}  // namespace mantissa::arch
