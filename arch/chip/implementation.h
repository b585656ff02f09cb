// SPDX-License-Identifier: Apache-2.0
// Of a unit that exists in RTL, too: the model alone; the RTL's results; both, compared.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/config/codec.h"
#include "base/config/folder_path.h"

namespace mantissa::arch {

enum class Implementation { model, rtl, lockstep };
const char* name(Implementation implementation);

// Empty, or that a folder of RTL or its top module is named and nothing uses it.
inline std::string unused_rtl(Implementation implementation, const config::FolderPath& folder,
                              const std::string& top) {
  const bool given = folder.given() || !top.empty();
  if (!given || implementation != Implementation::model) return {};
  return "only the implementations rtl and lockstep use RTL";
}

}  // namespace mantissa::arch

namespace mantissa::config {
template <>
struct EnumNames<arch::Implementation> {
  static const std::vector<std::pair<arch::Implementation, const char*>>& names();
};
}  // namespace mantissa::config
