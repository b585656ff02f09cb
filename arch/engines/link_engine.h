// SPDX-License-Identifier: Apache-2.0
// A rank's end of the ring: takes collectives in order and completes each when the ring says so.
#pragma once

#include <optional>

#include "arch/core/engine.h"
#include "arch/interconnect/ring.h"

namespace mantissa::arch {

class LinkEngine : public Engine {
 public:
  // Names the collective behind a command.
  using Describe = std::function<Ring::Request(const Command&)>;

  LinkEngine(const sc_core::sc_module_name& name, Ring& ring, CoreContext& context)
      : Engine(name, EngineKind::link, context), ring_(ring) {}

  void describe_with(Describe describe) { describe_ = std::move(describe); }
  void reset() override {
    Engine::reset();
    current_.reset();
    end_.reset();
  }

 private:
  void advance(Cycles now) override {
    if (!current_ && ready_head() != nullptr) {
      current_ = pop();
      started_ = now;
      ring_.arrive(context_.core, describe_(*current_), now, [this](Cycles end) {
        end_ = end;
        wake();
      });
    }
    if (!current_ || !end_) return;
    if (*end_ > now) return wake_at(*end_);
    const Command done = std::move(*current_);
    current_.reset();
    end_.reset();
    complete(done, started_, now, started_);
    wake();
  }

  Ring& ring_;
  Describe describe_;
  std::optional<Command> current_;
  std::optional<Cycles> end_;
  Cycles started_{};
};

}  // namespace mantissa::arch
