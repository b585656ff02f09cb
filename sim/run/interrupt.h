// SPDX-License-Identifier: Apache-2.0
// Ctrl-C and SIGTERM. A simulation has nothing to save, so the program ends at once with exit code
// 130 (143 for SIGTERM). Whoever has half-written files holds a DeferInterrupt: the signal is then
// only noted, check() throws Interrupted, and destructors remove what must not stay.
#pragma once

#include <exception>

namespace mantissa::sim {

class Interrupted : public std::exception {
 public:
  explicit Interrupted(int signal) : signal_(signal) {}
  const char* what() const noexcept override { return "interrupted"; }
  int exit_code() const { return 128 + signal_; }

 private:
  int signal_;
};

void install_interrupt_handler();

class DeferInterrupt {
 public:
  DeferInterrupt();
  ~DeferInterrupt();
  DeferInterrupt(const DeferInterrupt&) = delete;
  DeferInterrupt& operator=(const DeferInterrupt&) = delete;

  bool came() const;   // a signal has come
  void check() const;  // then throws Interrupted
};

}  // namespace mantissa::sim
