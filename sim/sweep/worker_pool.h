// SPDX-License-Identifier: Apache-2.0
// Worker processes: each takes one task at a time over a socket and answers with bytes. Processes
// and not threads, since the SystemC kernel is global, and since a worker that crashes, is killed
// or hangs then costs exactly one task: it is replaced and the others never notice.
//
//   WorkerPool pool(2, [](std::uint64_t task) { return answer(task); }, seconds(60));
//   pool.run({0, 1, 2}, stop, [](const Reply& reply) { ... });
//
// The parent must have started neither threads nor SystemC. Replies come in the order in which
// workers finish: whoever needs another order sorts by task.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "sim/sweep/stop_signals.h"

namespace mantissa::sweep {

inline const ErrorKind no_worker{"sweep.no-worker", ExitCode::resource,
                                 "The system allows no further process or socket."};

struct Reply {
  std::uint64_t task = 0;
  bool lost = false;  // the worker died or was stopped; `text` says how
  std::string text;   // the job's answer
};

class WorkerPool {
 public:
  // Runs in the worker. An exception that leaves it loses the task, with its text.
  using Job = std::function<std::string(std::uint64_t task)>;
  using Seconds = std::chrono::duration<double>;

  WorkerPool(unsigned workers, Job job, std::optional<Seconds> time_limit = std::nullopt);
  ~WorkerPool();  // kills what still runs
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when a signal stopped it: tasks under way are abandoned, replies already read were given.
  bool run(const std::vector<std::uint64_t>& tasks, StopSignals& stop,
           const std::function<void(const Reply&)>& on_reply);

 private:
  struct Worker {
    int process = -1;
    int socket = -1;
    bool working = false;
    std::uint64_t task = 0;
    std::chrono::steady_clock::time_point deadline;
    std::string received;  // bytes of an answer that is not complete yet
  };

  void start(Worker& worker);
  void end(Worker& worker);                       // kill and reap
  bool give(Worker& worker, std::uint64_t task);  // false: it had died while idle
  std::optional<Reply> take(Worker& worker);      // a complete reply, when there is one
  std::string burial(Worker& worker);             // reaps; how it died, in words
  int milliseconds_to_deadline() const;

  Job job_;
  std::optional<Seconds> time_limit_;
  std::vector<Worker> workers_;
};

}  // namespace mantissa::sweep
