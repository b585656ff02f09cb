// SPDX-License-Identifier: Apache-2.0
#include "arch/session/kernel.h"

#include <systemc>

#include "arch/mapper/errors.h"

// libsystemc's own main() calls it; programs that link the library must have one.
int sc_main(int, char**) { return 0; }

namespace mantissa::arch {
namespace {

bool alive = false;

}  // namespace

Kernel::Kernel() {
  if (alive)
    throw Error(session_alive)
        .say("a second Session while one is alive")
        .remedy("destroy the first, or use worker processes");
  alive = true;
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_DO_NOTHING);
  sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
  sc_core::sc_set_time_resolution(1, sc_core::SC_FS);
}

Kernel::~Kernel() {
  sc_core::sc_get_curr_simcontext()->reset();
  alive = false;
}

void Kernel::run() { sc_core::sc_start(); }

Femtoseconds Kernel::next_origin() const { return Femtoseconds(sc_core::sc_time_stamp().value()); }

}  // namespace mantissa::arch
