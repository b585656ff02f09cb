// SPDX-License-Identifier: Apache-2.0
#include "sim/run/interrupt.h"

#include <unistd.h>

#include <csignal>

namespace mantissa::sim {
namespace {

// A handler may touch nothing but these and call nothing but async-signal-safe functions.
volatile std::sig_atomic_t deferred = 0;
volatile std::sig_atomic_t pending = 0;

extern "C" void on_signal(int signal) {
  if (deferred == 0) _exit(128 + signal);
  pending = signal;
}

}  // namespace

void install_interrupt_handler() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;  // a deferred signal must not make a write fail half-way
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

DeferInterrupt::DeferInterrupt() { deferred = deferred + 1; }

DeferInterrupt::~DeferInterrupt() { deferred = deferred - 1; }

bool DeferInterrupt::came() const { return pending != 0; }

void DeferInterrupt::check() const {
  if (came()) throw Interrupted(pending);
}

}  // namespace mantissa::sim
