// SPDX-License-Identifier: Apache-2.0
// What can be wrong with sources that are to be verilated, and with the machine that does it.
#pragma once

#include "base/error.h"

namespace mantissa::rtl {

inline const ErrorKind no_sources{
    "rtl.no-sources", ExitCode::bad_input,
    "A folder of RTL that does not exist or holds no .sv or .v file."};
inline const ErrorKind verilator_refused{
    "rtl.verilator-refused", ExitCode::bad_input,
    "Verilator does not accept the sources; the message is its first one."};
inline const ErrorKind no_top_module{"rtl.no-top-module", ExitCode::bad_input,
                                     "The sources define no module of the name of the unit."};
inline const ErrorKind no_such_parameter{
    "rtl.no-such-parameter", ExitCode::bad_input,
    "The top module declares parameters, and one of the unit's is not among them. A module without "
    "any, such as a netlist, is taken as it is."};
inline const ErrorKind port_contract{
    "rtl.port-contract", ExitCode::bad_input,
    "The ports of the top module are not those of the unit: 'mantissa cosim UNIT --ports' lists "
    "them."};
inline const ErrorKind does_not_compile{
    "rtl.does-not-compile", ExitCode::resource,
    "The C++ that Verilator wrote does not compile here: a compiler too old, no room, no memory."};
inline const ErrorKind cache_unusable{
    "rtl.cache", ExitCode::resource,
    "The folder of compiled designs cannot be written: MANTISSA_CACHE names another."};
inline const ErrorKind design_stopped{
    "rtl.design-stopped", ExitCode::check_failed,
    "An assertion of the design failed, or it called $stop, $fatal or $finish."};

}  // namespace mantissa::rtl
