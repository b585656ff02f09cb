// SPDX-License-Identifier: Apache-2.0
// SystemVerilog files as a designer leaves them in a folder.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace mantissa::rtl {

// Every .sv and .v of the folder (not of those below it), packages before what uses them and
// otherwise by name. Throws no_sources.
std::vector<std::string> sources_of_folder(const std::string& folder);

// Where `module NAME` stands; the file is empty when no source says so.
Place module_place(const std::vector<std::string>& sources, const std::string& name);
std::vector<std::string> module_names(const std::vector<std::string>& sources);
// Where the name of a port or parameter first stands in the module, or the module itself.
Place declaration_place(const std::vector<std::string>& sources, const std::string& module,
                        const std::string& name);

}  // namespace mantissa::rtl
