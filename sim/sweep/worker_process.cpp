// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/worker_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <exception>

#include "sim/sweep/stop_signals.h"

namespace mantissa::sweep {
namespace {

bool send_all(int socket, const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t n = send(socket, bytes, count, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes += n;
    count -= static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

void serve(const std::function<std::string(std::uint64_t)>& job, int socket, int parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(0);  // it died before prctl
  StopSignals::reset_in_child();
  // SystemC greets on stdout; the parent's stdout is for results.
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) dup2(nowhere, STDOUT_FILENO);

  std::uint64_t task = 0;
  while (recv(socket, &task, sizeof task, MSG_WAITALL) == sizeof task) {
    std::string answer;
    Frame frame;
    try {
      answer = job(task);
    } catch (const std::exception& error) {
      answer = error.what();
      frame.lost = 1;
    }
    frame.bytes = answer.size();
    answer.insert(0, reinterpret_cast<const char*>(&frame), sizeof frame);
    if (!send_all(socket, answer.data(), answer.size())) break;
  }
  // No destructors: the parent's database connection and files were copied by fork and are its own.
  _exit(0);
}

}  // namespace mantissa::sweep
