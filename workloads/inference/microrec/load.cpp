// SPDX-License-Identifier: Apache-2.0
#include "workloads/inference/microrec/load.h"

#include <algorithm>
#include <cmath>

#include "base/numerics/elementary.h"

namespace mantissa::workloads::microrec {

using arch::embedding::Accelerator;
using arch::embedding::ItemTimes;

// One simulation: an accelerator, the rows that come, the latencies that are seen.
class Bench::Run {
 public:
  explicit Run(const Bench& bench)
      : bench_(bench),
        hz_(static_cast<double>(bench.engine_.clock.value)),
        items_(make_stream(bench.stream_, bench.set_)),
        rows_(bench.set_.lookups()),
        product_rows_(bench.set_.lookups()),
        accelerator_(bench.engine_, placed_tables(bench.set_, bench.layout_), bench.layers_,
                     [this](const ItemTimes& times) { note(times); }) {}

  void push(Cycles arrival) {
    if (pushed_++ == 0) first_ = arrival;
    items_->next(rows_.data());
    product_rows(bench_.set_, bench_.layout_, rows_.data(), product_rows_.data());
    accelerator_.push(arrival, product_rows_.data());
  }
  Cycles drain() {
    accelerator_.drain();
    return accelerator_.latest();
  }
  void forget_latencies() { latencies_.clear(); }
  void note_latency(Cycles cycles) { latencies_.push_back(cycles.value); }

  LoadResult finish() {
    const Cycles end = drain();
    LoadResult out;
    out.items = pushed_;
    const double seconds = static_cast<double>((end - first_).value) / hz_;
    out.items_per_second = static_cast<double>(pushed_) / seconds;
    out.interval_ns = seconds * 1e9 / static_cast<double>(pushed_);
    std::sort(latencies_.begin(), latencies_.end());
    double sum = 0;
    for (const std::uint64_t cycles : latencies_) sum += ns(cycles);
    out.mean = sum / static_cast<double>(latencies_.size());
    out.p50 = percentile(.5);
    out.p95 = percentile(.95);
    out.p99 = percentile(.99);
    out.p999 = percentile(.999);
    out.most = percentile(1);
    out.lookup_mean = ns(looked_up_) / static_cast<double>(pushed_);
    out.totals = accelerator_.settle();
    for (const auto* energy : {&out.totals.hbm, &out.totals.ddr})
      if (*energy) out.dram_pj_per_item += (*energy)->total.value / static_cast<double>(pushed_);
    return out;
  }

 private:
  double ns(std::uint64_t cycles) const { return static_cast<double>(cycles) * 1e9 / hz_; }
  // The least latency that this share of the items does not exceed.
  double percentile(double share) const {
    const auto rank =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(latencies_.size()) - 1e-9));
    return ns(latencies_[std::max<std::size_t>(rank, 1) - 1]);
  }
  void note(const ItemTimes& times) {
    latencies_.push_back((times.done - times.arrival).value);
    looked_up_ += (times.looked_up - times.arrival).value;
  }

  const Bench& bench_;
  const double hz_;
  const std::unique_ptr<ItemStream> items_;
  std::vector<std::uint64_t> rows_, product_rows_;
  std::vector<std::uint64_t> latencies_;  // cycles
  std::uint64_t pushed_ = 0, looked_up_ = 0;
  Cycles first_{};
  Accelerator accelerator_;
};

Bench::Bench(const arch::embedding::EmbeddingConfig& engine, const TableSet& set,
             const Layout& layout, const StreamConfig& stream, bool lookup_only)
    : engine_(engine),
      set_(set),
      layout_(layout),
      stream_(stream),
      layers_(lookup_only ? std::vector<std::int64_t>{} : set.hidden) {}

LoadResult Bench::backlog(std::uint64_t items) const {
  Run run(*this);
  for (std::uint64_t i = 0; i < items; ++i) run.push(Cycles(0));
  return run.finish();
}

LoadResult Bench::closed_loop(std::uint64_t batch, std::uint64_t batches) const {
  Run run(*this);
  std::vector<Cycles> latencies;
  Cycles arrival{};
  for (std::uint64_t b = 0; b < batches; ++b) {
    for (std::uint64_t i = 0; i < batch; ++i) run.push(arrival);
    const Cycles end = run.drain();
    latencies.push_back(end - arrival);
    arrival = end;
  }
  run.forget_latencies();
  for (const Cycles latency : latencies) run.note_latency(latency);
  return run.finish();
}

LoadResult Bench::open_loop(const OpenLoop& load, std::uint64_t items) const {
  Run run(*this);
  ArrivalTimes times(load);
  const double hz = static_cast<double>(engine_.clock.value);
  for (std::uint64_t i = 0; i < items; ++i)
    run.push(Cycles(static_cast<std::uint64_t>(std::ceil(times.next() * hz))));
  return run.finish();
}

ArrivalTimes::ArrivalTimes(const OpenLoop& load) : load_(load), random_(load.seed, "arrivals") {
  MANTISSA_CHECK(load.items_per_second > 0 && load.burst_factor > 1 && load.burst_items > 0,
                 "an open loop without a rate");
}

// -mean ln(u), u in (0, 1].
double ArrivalTimes::exponential(double mean) {
  const double u = static_cast<double>((random_.bits(drawn_++) >> 40) + 1) * 0x1p-24;
  return -mean * static_cast<double>(numerics::log(static_cast<float>(u)));
}

double ArrivalTimes::next() {
  const double mean = 1 / load_.items_per_second;
  if (load_.arrivals == Arrivals::poisson) return now_ += exponential(mean);
  // The next item of this burst, or, when the burst ends before, of one of the next.
  const double gap = mean / load_.burst_factor;
  for (;;) {
    const double at = now_ + exponential(gap);
    if (at <= burst_end_) return now_ = at;
    const double on = load_.burst_items * gap;
    now_ = burst_end_ + exponential(on * (load_.burst_factor - 1));
    burst_end_ = now_ + exponential(on);
  }
}

}  // namespace mantissa::workloads::microrec
