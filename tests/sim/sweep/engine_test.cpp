// SPDX-License-Identifier: Apache-2.0
// The engine against a fake simulator: the same rows come out however it is disturbed.
#include "sim/sweep/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <filesystem>

#include "fake_point.h"
#include "sim/store/csv.h"

namespace mantissa::sweep {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Engine : public ::testing::Test {
 protected:
  Engine() {
    static int count = 0;
    root_ = fs::temp_directory_path() /
            ("mantissa_engine_" + std::to_string(getpid()) + "_" + std::to_string(count++));
    fs::create_directories(root_);
  }
  ~Engine() override { fs::remove_all(root_); }

  static Sweep sweep_of(const std::string& body, const std::string& name = "s") {
    const std::string file = name + ".yaml";
    return parse_sweep(config::read_text("version: 1\nkind: sweep\n" + body, file), file);
  }
  SweepOptions options(const std::string& directory, unsigned workers = 1) const {
    SweepOptions o;
    o.directory = (root_ / directory).string();
    o.workers = workers;
    o.program = "mantissa test";
    return o;
  }
  std::string dump(const std::string& directory) const {
    return store::Results::read(results_path((root_ / directory).string())).dump();
  }
  std::vector<store::PointRow> points(const std::string& directory) const {
    return store::Results::read(results_path((root_ / directory).string())).points();
  }

  // Until at least one point of a sweep that runs in another process is finished.
  void wait_for_a_point(const std::string& directory) const {
    for (int i = 0; i < 1000; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      try {
        for (const auto& point : points(directory))
          if (point.status == store::Status::ok) return;
      } catch (const Error&) {  // there is nothing to read yet
      }
    }
    ADD_FAILURE() << "no point was finished in ten seconds";
  }

  fs::path root_;
};

constexpr const char* body =
    "archs: [a, b]\nworkloads: [w]\nobjectives: [latency, energy]\n"
    "grid: {core.matrix.rows: [3, 5, 7], workload.batch: [1, 3, 9]}\n";

TEST_F(Engine, rows_are_equal_bit_for_bit_for_one_and_two_workers) {
  const auto one = run_sweep(sweep_of(body), options("one", 1), testing::fake());
  const auto two = run_sweep(sweep_of(body), options("two", 2), testing::fake());
  EXPECT_EQ(one.simulated, 18u);
  EXPECT_EQ(two.simulated, 18u);
  EXPECT_EQ(one.failed, 0u);
  EXPECT_EQ(dump("one"), dump("two"));
  EXPECT_THAT(dump("one"), HasSubstr("points: 's',17,'b','w',"));
}

TEST_F(Engine, the_dump_notices_a_single_bit) {  // negative control of the test above
  auto functions = testing::fake();
  run_sweep(sweep_of(body), options("one"), functions);
  functions.run = [](const sim::PointRequest& request) {
    auto record = testing::fake_run(request);
    record.metrics["latency_s"] = std::nextafter(record.metrics["latency_s"], 1.0);
    return record;
  };
  run_sweep(sweep_of(body), options("two"), functions);
  EXPECT_NE(dump("one"), dump("two"));
}

TEST_F(Engine, identical_points_are_simulated_once) {
  const auto sweep = sweep_of("archs: [a]\nworkloads: [w]\ngrid: {note: [x, y, z]}\n");
  const auto outcome = run_sweep(sweep, options("out", 2), testing::fake());
  EXPECT_EQ(outcome.points, 3u);
  EXPECT_EQ(outcome.simulated, 1u);
  EXPECT_EQ(outcome.shared, 2u);
  for (const auto& row : points("out")) EXPECT_EQ(row.status, store::Status::ok);
}

TEST_F(Engine, another_sweep_in_the_directory_shares_its_runs) {
  run_sweep(sweep_of(body), options("out"), testing::fake());
  auto again = options("out");
  again.resume = true;
  const auto outcome = run_sweep(
      sweep_of(
          "archs: [a, c]\nworkloads: [w]\ngrid: {core.matrix.rows: [3], workload.batch: [1]}\n",
          "other"),
      again, testing::fake());
  EXPECT_EQ(outcome.shared, 1u);
  EXPECT_EQ(outcome.simulated, 1u);
  EXPECT_EQ(points("out").size(), 20u);
}

TEST_F(Engine, a_crash_a_kill_and_an_exception_cost_one_point_each) {
  const auto sweep = sweep_of(
      "archs: [a]\nworkloads: [w]\ngrid: {misbehave: [none, abort, kill, throw, never], "
      "core.matrix.rows: [1, 2]}\n");
  const auto outcome = run_sweep(sweep, options("out", 2), testing::fake());
  EXPECT_EQ(outcome.failed, 6u);
  EXPECT_EQ(outcome.simulated, 4u);
  const auto rows = points("out");
  EXPECT_EQ(rows[0].status, store::Status::ok);
  EXPECT_EQ(rows[2].message, "the worker process was ended by signal 6 (Aborted)");
  EXPECT_THAT(rows[4].message, HasSubstr("signal 9 (Killed), perhaps for lack of memory"));
  EXPECT_EQ(rows[6].message, "error: the tile does not fit [config.range]");
  EXPECT_EQ(rows[9].status, store::Status::ok);
}

TEST_F(Engine, a_point_that_hangs_is_stopped_at_the_time_limit) {
  auto limited = options("out", 2);
  limited.seconds_per_point = 0.2;
  const auto outcome =
      run_sweep(sweep_of("archs: [a]\nworkloads: [w]\ngrid: {misbehave: [hang, none, never]}\n"),
                limited, testing::fake());
  EXPECT_EQ(outcome.failed, 1u);
  EXPECT_EQ(points("out")[0].message, "it took longer than the time limit of 0.2 s");
}

TEST_F(Engine, a_refused_configuration_stops_the_sweep_before_anything_runs) {
  auto functions = testing::fake();
  functions.run = [](const sim::PointRequest&) -> store::Record { std::abort(); };
  try {
    run_sweep(sweep_of("archs: [a]\nworkloads: [w]\ngrid: {misbehave: [none, refuse]}\n"),
              options("out", 2), functions);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(
        error.message(),
        "s.yaml: error: point 2 of 2, a on w with misbehave=refuse: arch.yaml:3:5: error: read "
        "'0'; expected at least 1 [config.range]");
    EXPECT_EQ(error.exit(), ExitCode::bad_input);
  }
  // Nothing is in the way of the corrected sweep.
  EXPECT_EQ(run_sweep(sweep_of("archs: [a]\nworkloads: [w]\n"), options("out"), testing::fake())
                .simulated,
            1u);
}

TEST_F(Engine, parameters_that_do_not_go_together_make_a_point_infeasible) {
  const auto outcome =
      run_sweep(sweep_of("archs: [a]\nworkloads: [w]\ngrid: {misbehave: [none, together]}\n"),
                options("out"), testing::fake());
  EXPECT_EQ(outcome.infeasible, 1u);
  EXPECT_THAT(points("out")[1].message, HasSubstr("more than 65536"));
}

TEST_F(Engine, constraints_on_parameters_exclude_and_those_on_results_mark) {
  const auto sweep = sweep_of(
      "archs: [a]\nworkloads: [w]\ngrid: {core.matrix.rows: [10, 20, 40]}\n"
      "constraints: [\"core.matrix.rows < 40\", \"area < 0.2 mm2\"]\n");
  const auto outcome = run_sweep(sweep, options("out"), testing::fake());
  EXPECT_EQ(outcome.simulated, 2u);
  EXPECT_EQ(outcome.infeasible, 2u);
  const auto rows = points("out");
  EXPECT_TRUE(rows[0].feasible);
  EXPECT_EQ(rows[1].status, store::Status::ok);
  EXPECT_EQ(rows[1].violated, "area < 0.2 mm2");
  EXPECT_EQ(rows[2].status, store::Status::infeasible);
  EXPECT_EQ(rows[2].message, "excluded by core.matrix.rows < 40");
}

TEST_F(Engine, a_constraint_on_a_parameter_that_is_not_there_stops_the_sweep) {
  EXPECT_THROW(run_sweep(sweep_of("archs: [a]\nworkloads: [w]\nconstraints: [\"core.rows < 4\"]\n"),
                         options("out"), testing::fake()),
               Error);
}

TEST_F(Engine, results_are_not_overwritten_without_resume) {
  run_sweep(sweep_of(body), options("out"), testing::fake());
  try {
    run_sweep(sweep_of(body), options("out"), testing::fake());
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("continue them with --resume"));
    EXPECT_EQ(error.exit(), ExitCode::usage);
  }
  fs::create_directories(root_ / "foreign");
  store::write_file((root_ / "foreign" / "thesis.tex").string(), "x");
  EXPECT_THROW(run_sweep(sweep_of(body), options("foreign"), testing::fake()), Error);
}

TEST_F(Engine, a_second_writer_is_kept_out) {
  run_sweep(sweep_of(body), options("out"), testing::fake());
  // POSIX locks do not conflict within one process: the other writer must be another.
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t other = fork();
  if (other == 0) {
    const auto results = store::Results::write(results_path((root_ / "out").string()));
    (void)!write(ready[1], "x", 1);
    pause();
    _exit(0);
  }
  char byte;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  auto again = options("out");
  again.resume = true;
  try {
    run_sweep(sweep_of(body), again, testing::fake());
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind().id(), store::busy.id());
  }
  kill(other, SIGKILL);
  waitpid(other, nullptr, 0);
}

constexpr const char* slow =
    "archs: [a]\nworkloads: [w]\nset: {sleep_ms: 100}\ngrid: {core.matrix.rows: [1, 2, 3, 4, 5, 6, "
    "7, 8]}\n";

TEST_F(Engine, kill_9_in_the_middle_and_resume_give_the_same_rows) {
  run_sweep(sweep_of(slow), options("whole", 2), testing::fake());

  const pid_t victim = fork();
  if (victim == 0) {
    try {
      run_sweep(sweep_of(slow), options("killed", 2), testing::fake());
    } catch (...) {
      _exit(3);
    }
    _exit(0);
  }
  wait_for_a_point("killed");
  kill(victim, SIGKILL);
  int status = 0;
  waitpid(victim, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));

  auto again = options("killed", 1);
  again.resume = true;
  const auto outcome = run_sweep(sweep_of(slow), again, testing::fake());
  EXPECT_GT(outcome.simulated, 0u);  // it was really killed in the middle,
  EXPECT_LT(outcome.simulated, 8u);  // and what it had finished was kept
  EXPECT_EQ(outcome.simulated + outcome.shared, 8u);
  EXPECT_EQ(dump("whole"), dump("killed"));
}

TEST_F(Engine, a_signal_stops_it_and_keeps_what_is_finished) {
  const pid_t child = fork();
  if (child == 0) {
    const auto outcome = run_sweep(sweep_of(slow), options("stopped", 1), testing::fake());
    _exit(outcome.signal);
  }
  wait_for_a_point("stopped");
  kill(child, SIGTERM);
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), SIGTERM);
  auto again = options("stopped");
  again.resume = true;
  EXPECT_GT(run_sweep(sweep_of(slow), again, testing::fake()).shared, 0u);
}

TEST_F(Engine, shards_merge_into_the_same_rows) {
  const auto sweep = sweep_of(body);
  run_sweep(sweep, options("whole", 2), testing::fake());
  for (std::uint64_t i = 0; i < 3; ++i) {
    auto part = options("parts");
    part.shard = Shard{i, 3};
    EXPECT_EQ(run_sweep(sweep, part, testing::fake()).simulated, 6u);
  }
  auto merge = options("parts");
  merge.run = false;
  const auto outcome = run_sweep(sweep, merge, testing::fake());
  EXPECT_EQ(outcome.simulated, 0u);
  EXPECT_EQ(outcome.pending, 0u);
  EXPECT_EQ(dump("whole"), dump("parts"));
}

TEST_F(Engine, a_merge_says_which_shard_is_missing_and_resume_fills_the_gap) {
  const auto sweep = sweep_of(body);
  run_sweep(sweep, options("whole"), testing::fake());
  auto part = options("parts");
  part.shard = Shard{1, 3};
  run_sweep(sweep, part, testing::fake());
  auto merge = options("parts");
  merge.run = false;
  EXPECT_EQ(run_sweep(sweep, merge, testing::fake()).pending, 12u);
  merge.run = true;
  merge.resume = true;
  EXPECT_EQ(run_sweep(sweep, merge, testing::fake()).simulated, 12u);
  EXPECT_EQ(dump("whole"), dump("parts"));
}

TEST_F(Engine, published_figures_find_their_point) {
  const std::string published =
      "published: [{arch: a, workload: w, set: {workload.batch: 3}, quantity: throughput, value: "
      "12.3 TOPS, method: recalled 85 %, source: a paper}]\n";
  run_sweep(sweep_of("archs: [a]\nworkloads: [w]\ngrid: {workload.batch: [1, 3]}\n" + published),
            options("out"), testing::fake());
  const auto rows = store::Results::read(results_path((root_ / "out").string())).published();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].position, 1u);
  EXPECT_EQ(rows[0].column, "throughput_ops");
  EXPECT_EQ(rows[0].value, 12.3e12);
  // No point, and two points, are both refused.
  for (const char* batches : {"[1, 2]", "[3, 3]"})
    EXPECT_THROW(run_sweep(sweep_of("archs: [a]\nworkloads: [w]\ngrid: {workload.batch: " +
                                    std::string(batches) + "}\n" + published),
                           options(batches), testing::fake()),
                 Error);
}

TEST_F(Engine, shards_are_parsed_from_text_and_from_slurm) {
  EXPECT_EQ(parse_shard("3/8").index, 3u);
  EXPECT_EQ(parse_shard("3/8").count, 8u);
  for (const char* bad : {"8/8", "3", "x/8", "3/", "/", "-1/8", "array"})
    EXPECT_THROW(parse_shard(bad), Error) << bad;
  setenv("SLURM_ARRAY_TASK_ID", "5", 1);
  setenv("SLURM_ARRAY_TASK_COUNT", "4", 1);
  setenv("SLURM_ARRAY_TASK_MIN", "2", 1);
  EXPECT_EQ(parse_shard("array").index, 3u);
  EXPECT_EQ(parse_shard("array").count, 4u);
  for (const char* name : {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN"})
    unsetenv(name);
}

}  // namespace
}  // namespace mantissa::sweep
