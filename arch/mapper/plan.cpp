// SPDX-License-Identifier: Apache-2.0
#include "arch/mapper/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "arch/mapper/errors.h"
#include "arch/mapper/fusion.h"
#include "arch/mapper/lowering.h"
#include "arch/mapper/matrix_problem.h"
#include "arch/mapper/placement.h"
#include "arch/units/matrix_model.h"

namespace mantissa::arch {
namespace {

using trace::NumberFormat;

std::string names_of(const std::vector<NumberFormat>& formats) {
  std::string names;
  for (const auto f : formats) names += (names.empty() ? "" : ", ") + std::string(trace::name(f));
  return names;
}

// "int8 x int8, int8 x int4": pairs of these formats that the model multiplies.
std::string pairs_of(const MatrixConfig& matrix) {
  std::string names;
  for (const auto a : matrix.formats)
    for (const auto b : matrix.formats)
      if (matrix_model_multiplies(matrix.model, a, b))
        names +=
            fmt::format("{}{} x {}", names.empty() ? "" : ", ", trace::name(a), trace::name(b));
  return names;
}

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
        throw Error(unsupported_format)
            .say("layer '" + op.name + "' (" + trace::name(op.kind) + "): operand " +
                 std::to_string(i + 1))
            .read(trace::name(format))
            .expected("a format of core.matrix.formats: " + names_of(offered))
            .remedy(data ? "build the workload in one of these, or run it with --fidelity shape"
                         : "set mapper.retype to run it in the first of these");
      }
      replaced.insert(format);
      if (layers.empty() || layers.back() != op.name) layers.push_back(op.name);
    }
  }
  // Both offered, but not with each other.
  for (std::size_t i = 0; i < trace.ops.size(); ++i) {
    const auto& op = trace.ops[i];
    if (trace::spec(op.kind).op_class != trace::OpClass::matrix) continue;
    const auto format = [&](std::size_t operand) {
      const NumberFormat own = trace.tensor(op.inputs[operand]).format;
      return replaced.count(own) != 0 ? offered.front() : own;
    };
    const NumberFormat a = format(0), b = format(1);
    if (matrix_model_multiplies(config.core.matrix.model, a, b)) continue;
    const bool native = a == offered.front() && b == offered.front();
    if (data || !config.mapper.retype || native)
      throw Error(unsupported_format)
          .say("layer '" + op.name + "' (" + trace::name(op.kind) + "): operands")
          .read(std::string(trace::name(a)) + " x " + trace::name(b))
          .expected("formats of core.matrix.formats that its model '" + config.core.matrix.model +
                    "' multiplies: " + pairs_of(config.core.matrix))
          .remedy(data ? "build the workload in one of these, or run it with --fidelity shape"
                       : "set mapper.retype to run it in the first of core.matrix.formats");
    for (const NumberFormat f : {a, b})
      if (f != offered.front()) replaced.insert(f);
    layers.push_back(op.name);
    i = std::size_t(-1);  // operators seen before may read what has changed now
  }
  if (replaced.empty()) return;
  const NumberFormat native = offered.front();
  for (auto& format : plan.formats)
    if (replaced.count(format) != 0) format = native;
  plan.warnings.push_back(
      "mapper.retype: tensors in " + names_of({replaced.begin(), replaced.end()}) + " run as " +
      trace::name(native) + " on core.matrix (" + std::to_string(layers.size()) +
      " layers, the first is " + layers.front() + ")");
}

// What the matrix unit packs and post-processes: its operands, and every activation between layers
// in a format that it takes, so that a chain stays in one form. A tensor that is both operands has
// the larger size.
void choose_storage(Plan& plan, const CoreConfig& core, bool data) {
  const auto model = make_matrix_model(core);
  const auto packs = model->packed_operands();
  const bool processes = model->post_processing().has_value();
  if (!packs && !processes) return;
  const trace::Trace& trace = *plan.trace;
  const auto& taken = core.matrix.formats;
  const auto takes = [&](trace::TensorId t) {
    return std::find(taken.begin(), taken.end(), plan.format(t)) != taken.end();
  };
  std::vector<bool> read(trace.tensors.size(), false);
  for (const auto& op : trace.ops)
    for (const trace::TensorId t : op.inputs)
      if (t != trace::no_tensor) read[plan.storage[t]] = true;
  if (processes) plan.post_processed.assign(trace.tensors.size(), false);
  // Values are computed where they lie as the trace has them (Session::run).
  if (packs && !data) plan.packed.resize(trace.tensors.size());
  for (trace::TensorId t = 0; t < trace.tensors.size(); ++t) {
    const trace::TensorId s = plan.storage[t];
    if (trace.tensor(s).role != trace::Role::activation || !takes(s) || !read[s]) continue;
    if (processes) plan.post_processed[s] = true;
    if (!plan.packed.empty()) plan.packed[s] = packs->a.size();
  }
  if (plan.packed.empty()) return;
  for (const auto& op : trace.ops) {
    if (trace::spec(op.kind).op_class != trace::OpClass::matrix) continue;
    const std::uint64_t line = reduction_line(plan, op);
    for (std::size_t i = 0; i < 2; ++i) {
      auto& size = plan.packed[plan.storage[op.inputs[i]]];
      const ElementSize mine = (i == 0 ? packs->a : packs->b).size(line);
      if (!size || *size < mine) size = mine;
    }
  }
}

}  // namespace

Plan make_plan(const trace::Trace& trace, const ArchConfig& config, bool data,
               std::uint32_t core_of_chip) {
  Plan plan;
  plan.trace = &trace;
  choose_formats(plan, config, data);
  make_layers(plan, config.mapper.fuse);
  choose_storage(plan, config.core, data);
  const std::uint64_t slice =
      config.memory.capacity.value / static_cast<std::uint64_t>(config.cores) / 64 * 64;
  const std::uint64_t base = core_of_chip * slice;
  place_tensors(plan, Lowering::resident_area(config), base, base + slice);
  return plan;
}

}  // namespace mantissa::arch
