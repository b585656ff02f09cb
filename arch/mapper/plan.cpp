// SPDX-License-Identifier: Apache-2.0
#include "arch/mapper/plan.h"

#include <algorithm>
#include <set>

#include "arch/mapper/errors.h"
#include "arch/mapper/fusion.h"
#include "arch/mapper/lowering.h"
#include "arch/mapper/placement.h"

namespace mantissa::arch {
namespace {

using trace::NumberFormat;

// Operand formats of matrix operators that the core cannot multiply become its native one, and with
// them every tensor of that format, so that a chain stays of one piece.
void choose_formats(Plan& plan, const ArchConfig& config, bool data) {
  const trace::Trace& trace = *plan.trace;
  const auto& offered = config.core.matrix.formats;
  for (const auto& tensor : trace.tensors) plan.formats.push_back(tensor.format);

  std::set<NumberFormat> replaced;
  std::vector<std::string> layers;
  for (const auto& op : trace.ops) {
    if (trace::spec(op.kind).op_class != trace::OpClass::matrix) continue;
    for (std::size_t i = 0; i < 2; ++i) {
      const NumberFormat format = trace.tensor(op.inputs[i]).format;
      if (std::find(offered.begin(), offered.end(), format) != offered.end()) continue;
      if (data || !config.mapper.retype) {
        std::string names;
        for (auto f : offered) names += (names.empty() ? "" : ", ") + std::string(trace::name(f));
        throw Error(unsupported_format)
            .say("layer '" + op.name + "' (" + trace::name(op.kind) + "): operand " +
                 std::to_string(i + 1))
            .read(trace::name(format))
            .expected("a format of core.matrix.formats: " + names)
            .remedy(data ? "build the workload in one of these, or run it with --fidelity shape"
                         : "set mapper.retype to run it in the first of these");
      }
      replaced.insert(format);
      if (layers.empty() || layers.back() != op.name) layers.push_back(op.name);
    }
  }
  if (replaced.empty()) return;
  const NumberFormat native = offered.front();
  for (auto& format : plan.formats)
    if (replaced.count(format) != 0) format = native;
  std::string from;
  for (auto f : replaced) from += (from.empty() ? "" : ", ") + std::string(trace::name(f));
  plan.warnings.push_back("mapper.retype: tensors in " + from + " run as " + trace::name(native) +
                          " on core.matrix (" + std::to_string(layers.size()) +
                          " layers, the first is " + layers.front() + ")");
}

}  // namespace

Plan make_plan(const trace::Trace& trace, const ArchConfig& config, bool data,
               std::uint32_t core_of_chip) {
  Plan plan;
  plan.trace = &trace;
  choose_formats(plan, config, data);
  make_layers(plan, config.mapper.fuse);
  const std::uint64_t slice =
      config.memory.capacity.value / static_cast<std::uint64_t>(config.cores) / 64 * 64;
  const std::uint64_t base = core_of_chip * slice;
  place_tensors(plan, Lowering::resident_area(config), base, base + slice);
  return plan;
}

}  // namespace mantissa::arch
