// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mantissa::rtl {

// Folder of the RTL sources of this installation: holds <unit>/*.sv.
std::string rtl_folder();

}  // namespace mantissa::rtl
