// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/ranks.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/trace/vocabulary.h"
#include "workloads/executor/threads.h"

namespace mantissa::workloads {

namespace {

// Thrown in the ranks that wait when another has failed; run() tells of the other.
struct Abandoned {};

std::string asked(trace::OpKind kind, const at::Tensor& x) {
  std::string s = trace::name(kind);
  return x.defined() ? s + " of " + trace::text(x.sizes().vec()) : s;
}

const char* name_of(Reduction r) {
  switch (r) {
    case Reduction::sum:
      return "sum";
    case Reduction::mean:
      return "mean";
    case Reduction::max:
      return "max";
    case Reduction::min:
      return "min";
  }
  return "";
}

// In the order of the ranks.
at::Tensor reduced(const std::vector<at::Tensor>& x, Reduction reduction) {
  at::Tensor out = x.front().clone();
  for (std::size_t i = 1; i < x.size(); ++i) {
    switch (reduction) {
      case Reduction::sum:
      case Reduction::mean:
        out += x[i];
        break;
      case Reduction::max:
        out = at::maximum(out, x[i]);
        break;
      case Reduction::min:
        out = at::minimum(out, x[i]);
        break;
    }
  }
  if (reduction == Reduction::mean) out /= static_cast<double>(x.size());
  return out;
}

}  // namespace

struct Ranks::Meeting {
  explicit Meeting(std::uint32_t n) : tensors(n), asked(n) {}

  // All are here: goes on when the last one has come.
  void wait() {
    std::unique_lock<std::mutex> lock(mutex);
    if (failed) throw Abandoned{};
    if (++arrived == tensors.size()) {
      arrived = 0;
      ++generation;
      everybody.notify_all();
      return;
    }
    const std::uint64_t mine = generation;
    everybody.wait(lock, [&] { return generation != mine || failed; });
    if (generation == mine) throw Abandoned{};
  }

  void fail(std::exception_ptr why) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (!failed) failure = std::move(why);
    failed = true;
    everybody.notify_all();
  }

  std::mutex mutex;
  std::condition_variable everybody;
  std::size_t arrived = 0;
  std::uint64_t generation = 0;
  bool failed = false;
  std::exception_ptr failure;
  std::vector<at::Tensor> tensors;  // what each rank has brought
  std::vector<std::string> asked;   // what for
};

Ranks::Ranks(std::uint32_t count) : meeting_(std::make_unique<Meeting>(count)) {
  MANTISSA_CHECK(count >= 1, "at least one rank");
  for (std::uint32_t i = 0; i < count; ++i) {
    ranks_.push_back(std::unique_ptr<Rank>(new Rank(*this, i)));
  }
}

Ranks::~Ranks() = default;

std::uint32_t Ranks::count() const { return static_cast<std::uint32_t>(ranks_.size()); }
std::uint32_t Rank::count() const { return ranks_.count(); }

void Ranks::record(const std::string& name, Contents contents) {
  for (auto& rank : ranks_) {
    rank->recorder_ = std::make_unique<Recorder>(RecorderOptions{name, rank->number_, contents});
  }
}

void Ranks::run(const std::function<void(Rank&)>& program) {
  compute_on_one_thread();
  std::vector<std::thread> threads;
  for (auto& rank : ranks_) {
    threads.emplace_back([&, r = rank.get()] {
      start_computing_thread();
      try {
        if (r->recorder_) {
          const auto on = r->recorder_->record();
          program(*r);
        } else {
          program(*r);
        }
      } catch (const Abandoned&) {
      } catch (...) {
        meeting_->fail(std::current_exception());
      }
    });
  }
  for (auto& t : threads) t.join();
  if (meeting_->failed) {
    const std::exception_ptr failure = meeting_->failure;
    meeting_ = std::make_unique<Meeting>(count());
    std::rethrow_exception(failure);
  }
}

std::vector<trace::Trace> Ranks::traces() {
  std::vector<trace::Trace> out;
  for (auto& rank : ranks_) {
    if (rank->recorder_) out.push_back(rank->recorder_->finish());
    rank->recorder_.reset();
  }
  return out;
}

at::Tensor Rank::meet(trace::OpKind kind, const at::Tensor& x,
                      const std::function<at::Tensor(const std::vector<at::Tensor>&)>& compute,
                      const at::Tensor& into, std::map<std::string, trace::Attribute> attributes) {
  Ranks::Meeting& m = *ranks_.meeting_;
  at::Tensor result;
  {
    const Unrecorded quiet;
    const torch::NoGradGuard no_gradient;
    m.tensors[number_] = x;
    m.asked[number_] = asked(kind, x);
    m.wait();
    for (std::uint32_t i = 0; i < count(); ++i) {
      if (m.asked[i] != m.asked[number_]) {
        throw Error(rank_mismatch)
            .say("rank " + std::to_string(number_) + " is in " + m.asked[number_] + ", rank " +
                 std::to_string(i) + " in " + m.asked[i]);
      }
    }
    if (compute) result = compute(m.tensors);
    m.wait();  // nobody changes what another still reads
    if (into.defined()) {
      into.copy_(result);
      result = into;
    }
  }
  if (Recorder* recorder = Recorder::active()) {
    attributes["group_size"] = static_cast<std::int64_t>(count());
    std::vector<at::Tensor> in, out;
    if (x.defined()) in.push_back(x);
    if (result.defined()) out.push_back(result);
    recorder->node(kind, trace::name(kind), in, out, std::move(attributes));
  }
  return result;
}

void Rank::all_reduce(const at::Tensor& x, Reduction reduction) {
  meet(trace::OpKind::all_reduce, x,
       [&](const std::vector<at::Tensor>& all) { return reduced(all, reduction); }, x,
       {{"reduction", std::string(name_of(reduction))}});
}

void Rank::broadcast(const at::Tensor& x, std::uint32_t root) {
  MANTISSA_CHECK(root < count(), "a root that is a rank");
  meet(trace::OpKind::broadcast, x,
       [&](const std::vector<at::Tensor>& all) { return all[root].clone(); }, x,
       {{"root", static_cast<std::int64_t>(root)}});
}

at::Tensor Rank::all_gather(const at::Tensor& x) {
  return meet(trace::OpKind::all_gather, x,
              [](const std::vector<at::Tensor>& all) { return at::cat(all, 0); }, {}, {});
}

at::Tensor Rank::reduce_scatter(const at::Tensor& x, Reduction reduction) {
  return meet(trace::OpKind::reduce_scatter, x,
              [&](const std::vector<at::Tensor>& all) {
                return reduced(all, reduction).chunk(count(), 0).at(number_).clone();
              },
              {}, {{"reduction", std::string(name_of(reduction))}});
}

at::Tensor Rank::all_to_all(const at::Tensor& x) {
  return meet(trace::OpKind::all_to_all, x,
              [&](const std::vector<at::Tensor>& all) {
                std::vector<at::Tensor> parts;
                for (const at::Tensor& t : all) parts.push_back(t.chunk(count(), 0).at(number_));
                return at::cat(parts, 0);
              },
              {}, {});
}

void Rank::barrier() { meet(trace::OpKind::barrier, {}, {}, {}, {}); }

}  // namespace mantissa::workloads
