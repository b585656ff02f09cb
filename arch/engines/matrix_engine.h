// SPDX-License-Identifier: Apache-2.0
// The sequencer's view of the matrix unit: takes commands whose operands are ready, asks the unit's
// model for the timetable, signals tokens at its times, and accounts for every cycle.
//
// A wait is split by its causes, in order: the unit's own drain (R + C - 2), then `dependency`
// until the last awaited command had all it needed, then the kind of that command's token.
#pragma once

#include <memory>
#include <queue>

#include "arch/core/accumulators.h"
#include "arch/core/engine.h"

namespace mantissa::arch {

class MatrixEngine : public Engine {
 public:
  // Data mode: computes a command's sums into its slot. A unit with an arithmetic of its own is
  // asked for the timetable only afterwards.
  using Compute = std::function<void(const Command&, const MatrixTimetable&)>;

  MatrixEngine(const sc_core::sc_module_name& name, std::unique_ptr<MatrixModel> model,
               Accumulators& accumulators, CoreContext& context, Cycles operand_latency = {});

  void compute_with(Compute compute) { compute_ = std::move(compute); }
  const MatrixModel& model() const { return *model_; }
  MatrixArithmetic* arithmetic() { return model_->arithmetic(); }
  // Where cycles [0, end) went. What follows the last command is drain, then `dependency`, but for
  // [stored_from, stored_to), the last write-back, which is `dram`.
  MatrixTime time(Cycles end, Cycles stored_from, Cycles stored_to) const;
  Cycles busy() const { return time_.busy; }
  std::uint64_t array_folds() const { return array_folds_; }
  std::uint64_t folds() const { return folds_; }
  std::uint64_t macs() const { return macs_; }
  // Called with each command's timetable, for the layers' records.
  std::function<void(const Command&, const MatrixTimetable&)> on_timetable;
  void reset() override;

 private:
  enum class Happens : std::uint8_t { streamed, first_result, done };
  struct Pending {
    Cycles at;
    std::uint64_t sequence;
    Happens what;
    std::shared_ptr<Command> command;
    Cycles started, able_since;
    bool operator<(const Pending& o) const {
      return at == o.at ? sequence > o.sequence : at > o.at;  // earliest on top
    }
  };

  void advance(Cycles now) override;
  void begin(Cycles now);
  void happen(const Pending& pending);
  void account(const MatrixTimetable& t, const Readiness& readiness, Cycles now, Cycles operands);

  std::unique_ptr<MatrixModel> model_;
  Accumulators& accumulators_;
  Cycles operand_latency_;  // of the ECC between the scratchpad and the array
  Compute compute_;
  std::priority_queue<Pending> agenda_;
  std::uint64_t sequence_ = 0;
  MatrixTime time_;
  Cycles accounted_{};  // time_ covers [0, accounted_)
  bool used_ = false;
  std::uint64_t folds_ = 0, array_folds_ = 0, macs_ = 0;
};

}  // namespace mantissa::arch
