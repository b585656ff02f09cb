// SPDX-License-Identifier: Apache-2.0
#include "memory/dram/controller.h"

#include "memory/dram/engine.h"

namespace mantissa::memory::dram {

Controller::Controller(const DramConfig& config) : engine_(std::make_unique<Engine>(config)) {}
Controller::~Controller() = default;
Controller::Controller(Controller&&) noexcept = default;
Controller& Controller::operator=(Controller&&) noexcept = default;

std::size_t Controller::push(const Request& request) {
  engine_->push(request);
  return engine_->waiting();
}
std::size_t Controller::waiting() const { return engine_->waiting(); }
std::size_t Controller::open() const { return engine_->open(); }
void Controller::run(Cycle horizon) { engine_->run(horizon); }
void Controller::run_until_waiting(std::size_t count) { engine_->run_until_waiting(count); }
Cycle Controller::next_event() const { return engine_->next_event(); }
void Controller::settle(Cycle end) { engine_->settle(end); }
void Controller::keep_completions(bool on) { engine_->keep_completions = on; }
std::vector<Completion>& Controller::completions() { return engine_->completions; }
void Controller::set_sink(CommandSink* sink) { engine_->sink = sink; }
const ChannelStatistics& Controller::statistics() const { return engine_->statistics; }
Cycle Controller::now() const { return engine_->now(); }
Cycle Controller::shortest_answer() const { return engine_->shortest_answer(); }

}  // namespace mantissa::memory::dram
