// SPDX-License-Identifier: Apache-2.0
// From what a run measured, or from the JSON of a run (sim/json), to a record of the store.
#pragma once

#include <nlohmann/json.hpp>

#include "arch/session/run_result.h"
#include "sim/run/output_error.h"
#include "sim/run/run_point.h"
#include "sim/store/record.h"

namespace mantissa::store {

Record record_of(const sim::Point& point, const arch::RunResult& result);

// How far its outputs are from those without faults.
void add_output_error(Record& record, const sim::OutputError& error);

// One run as `run --json` prints it. Throws Error(unreadable) naming what is missing.
Record record_of(const nlohmann::json& json, const std::string& file);

// Fills the metrics that follow from others: throughput, power, energy per MAC, intensity, ...
void derive_metrics(Record& record);

}  // namespace mantissa::store
