// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mantissa::rtl {

// Folder of the RTL sources of this installation: holds <unit>/*.sv.
std::string rtl_folder();
// Folder of what is compiled at run time: $MANTISSA_CACHE, or mantissa/ in $XDG_CACHE_HOME or
// ~/.cache.
std::string cache_folder();

}  // namespace mantissa::rtl
