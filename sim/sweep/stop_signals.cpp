// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/stop_signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

#include "base/error.h"

namespace mantissa::sweep {
namespace {

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

StopSignals::StopSignals() {
  const sigset_t set = watched();
  sigprocmask(SIG_BLOCK, &set, nullptr);
  descriptor_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  MANTISSA_CHECK(descriptor_ >= 0, "signalfd");
}

StopSignals::~StopSignals() {
  close(descriptor_);
  const sigset_t set = watched();
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

int StopSignals::received() {
  signalfd_siginfo info;
  if (received_ == 0 && read(descriptor_, &info, sizeof info) == sizeof info)
    received_ = static_cast<int>(info.ssi_signo);
  return received_;
}

void StopSignals::reset_in_child() {
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_DFL);
  const sigset_t set = watched();
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace mantissa::sweep
