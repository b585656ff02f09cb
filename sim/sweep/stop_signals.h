// SPDX-License-Identifier: Apache-2.0
// Ctrl-C and SIGTERM during a sweep: blocked, and read from a file descriptor that a poll can
// watch, so that a stop is noticed between two rows and never inside one.
#pragma once

namespace mantissa::sweep {

// Only one may be alive. Restores the process's signal mask when destroyed.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  int descriptor() const { return descriptor_; }
  // SIGINT, SIGTERM, or 0 while none has come. Once one has, it stays.
  int received();

  // For a forked worker: Ctrl-C is the parent's business, SIGTERM ends the worker.
  static void reset_in_child();

 private:
  int descriptor_ = -1;
  int received_ = 0;
};

}  // namespace mantissa::sweep
