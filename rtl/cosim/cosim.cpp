// SPDX-License-Identifier: Apache-2.0
#include "rtl/cosim/cosim.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>

#include "rtl/common/pin_bench.h"
#include "rtl/cosim/shrink.h"
#include "rtl/folders.h"
#include "rtl/tool.h"

namespace mantissa::rtl {
namespace {

// Long enough for what commands do to each other, short enough that shrinking starts small.
constexpr std::uint64_t batch = 1000;
// Stalls of directed runs, and of batches in turn; the last draws its own.
constexpr unsigned directed_stalls[] = {0, 64, 192};
constexpr unsigned batch_stalls[] = {0, 32, 128, 208};

std::function<void(const std::string&, double)> building(const CosimRequest& request) {
  if (!request.progress) return {};
  return [&request](const std::string& step, double) { request.progress(0, step); };
}

Waves format_of(const std::string& path) {
  const auto ends = [&](const std::string& end) {
    return path.size() > end.size() && path.compare(path.size() - end.size(), end.size(), end) == 0;
  };
  if (ends(".fst")) return Waves::fst;
  if (ends(".vcd")) return Waves::vcd;
  throw Error(unknown_waves).at(path).expected("a name that ends in .vcd or .fst");
}

class CoSimulation {
 public:
  explicit CoSimulation(const CosimRequest& request) : request_(request) {
    DesignRequest wanted = design_request(request);
    wanted.progress = building(request);
    design_ = VerilatedDesign::build(wanted);
    bench_ = request.unit->bench(request.parameters);
    result_.cases = bench_->cases();
  }

  CosimResult result() {
    if (request_.replay) {
      total_ = request_.replay->commands.size();
      run(*request_.replay);
    } else {
      const std::uint64_t directed = bench_->directed().size();
      total_ = directed * std::size(directed_stalls) + request_.vectors;
      for (const unsigned stall : directed_stalls) {
        if (result_.failure) break;
        if (directed > 0) run(directed_run(request_, stall));
        if (!result_.failure) result_.directed += directed;
      }
      for (std::uint64_t first = 0; first < request_.vectors && !result_.failure; first += batch)
        run(random_run(first, std::min(batch, request_.vectors - first)));
    }
    result_.covered = bench_->covered();
    return std::move(result_);
  }

 private:
  Stimulus random_run(std::uint64_t first, std::uint64_t size) const {
    const std::uint64_t number = first / batch, key = draw(request_.seed, number);
    Stimulus run;
    run.seed = draw(key, 0);
    const std::uint64_t kinds = std::size(batch_stalls) + 1;
    run.stall = number % kinds < std::size(batch_stalls)
                    ? batch_stalls[number % kinds]
                    : static_cast<unsigned>(draw(key, 1) % 224);
    for (std::uint64_t i = 0; i < size; ++i)
      run.commands.push_back(bench_->random(draw(request_.seed ^ ~std::uint64_t{0}, first + i)));
    return run;
  }

  void run(const Stimulus& run) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    const Outcome outcome = run_beside(*design_, *bench_, run);
    result_.seconds += std::chrono::duration<double>(Clock::now() - start).count();
    result_.cycles += outcome.cycles;
    ++result_.runs;
    result_.commands += outcome.failed() ? outcome.command : run.commands.size();
    if (request_.progress && total_ > 0)
      request_.progress(static_cast<double>(result_.commands) / static_cast<double>(total_),
                        fmt::format("{} cycles", result_.cycles));
    if (outcome.failed()) fail(run, outcome);
  }

  void fail(const Stimulus& run, const Outcome& outcome) {
    Failure failure{outcome, run, result_.cycles, run.commands.size(), 0};
    if (request_.shrink) {
      if (request_.progress) request_.progress(0, "shrinking");
      // Another bench: what shrinking sees is no coverage.
      const auto bench = request_.unit->bench(request_.parameters);
      const auto shrunk = shrink(run, outcome, bench->fields(), [&](const Stimulus& candidate) {
        return run_beside(*design_, *bench, candidate);
      });
      failure.run = shrunk.run;
      failure.outcome = shrunk.outcome;
      failure.tried = shrunk.tried;
    }
    result_.failure = std::move(failure);
  }

  const CosimRequest& request_;
  std::unique_ptr<VerilatedDesign> design_;
  std::unique_ptr<Bench> bench_;
  CosimResult result_;
  std::uint64_t total_ = 0;  // commands
};

}  // namespace

DesignRequest design_request(const CosimRequest& request, Waves waves) {
  DesignRequest design;
  design.top = request.top.empty() ? request.unit->name() : request.top;
  design.sources = request.sources;
  if (design.sources.empty())
    for (const auto& source : request.unit->sources())
      design.sources.push_back(rtl_folder() + "/" + source);
  design.parameters = request.parameters;
  design.ports = request.unit->ports(request.parameters);
  design.waves = waves;
  return design;
}

Stimulus directed_run(const CosimRequest& request, unsigned stall) {
  return {request.unit->bench(request.parameters)->directed(), request.seed, stall, {}};
}

CosimResult cosimulate(const CosimRequest& request) { return CoSimulation(request).result(); }

void check_waves_path(const std::string& path) {
  format_of(path);
  if (!std::ofstream(path, std::ios::app))
    throw Error(unreadable_file).at(path).say("cannot write the waveforms");
}

void write_waves(const CosimRequest& request, const Stimulus& run, const std::string& path) {
  DesignRequest wanted = design_request(request, format_of(path));
  wanted.progress = building(request);
  const auto design = VerilatedDesign::build(wanted);
  const auto bench = request.unit->bench(request.parameters);
  design->open_waves(path);
  run_beside(*design, *bench, run);
  design->settle();  // so that the last cycle has a width
  design->close_waves();
}

}  // namespace mantissa::rtl
