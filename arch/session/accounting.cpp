// SPDX-License-Identifier: Apache-2.0
#include "arch/session/accounting.h"

#include <algorithm>

#include "base/trace/number_format.h"

namespace mantissa::arch {
namespace {

double real(std::int64_t v) { return static_cast<double>(v); }

// A supply of its own and protection are told to the estimator only where they are given.
void add_reliability(const SramConfig& sram, Volts nominal, power::Component& component) {
  if (sram.voltage)
    component.attributes["supply_v"] = sram.voltage->volts(sram.vmin, nominal).value;
  if (sram.ecc != faults::Ecc::none)
    component.labels["ecc"] = sram.ecc == faults::Ecc::parity ? "parity" : "secded";
}

// Inner-product units in place of multipliers.
void describe_units(const MatrixConfig& matrix, power::Component& component) {
  const IpuConfig& ipu = *matrix.ipu;
  component.kind = "inner_product";
  component.attributes.insert(
      {{"window", real(ipu.window)},
       {"fraction", real(ipu.fraction)},
       {"software_precision", real(ipu.software_precision)},
       {"growth", real(ipu.growth)},
       {"digit_a", real(ipu.digit_a)},
       {"digit_b", real(ipu.digit_b)},
       {"multi_cycle",
        ipu.alignment == numerics::inner_product::Alignment::multi_cycle ? 1.0 : 0.0},
       {"mask_zeros", ipu.mask_zeros ? 1.0 : 0.0},
       {"formats", real(static_cast<std::int64_t>(ipu_kinds(matrix.formats)))},
       {"ehu_share", real(ipu.ehu_share)}});
}

// Vector MACs, the weights that lanes hold twice over, and what post-processes results.
void add_vector_macs(const MatrixConfig& matrix, std::uint64_t cores,
                     std::vector<power::Component>& out) {
  const VsqConfig& vsq = *matrix.vsq;
  out.push_back({"matrix",
                 "vector_mac",
                 {{"vector_length", real(matrix.rows)},
                  {"lanes", real(matrix.columns)},
                  {"units", real(matrix.units)},
                  {"weight_bits", real(vsq.weight_bits)},
                  {"activation_bits", real(vsq.activation_bits)},
                  {"activation_signed", vsq.activation_signed ? 1.0 : 0.0},
                  {"weight_scale_bits", real(vsq.weight_scale_bits)},
                  {"activation_scale_bits", real(vsq.activation_scale_bits)},
                  {"product_bits", real(vsq.product_bits)},
                  {"accumulator_bits", real(vsq.accumulator_bits)}},
                 {},
                 cores});
  const auto weights = static_cast<std::uint64_t>(2 * matrix.columns * matrix.units *
                                                  vsq.weight_depth * matrix.rows);
  out.push_back({"lane_weights",
                 "sram",
                 {{"capacity_bytes",
                   static_cast<double>(
                       weights * vsq.weights(static_cast<std::uint64_t>(matrix.rows)).size())},
                  {"banks", real(matrix.units)}},
                 {},
                 cores});
  // Beside the register of a sum that vector_mac has.
  if (vsq.weight_reuse > 1) {
    const auto sums = static_cast<std::uint64_t>(matrix.columns * matrix.units * vsq.weight_reuse);
    out.push_back({"lane_sums",
                   "register_file",
                   {{"capacity_bytes", static_cast<double>(sums * vsq.sum_size())}},
                   {},
                   cores});
  }
  if (vsq.activation_scale_bits == 0) return;
  out.push_back({"post_processor",
                 "post_processor",
                 {{"vector_length", real(matrix.rows)},
                  {"units", real(matrix.units)},
                  {"accumulator_bits", real(vsq.accumulator_bits)},
                  {"output_bits", real(vsq.activation_bits)},
                  {"output_signed", vsq.activation_signed ? 1.0 : 0.0},
                  {"scale_bits", real(vsq.activation_scale_bits)},
                  {"scale_first", vsq.scale_first ? 1.0 : 0.0}},
                 {},
                 cores});
}

}  // namespace

std::vector<power::Component> components(const ArchConfig& config, Volts nominal) {
  const CoreConfig& core = config.core;
  const auto cores = static_cast<std::uint64_t>(config.chips * config.cores);
  const auto chips = static_cast<std::uint64_t>(config.chips);
  // The widest format sizes the multipliers; vectors work on what the accumulators hold.
  const trace::NumberFormat widest =
      *std::max_element(core.matrix.formats.begin(), core.matrix.formats.end(),
                        [](auto a, auto b) { return trace::bits(a) < trace::bits(b); });
  const bool floats = trace::is_float(widest);
  std::vector<power::Component> out;
  if (core.matrix.vsq) {
    add_vector_macs(core.matrix, cores, out);
  } else {
    out.push_back({"matrix",
                   "mac_array",
                   {{"rows", real(core.matrix.rows)},
                    {"columns", real(core.matrix.columns)},
                    {"units", real(core.matrix.units)}},
                   {{"format", trace::name(widest)}},
                   cores});
    if (core.matrix.ipu) describe_units(core.matrix, out.back());
  }
  out.push_back({"accumulator",
                 "sram",
                 {{"capacity_bytes",
                   real(core.accumulator.rows * core.matrix.columns * 4 * core.matrix.units)},
                  {"banks", real(core.matrix.units)}},
                 {},
                 cores});
  out.push_back({"scratchpad",
                 "sram",
                 {{"capacity_bytes", static_cast<double>(core.scratchpad.capacity.value)},
                  {"banks", real(core.scratchpad.banks)}},
                 {},
                 cores});
  add_reliability(core.scratchpad, nominal, out.back());
  if (core.weight_buffer) {
    out.push_back({"weight_buffer",
                   "sram",
                   {{"capacity_bytes", static_cast<double>(core.weight_buffer->capacity.value)},
                    {"banks", 4}},
                   {},
                   cores});
    add_reliability(*core.weight_buffer, nominal, out.back());
  }
  out.push_back({"vector",
                 "vector_alu",
                 {{"lanes", real(core.vector.lanes)}},
                 {{"format", floats ? "fp32" : "int32"}},
                 cores});
  out.push_back(
      {"dma",
       "dma",
       {{"channels", 3},
        {"buffer_bytes", static_cast<double>(core.dma.burst.value) * real(core.dma.outstanding)}},
       {},
       cores});
  out.push_back({"control", "control", {}, {}, cores});
  if (config.chips * config.cores > 1) out.push_back({"link", "link", {}, {}, cores});
  power::Component dram{
      "dram", "dram", {}, {{"standard", config.technology.dram.value_or("DDR4")}}, chips};
  out.push_back(dram);
  if (config.technology.idle_power)
    out.push_back(
        {"idle", "fixed", {{"idle_power_w", config.technology.idle_power->value}}, {}, chips});
  return out;
}

std::vector<std::pair<const char*, std::uint64_t>> vector_actions(const std::string& op) {
  using Actions = std::vector<std::pair<const char*, std::uint64_t>>;
  static const std::map<std::string, Actions> table = {
      {"add", {{"add", 1}}},
      {"sub", {{"subtract", 1}}},
      {"mul", {{"multiply", 1}}},
      {"div", {{"divide", 1}}},
      {"relu", {{"max", 1}}},
      {"relu6", {{"max", 1}, {"min", 1}}},
      {"leaky_relu", {{"compare", 1}, {"multiply", 1}}},
      {"clamp", {{"max", 1}, {"min", 1}}},
      {"maximum", {{"max", 1}}},
      {"minimum", {{"min", 1}}},
      {"sigmoid", {{"sigmoid", 1}}},
      {"tanh", {{"tanh", 1}}},
      {"gelu", {{"gelu", 1}}},
      {"silu", {{"sigmoid", 1}, {"multiply", 1}}},
      {"hardswish", {{"add", 1}, {"max", 1}, {"min", 1}, {"multiply", 2}}},
      {"exp", {{"exp", 1}}},
      {"log", {{"log", 1}}},
      {"sqrt", {{"sqrt", 1}}},
      {"rsqrt", {{"rsqrt", 1}}},
      {"reciprocal", {{"reciprocal", 1}}},
      {"erf", {{"erf", 1}}},
      {"power", {{"log", 1}, {"multiply", 1}, {"exp", 1}}},
      {"batch_norm", {{"multiply_add", 1}}},
      {"requantize", {{"requantize", 1}}},
      {"quantize", {{"multiply", 1}, {"convert", 1}}},
      {"dequantize", {{"convert", 1}, {"multiply", 1}}},
      {"fake_quantize", {{"max", 1}, {"multiply", 1}, {"convert", 1}, {"multiply", 1}}},
      {"cast", {{"convert", 1}}},
      {"max_pool2d", {{"max", 1}}},
      {"avg_pool2d", {{"add", 1}}},
      {"global_avg_pool2d", {{"add", 1}}},
      // Row operators: what every element meets over all passes.
      {"softmax", {{"max", 1}, {"subtract", 1}, {"exp", 1}, {"add", 1}, {"multiply", 1}}},
      {"log_softmax", {{"max", 1}, {"subtract", 2}, {"exp", 1}, {"add", 1}}},
      {"layer_norm",
       {{"add", 1}, {"subtract", 1}, {"multiply_add", 1}, {"multiply", 1}, {"multiply_add", 1}}},
      {"group_norm",
       {{"add", 1}, {"subtract", 1}, {"multiply_add", 1}, {"multiply", 1}, {"multiply_add", 1}}},
      {"batch_norm_train", {{"add", 1}, {"subtract", 1}, {"multiply_add", 1}, {"multiply_add", 1}}},
      {"rms_norm", {{"multiply_add", 1}, {"multiply", 2}}},
      {"reduce_sum", {{"add", 1}}},
      {"reduce_mean", {{"add", 1}}},
      {"reduce_max", {{"max", 1}}},
      {"reduce_min", {{"min", 1}}},
      {"argmax", {{"compare", 1}}},
      {"sgd_step", {{"multiply_add", 2}}},
      {"adam_step", {{"multiply_add", 3}, {"multiply", 1}, {"sqrt", 1}, {"divide", 1}}},
  };
  const auto found = table.find(op);
  return found == table.end() ? Actions{{"move", 1}} : found->second;
}

namespace {

std::uint64_t did(const Activity& activity, const char* what) {
  const auto found = activity.find(what);
  return found == activity.end() ? 0 : found->second;
}

}  // namespace

// In shape mode no scale is known: every vector is multiplied.
void Accounting::add_vectors(const Core& core, const Activity& activity, const Count& count) const {
  const MatrixConfig& matrix = config_.core.matrix;
  const std::uint64_t vectors = did(activity, "vectors"), gated = did(activity, "gated_vectors");
  count("matrix", "vector", vectors - gated);
  count("matrix", "gated_vector", gated);
  // Lanes that the operands do not fill, while others work.
  const std::uint64_t lane_cycles =
      core.matrix().busy().value * static_cast<std::uint64_t>(matrix.columns * matrix.units);
  const std::uint64_t used = vectors * static_cast<std::uint64_t>(matrix.vsq->vector_cycles);
  MANTISSA_CHECK(lane_cycles >= used, "lanes worked longer than they were busy");
  count("matrix", "idle_cycle", lane_cycles - used);
  // Weights are read where they are held, whatever gates them; each of a fold is written once.
  const ElementSize size = matrix.vsq->weights(static_cast<std::uint64_t>(matrix.rows)).size();
  count("lane_weights", "read",
        did(activity, "read_vectors") * static_cast<std::uint64_t>(matrix.rows) * size);
  count("lane_weights", "write",
        did(activity, "loaded_vectors") * static_cast<std::uint64_t>(matrix.rows) * size);
  // A sum is read and written with every vector; the first one of a chain reads none, but the
  // complete sum is read once to leave.
  if (matrix.vsq->weight_reuse > 1)
    for (const char* action : {"read", "write"})
      count("lane_sums", action, (vectors - gated) * matrix.vsq->sum_size());
  if (matrix.vsq->activation_scale_bits > 0)
    count("post_processor", "vector", core.post_processed_vectors());
}

void Accounting::add(const Core& core, const Activity& activity) {
  const auto count = [&](const char* component, const char* action, std::uint64_t n) {
    if (n > 0) counts_[{component, action}] += n;
  };
  const MatrixConfig& matrix = config_.core.matrix;
  const auto rows = static_cast<std::uint64_t>(matrix.rows);
  const auto columns = static_cast<std::uint64_t>(matrix.columns);
  const std::uint64_t macs = core.matrix().macs();
  const std::uint64_t offered = core.matrix().busy().value * matrix.peak_macs_per_cycle();
  MANTISSA_CHECK(offered >= macs, "more products than the array could make");
  if (matrix.vsq) {
    add_vectors(core, activity, count);
  } else if (matrix.ipu) {
    const std::uint64_t cycles = did(activity, "operation_cycles");
    const std::uint64_t of_units = offered / rows;
    MANTISSA_CHECK(of_units >= cycles, "inner-product units worked longer than they were busy");
    count("matrix", "cycle", cycles);
    count("matrix", "idle_cycle", of_units - cycles);
    count("matrix", "load_weight",
          core.matrix().array_folds() * columns * rows *
              static_cast<std::uint64_t>(matrix.ipu->weight_depth));
  } else {
    count("matrix", "mac", macs);
    count("matrix", "gated_mac", offered - macs);
    // A fold's R x C elements shift through (R + 1) / 2 stages on average.
    const std::uint64_t shifted = core.matrix().array_folds() * columns * rows * (rows + 1) / 2;
    count("matrix", matrix.dataflow == Dataflow::output_stationary ? "drain" : "load_weight",
          shifted);
  }

  const auto storage = [&](const char* name, std::uint64_t read, std::uint64_t written) {
    count(name, "read", read);
    count(name, "write", written);
    traffic_[std::string(name) + ".read"] += read;
    traffic_[std::string(name) + ".write"] += written;
  };
  storage("accumulator", core.accumulators().read_bytes, core.accumulators().write_bytes);
  storage("scratchpad", core.scratchpad().traffic().read, core.scratchpad().traffic().write);
  if (config_.core.weight_buffer)
    storage("weight_buffer", core.scratchpad().weight_traffic().read,
            core.scratchpad().weight_traffic().write);
  // The same bytes once more, counted where they come from and go to: check_conservation compares.
  traffic_["dma.load"] += core.loaded_bytes();
  traffic_["dma.store"] += core.stored_bytes();
  traffic_["matrix.read"] += core.matrix_bytes_read();
  traffic_["vector.read"] += core.vector().bytes_read();
  traffic_["vector.write"] += core.vector().bytes_written();
  for (const auto& [op, elements] : core.vector_elements())
    for (const auto& [action, per_element] : vector_actions(op))
      count("vector", action, elements * per_element);
  count("control", "command", core.commands());
}

void Accounting::add_scrubs(const char* component, std::uint64_t bytes) {
  if (bytes == 0) return;
  for (const char* action : {"read", "write"}) counts_[{component, action}] += bytes;
}

void Accounting::add(const memory::Memory& model) {
  const memory::MemoryStatistics& memory = model.statistics();
  const auto count = [&](const char* component, const char* action, std::uint64_t n) {
    if (n > 0) counts_[{component, action}] += n;
  };
  const memory::DramActivity* activity = model.dram();
  if (activity != nullptr && activity->energy.known()) {
    using memory::dram::CommandKind;
    const auto& s = activity->statistics;
    const std::uint64_t burst = activity->config.organization.burst_bytes();
    const std::uint64_t read = (s.count(CommandKind::read) + s.count(CommandKind::read_a)) * burst;
    const std::uint64_t written =
        (s.count(CommandKind::write) + s.count(CommandKind::write_a)) * burst;
    // What has a figure; what has none is in the report's warning.
    const auto e = memory::dram::action_energies(activity->config);
    if (e.activate) count("dram", "activate", s.count(CommandKind::activate));
    if (e.read) count("dram", "read_column", read);
    if (e.write) count("dram", "write_column", written);
    if (e.refresh) count("dram", "refresh", s.count(CommandKind::refresh));
    if (e.refresh_bank) count("dram", "refresh_bank", s.count(CommandKind::refresh_bank));
    if (e.io) count("dram", "io", read + written);
    dram_ = &activity->config;
    for (const auto& part : activity->energy.parts)
      if (part.name.compare(0, 11, "background.") == 0) dram_background_pj_ += part.energy.value;
  } else {
    count("dram", "read", memory.read_bytes);
    count("dram", "write", memory.write_bytes);
  }
  count("dma", "byte", memory.read_bytes + memory.write_bytes);
  count("dma", "descriptor", memory.reads + memory.writes);
  traffic_["dram.read"] += memory.read_bytes;
  traffic_["dram.write"] += memory.write_bytes;
}

std::vector<power::Component> Accounting::components(double seconds, Volts technology) const {
  auto all = arch::components(config_, technology);
  if (dram_ == nullptr) return all;
  for (power::Component& component : all) {
    if (component.kind != "dram") continue;
    const auto e = memory::dram::action_energies(*dram_);
    const auto burst = static_cast<double>(dram_->organization.burst_bytes());
    const auto give = [&](const char* key, const std::optional<Picojoules>& energy, double per) {
      if (energy) component.attributes[key] = energy->value / per;
    };
    give("activate_pj", e.activate, 1);
    give("read_pj_per_byte", e.read, burst);
    give("write_pj_per_byte", e.write, burst);
    give("refresh_pj", e.refresh, 1);
    give("refresh_bank_pj", e.refresh_bank, 1);
    give("io_pj_per_byte", e.io, burst);
    // Of one chip: what its ranks drew in the states that they were in. Where the memory's figures
    // have none, the technology's would not belong to it.
    if (dram_background_pj_ > 0 && seconds > 0)
      component.attributes["background_w"] =
          dram_background_pj_ * 1e-12 / seconds / static_cast<double>(config_.chips);
    else
      component.labels["background"] = "none";
    component.labels["standard"] = dram_->standard;
    component.labels["source"] = dram_->energy->source;
    component.labels["scope"] = dram_->energy->scope;
  }
  return all;
}

std::vector<power::ActionCount> Accounting::actions() const {
  std::vector<power::ActionCount> out;
  for (const auto& [key, n] : counts_) out.push_back({key.first, key.second, n, {}});
  if (link_bytes_ > 0) out.push_back({"link", "byte", link_bytes_, {}});
  return out;
}

}  // namespace mantissa::arch
