// SPDX-License-Identifier: Apache-2.0
#include "arch/engines/matrix_engine.h"

#include <algorithm>

namespace mantissa::arch {
namespace {

Cycles& of(MatrixTime& time, Stall kind) { return time.stalls[static_cast<std::size_t>(kind)]; }

}  // namespace

MatrixEngine::MatrixEngine(const sc_core::sc_module_name& name, std::unique_ptr<MatrixModel> model,
                           Accumulators& accumulators, CoreContext& context, Cycles operand_latency)
    : Engine(name, EngineKind::matrix, context),
      model_(std::move(model)),
      accumulators_(accumulators),
      operand_latency_(operand_latency) {}

void MatrixEngine::reset() {
  Engine::reset();
  model_->reset();
  agenda_ = {};
  sequence_ = 0;
  time_ = {};
  accounted_ = Cycles(0);
  used_ = false;
  folds_ = array_folds_ = macs_ = 0;
}

void MatrixEngine::advance(Cycles now) {
  while (ready_head() != nullptr) begin(now);
  while (!agenda_.empty() && agenda_.top().at <= now) {
    const Pending pending = agenda_.top();
    agenda_.pop();
    happen(pending);
  }
  if (!agenda_.empty()) wake_at(agenda_.top().at);
}

void MatrixEngine::begin(Cycles now) {
  auto command = std::make_shared<Command>(pop());
  const auto& work = std::get<MatrixCommand>(command->work);
  const Readiness readiness = this->readiness(*command);
  // Operands that are asked for now leave the scratchpad's ECC a little later.
  const Cycles operands = now + operand_latency_;
  // Operands may decide about time: such a unit has seen them by now.
  const bool sees_operands =
      compute_ && model_->arithmetic() != nullptr && model_->arithmetic()->decides_time();
  if (sees_operands) compute_(*command, {});
  const MatrixTimetable t = model_->append(work.tile, operands);
  account(t, readiness, now, operands);
  folds_ += t.folds;
  array_folds_ += t.array_folds;
  macs_ += work.macs;
  if (on_timetable) on_timetable(*command, t);
  if (compute_ && !sees_operands) compute_(*command, t);
  if (work.tile.last) accumulators_.slot(work.slot).complete_at = t.end;

  const Cycles done = work.tile.last ? t.end : t.stream_end;
  agenda_.push({t.stream_end, sequence_++, Happens::streamed, command, t.start, now});
  if (!command->result_signals.empty())
    agenda_.push({t.first_result, sequence_++, Happens::first_result, command, t.start, now});
  agenda_.push({done, sequence_++, Happens::done, command, t.first_stream, now});
}

void MatrixEngine::happen(const Pending& pending) {
  switch (pending.what) {
    case Happens::streamed:
      signal(pending.command->early_signals, pending.able_since);
      break;
    case Happens::first_result:
      signal(pending.command->result_signals, pending.able_since);
      break;
    case Happens::done:
      complete(*pending.command, pending.started, pending.at, pending.able_since);
      break;
  }
}

void MatrixEngine::account(const MatrixTimetable& t, const Readiness& readiness, Cycles now,
                           Cycles operands) {
  if (now > accounted_) {
    // The unit stood still in [accounted_, now) for want of operands or accumulators.
    Cycles from = accounted_;
    if (used_) {
      const Cycles drained = std::min(now, from + model_->drain());
      of(time_, Stall::drain) += drained - from;
      from = drained;
    }
    const Cycles able = std::clamp(readiness.able_since, from, now);
    of(time_, Stall::dependency) += able - from;
    of(time_, readiness.kind) += now - able;
    accounted_ = now;
  }
  if (operands > accounted_) {
    of(time_, Stall::operand) += operands - accounted_;
    accounted_ = operands;
  }
  time_.busy += t.busy;
  of(time_, Stall::weight_load) += t.weight_load;
  of(time_, Stall::operand) += t.operand;
  of(time_, Stall::drain) += t.drain;
  MANTISSA_CHECK(accounted_ + t.busy + t.weight_load + t.operand + t.drain == t.stream_end,
                 "the matrix unit's timetable does not add up");
  accounted_ = t.stream_end;
  used_ = true;
}

MatrixTime MatrixEngine::time(Cycles end, Cycles stored_from, Cycles stored_to) const {
  MatrixTime whole = time_;
  MANTISSA_CHECK(end >= accounted_, "a run ended before its matrix unit");
  const Cycles drained = used_ ? std::min(end, accounted_ + model_->drain()) : accounted_;
  const Cycles to = std::clamp(stored_to, drained, end);
  const Cycles from = std::clamp(stored_from, drained, to);
  of(whole, Stall::drain) += drained - accounted_;
  of(whole, Stall::dram) += to - from;
  of(whole, Stall::dependency) += (from - drained) + (end - to);
  return whole;
}

}  // namespace mantissa::arch
