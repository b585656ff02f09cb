// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/engine.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sim/run/output_directory.h"
#include "sim/sweep/plan.h"

namespace mantissa::sweep {
namespace {

namespace fs = std::filesystem;

// In the worker. An answer is one letter and the record, or the message of an error.
constexpr char has_record = 'r', has_error = 'e';

std::string run_job(const PointFunctions& functions, const sim::PointRequest& request) {
  try {
    const store::Record record = functions.run(request);
    for (const auto& [name, value] : record.metrics)
      MANTISSA_CHECK(std::isfinite(value), name + " is not a finite number");
    return has_record + store::encode(record);
  } catch (const Error& error) {
    return has_error + error.message();
  }
}

// One sweep on its way.
class Engine {
 public:
  Engine(const Sweep& sweep, const SweepOptions& options, const PointFunctions& functions)
      : sweep_(sweep), options_(options), functions_(functions) {}

  SweepOutcome run() {
    prepare_directory();
    StopSignals stop;
    auto results = store::Results::write(results_path(options_.directory, options_.shard));
    if (!options_.resume && !results.empty())
      throw Error(store::not_empty)
          .at(options_.directory)
          .say("the directory already holds results")
          .remedy("continue them with --resume, or choose another directory with -o");
    auto plan = make_plan(sweep_, options_, functions_, stop);
    if (!plan) {
      outcome_.signal = stop.received();
      return outcome_;
    }
    plan_ = std::move(*plan);
    results_ = &results;
    results.plan({sweep_.name, sweep_.config.title, sweep_.config.description, sweep_.text(),
                  joined(sweep_.objectives), options_.program},
                 plan_.rows, plan_.published);
    merge_shards();
    take_known();
    if (options_.run && !simulate(stop)) outcome_.signal = stop.received();
    count();
    return outcome_;
  }

 private:
  static std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
    return text;
  }

  void prepare_directory() {
    const fs::path directory = options_.directory;
    const fs::path results = results_path(options_.directory, options_.shard);
    std::error_code code;
    const bool occupied = fs::is_directory(directory, code) && !fs::is_empty(directory, code);
    if (occupied && sim::OutputDirectory::kind_of(directory) != "sweep")
      throw Error(store::not_empty)
          .at(options_.directory)
          .say("the directory is not empty and holds no results of 'mantissa sweep'")
          .remedy("choose another one with -o; nothing was written");
    fs::create_directories(results.parent_path(), code);
    if (code)
      throw Error(store::disk_full)
          .at(options_.directory)
          .say("cannot be created: " + code.message())
          .remedy("choose another directory with -o");
    std::ofstream(directory / ".mantissa") << "mantissa sweep\n";
  }

  void merge_shards() {
    if (options_.shard) return;
    std::error_code code;
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(fs::path(options_.directory) / "shards", code))
      if (entry.path().extension() == ".sqlite") files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) results_->merge(file);
    if (files.empty()) return;
    // A failure that a shard has met stays one; a plain --resume tries again.
    if (!options_.run) {
      for (auto& row : results_->points())
        if (row.sweep == sweep_.name && row.status == store::Status::failed)
          plan_.rows[row.position] = row;
    }
  }

  // Points whose configuration was simulated before.
  void take_known() {
    std::vector<std::vector<std::uint64_t>> open;
    for (auto& group : plan_.groups) {
      const std::string& hash = plan_.rows[group.front()].hash;
      if (!results_->has_run(hash)) {
        open.push_back(std::move(group));
        continue;
      }
      const store::Record record =
          sweep_.constraints.empty() ? store::Record{} : results_->run(hash);
      for (const auto position : group) results_->set_point(succeed(position, record));
      outcome_.shared += group.size();
    }
    plan_.groups = std::move(open);
  }

  const store::PointRow& succeed(std::uint64_t position, const store::Record& record) {
    auto& row = plan_.rows[position];
    row.status = store::Status::ok;
    row.message.clear();
    row.violated.clear();
    if (!sweep_.constraints.empty()) {
      const auto resolved = config::read_text(record.resolved_yaml, "config.yaml");
      for (const auto& constraint : sweep_.constraints)
        if (constraint.holds(lookup(record.metrics, resolved)) != std::optional<bool>(true))
          row.violated += (row.violated.empty() ? "" : "; ") + constraint.text();
    }
    row.feasible = row.violated.empty();
    return row;
  }

  void fail(std::uint64_t position, const std::string& message) {
    auto& row = plan_.rows[position];
    row.status = store::Status::failed;
    row.message = message;
    row.feasible = false;
    results_->set_point(row);
  }

  bool simulate(StopSignals& stop) {
    std::vector<std::uint64_t> tasks;  // indices of groups
    for (std::size_t g = 0; g < plan_.groups.size(); ++g)
      if (!options_.shard ||
          plan_.groups[g].front() % options_.shard->count == options_.shard->index)
        tasks.push_back(g);
    std::optional<WorkerPool::Seconds> limit;
    if (options_.seconds_per_point) limit = WorkerPool::Seconds(*options_.seconds_per_point);
    WorkerPool pool(
        std::min<std::uint64_t>(options_.workers, std::max<std::size_t>(1, tasks.size())),
        [this](std::uint64_t task) {
          return run_job(functions_, plan_.requests[plan_.groups[task].front()]);
        },
        limit);
    std::uint64_t done = 0, failed = 0;
    return pool.run(tasks, stop, [&](const Reply& reply) {
      failed += !take(reply);
      if (options_.progress) options_.progress("running", ++done, tasks.size(), failed);
    });
  }

  bool take(const Reply& reply) {
    const auto& group = plan_.groups[reply.task];
    std::string message = reply.text;
    if (!reply.lost && reply.text.front() == has_record) {
      const store::Record record = store::decode(std::string_view(reply.text).substr(1));
      if (record.hash == plan_.rows[group.front()].hash) {
        std::vector<store::PointRow> rows;
        for (const auto position : group) rows.push_back(succeed(position, record));
        results_->add_run(record, rows);
        ++outcome_.simulated;
        outcome_.shared += group.size() - 1;
        return true;
      }
      message = "a file of its configuration changed while the sweep was running";
    } else if (!reply.lost) {
      message = reply.text.substr(1);
    }
    for (const auto position : group) fail(position, message);
    return false;
  }

  void count() {
    outcome_.points = plan_.rows.size();
    for (const auto& row : plan_.rows) {
      outcome_.failed += row.status == store::Status::failed;
      outcome_.pending += row.status == store::Status::pending;
      outcome_.infeasible += row.status == store::Status::infeasible ||
                             (row.status == store::Status::ok && !row.feasible);
    }
  }

  const Sweep& sweep_;
  const SweepOptions& options_;
  const PointFunctions& functions_;
  store::Results* results_ = nullptr;
  Plan plan_;
  SweepOutcome outcome_;
};

std::uint64_t number(const char* text, const std::string& all) {
  std::uint64_t value = 0;
  const char* end = text + std::char_traits<char>::length(text);
  const auto parsed = std::from_chars(text, end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end)
    throw Error(bad_shard).read(all).expected("I/N such as 0/8, or array inside a Slurm array");
  return value;
}

}  // namespace

Shard parse_shard(const std::string& text) {
  Shard shard;
  if (text == "array") {
    const char* id = std::getenv("SLURM_ARRAY_TASK_ID");
    const char* count = std::getenv("SLURM_ARRAY_TASK_COUNT");
    const char* first = std::getenv("SLURM_ARRAY_TASK_MIN");
    if (id == nullptr || count == nullptr)
      throw Error(bad_shard)
          .read(text)
          .expected("SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT to be set, as in a Slurm array")
          .remedy("use --shard I/N elsewhere");
    shard.index = number(id, text) - (first != nullptr ? number(first, text) : 0);
    shard.count = number(count, text);
  } else {
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos) number("", text);
    shard.index = number(text.substr(0, slash).c_str(), text);
    shard.count = number(text.substr(slash + 1).c_str(), text);
  }
  if (shard.index >= shard.count)
    throw Error(bad_shard).read(text).expected("I/N with I from 0 to N - 1");
  return shard;
}

std::string results_path(const std::string& directory, const std::optional<Shard>& shard) {
  const fs::path base = directory;
  if (!shard) return (base / "results.sqlite").string();
  return (base / "shards" / fmt::format("results.{}.sqlite", shard->index)).string();
}

SweepOutcome run_sweep(const Sweep& sweep, const SweepOptions& options,
                       const PointFunctions& functions) {
  return Engine(sweep, options, functions).run();
}

}  // namespace mantissa::sweep
