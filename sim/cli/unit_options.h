// SPDX-License-Identifier: Apache-2.0
// What the commands on units of rtl/ have in common: UNIT and --set PARAMETER=VALUE.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "rtl/unit.h"

namespace mantissa::cli {

inline const ErrorKind unknown_unit{"rtl.unknown-unit", ExitCode::usage,
                                    "No unit of this name exists in SystemVerilog."};
inline const ErrorKind bad_parameter{
    "rtl.bad-parameter", ExitCode::bad_input,
    "A parameter that the unit does not have, or a value outside its range or its rules."};
inline const ErrorKind no_proof{"proof.none", ExitCode::usage, "The unit declares no proof."};

const rtl::Unit& unit_named(const std::string& name);
// The defaults with every "PARAMETER=VALUE" laid over them, the last one winning.
rtl::Parameters parameters_of(const rtl::Unit& unit, const std::vector<std::string>& overrides);

}  // namespace mantissa::cli
