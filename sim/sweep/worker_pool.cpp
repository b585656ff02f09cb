// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/worker_pool.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "sim/sweep/worker_process.h"

namespace mantissa::sweep {

using Clock = std::chrono::steady_clock;

WorkerPool::WorkerPool(unsigned workers, Job job, std::optional<Seconds> time_limit)
    : job_(std::move(job)), time_limit_(time_limit), workers_(std::max(1u, workers)) {}

WorkerPool::~WorkerPool() {
  for (auto& worker : workers_) end(worker);
}

void WorkerPool::start(Worker& worker) {
  int ends[2];  // a socket and not a pipe: writing to a dead worker must not raise SIGPIPE
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw Error(no_worker).say(std::strerror(errno));
  const int parent = getpid();
  const int process = fork();
  if (process == 0) {
    // The siblings' sockets must not stay open here, or a dead parent would go unnoticed.
    for (auto& other : workers_)
      if (other.socket >= 0) close(other.socket);
    close(ends[0]);
    serve(job_, ends[1], parent);
  }
  const int why = errno;
  close(ends[1]);
  if (process < 0) {
    close(ends[0]);
    throw Error(no_worker).say(std::strerror(why));
  }
  worker = {};
  worker.process = process;
  worker.socket = ends[0];
}

void WorkerPool::end(Worker& worker) {
  if (worker.process > 0) {
    kill(worker.process, SIGKILL);
    while (waitpid(worker.process, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  if (worker.socket >= 0) close(worker.socket);
  worker = {};
}

bool WorkerPool::give(Worker& worker, std::uint64_t task) {
  const bool fresh = worker.process < 0;
  if (fresh) start(worker);
  worker.working = true;
  worker.task = task;
  worker.received.clear();
  if (time_limit_)
    worker.deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(*time_limit_);
  if (send(worker.socket, &task, sizeof task, MSG_NOSIGNAL) == sizeof task) return true;
  const std::string how = burial(worker);
  if (fresh) throw Error(no_worker).say("a new worker cannot work: " + how);
  return false;
}

std::optional<Reply> WorkerPool::take(Worker& worker) {
  char bytes[1 << 16];
  const ssize_t n = recv(worker.socket, bytes, sizeof bytes, 0);
  if (n < 0 && errno == EINTR) return std::nullopt;
  if (n <= 0) {
    const Reply reply{worker.task, true, burial(worker)};
    return reply;
  }
  worker.received.append(bytes, static_cast<std::size_t>(n));
  Frame frame;
  if (worker.received.size() < sizeof frame) return std::nullopt;
  std::memcpy(&frame, worker.received.data(), sizeof frame);
  if (worker.received.size() < sizeof frame + frame.bytes) return std::nullopt;
  worker.working = false;
  return Reply{worker.task, frame.lost != 0, worker.received.substr(sizeof frame)};
}

std::string WorkerPool::burial(Worker& worker) {
  int status = 0;
  while (waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {
  }
  worker.process = -1;
  end(worker);
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    std::string text =
        fmt::format("the worker process was ended by signal {} ({})", number, strsignal(number));
    if (number == SIGKILL) text += ", perhaps for lack of memory";
    return text;
  }
  return fmt::format("the worker process ended with exit code {}", WEXITSTATUS(status));
}

int WorkerPool::milliseconds_to_deadline() const {
  if (!time_limit_) return -1;
  std::int64_t least = 1'000'000;
  for (const auto& worker : workers_) {
    if (!worker.working) continue;
    const auto left = worker.deadline - Clock::now();
    least = std::min<std::int64_t>(
        least, std::chrono::duration_cast<std::chrono::milliseconds>(left).count() + 1);
  }
  return static_cast<int>(std::max<std::int64_t>(0, least));
}

bool WorkerPool::run(const std::vector<std::uint64_t>& tasks, StopSignals& stop,
                     const std::function<void(const Reply&)>& on_reply) {
  std::size_t next = 0;
  for (;;) {
    // 1. Every idle worker gets the next task.
    for (auto& worker : workers_) {
      while (!worker.working && next < tasks.size())
        if (give(worker, tasks[next])) ++next;
    }
    // 2. Wait for an answer, a signal or a deadline.
    std::vector<pollfd> watch{{stop.descriptor(), POLLIN, 0}};
    std::vector<Worker*> watched;
    for (auto& worker : workers_)
      if (worker.working) {
        watch.push_back({worker.socket, POLLIN, 0});
        watched.push_back(&worker);
      }
    if (watched.empty()) return true;
    poll(watch.data(), watch.size(), milliseconds_to_deadline());
    if (stop.received() != 0) {
      for (auto& worker : workers_) end(worker);
      return false;
    }
    // 3. Take what has come. A worker that has answered gets its next task before the answer is
    //    looked at, so that it never waits for the store.
    for (std::size_t i = 0; i < watched.size(); ++i) {
      Worker& worker = *watched[i];
      std::optional<Reply> reply;
      if (watch[i + 1].revents != 0) {
        reply = take(worker);
      } else if (time_limit_ && Clock::now() >= worker.deadline) {
        reply = Reply{
            worker.task, true,
            fmt::format("it took longer than the time limit of {:g} s", time_limit_->count())};
        end(worker);
      }
      if (!reply) continue;
      if (!worker.working && worker.process > 0 && next < tasks.size() && give(worker, tasks[next]))
        ++next;
      on_reply(*reply);
    }
  }
}

}  // namespace mantissa::sweep
