// SPDX-License-Identifier: Apache-2.0
#include "rtl/pe_group/group_twin.h"

#include <fmt/format.h>

#include <algorithm>

#include "rtl/cosim/unit_in_chip.h"
#include "rtl/unit.h"
#include "rtl/verilate/sources.h"

namespace mantissa::rtl {

using arch::Implementation;
using arch::embedding::DenseLayer;
using arch::embedding::DenseTwinOf;

namespace {

// PEs that are compiled; more take longer to build than they save.
constexpr std::uint64_t most_pes = 4;
// From a row's last step to its results, as pe_group.sv says.
constexpr std::uint64_t latency = 5;

}  // namespace

CosimRequest group_alone(const DenseTwinOf& of) {
  const auto& config = of.config;
  const auto format = of.values->format();
  const auto lanes = static_cast<std::uint64_t>(config.dense.word_bits) / format.width;
  std::uint64_t words = 2, rows = 1, pes = 1;
  for (const DenseLayer& layer : of.values->layers()) {
    words = std::max(words, layer.padded / lanes);
    rows = std::max(rows, layer.rows());
    pes = std::max(pes, std::min(layer.pes, most_pes));
  }
  const auto set = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  CosimRequest request;
  request.unit = find_unit("pe_group");
  request.parameters = {{"ElementWidth", format.width},
                        {"Lanes", set(lanes)},
                        {"Words", set(words)},
                        {"Rows", set(rows)},
                        {"Pes", set(pes)},
                        {"Gather", set(pes)},
                        {"Fraction", format.fraction},
                        {"Saturate", format.overflow == numerics::Overflow::saturate ? 1 : 0}};
  request.top = config.dense.rtl_top;
  if (config.dense.rtl.given()) request.sources = sources_of_folder(config.dense.rtl.text);
  return request;
}

namespace {

class GroupTwin final : public arch::embedding::DenseTwin {
 public:
  GroupTwin(const DenseTwinOf& of, arch::TwinProgress progress)
      : of_(of),
        width_(of.values->format().width),
        unit_(group_alone(of), std::move(progress)),
        lanes_(static_cast<std::uint32_t>(unit_.alone().parameters.at("Lanes"))),
        pes_(static_cast<std::uint64_t>(unit_.alone().parameters.at("Pes"))) {
    result_.implementation = name(of.config.dense.implementation);
    result_.design = of.config.dense.rtl.given() ? of.config.dense.rtl.text : "rtl/pe_group";
    unit_.set("ready_i", 1);
  }

  void multiply(std::uint64_t item, const DenseLayer& layer, std::uint64_t interval,
                const std::vector<std::int32_t>& inputs,
                std::vector<std::int32_t>& outputs) override {
    item_ = item;
    layer_ = &layer;
    inputs_ = &inputs;
    steps_ = layer.padded / (2 * lanes_);
    const std::uint64_t slices = ceil_div(layer.pes, pes_);
    result_.commands += slices;
    for (std::uint64_t t = 0; t < slices * interval + latency; ++t) {
      const std::uint64_t slice = t / interval, at = t % interval;
      const bool takes = slice < slices && at < 2 * steps_;
      const bool asks = slice < slices && !takes;
      // 1. Inputs; the weights are those of the cycle before.
      unit_.set("valid_i", takes ? 1 : 0);
      if (takes) give_word(inputs, at);
      unit_.settle();
      // 2. Outputs. Of the last slice, nothing is asked for any more.
      if (slice < slices) expect("ready_o", takes ? 1 : 0, t);
      expect("weight_read_o", asks ? 1 : 0, t);
      const std::uint64_t step = asks ? at - 2 * steps_ : 0;
      if (asks) {
        expect("weight_row_o", step / steps_, t);
        expect("weight_step_o", step % steps_, t);
      }
      take_results(t, slices, interval, outputs);
      unit_.edge();
      // 3. What was asked for.
      if (asks) give_weights(slice, step / steps_, step % steps_);
    }
  }

  arch::TwinResult result() const override {
    arch::TwinResult all = result_;
    all.cycles = unit_.cycles();
    return all;
  }

 private:
  static std::uint64_t bits(std::int32_t value) {
    return static_cast<std::uint64_t>(std::int64_t{value});
  }

  void give_word(const std::vector<std::int32_t>& inputs, std::uint64_t word) {
    for (std::uint32_t l = 0; l < lanes_; ++l) {
      const std::uint64_t i = word * lanes_ + l;
      put(unit_.pin("word_i"), l * width_, width_, i < inputs.size() ? bits(inputs[i]) : 0);
    }
    unit_.set("last_i", word + 1 == 2 * steps_ ? 1 : 0);
    unit_.set("rows_i", layer_->rows());
    unit_.set("relu_i", layer_->relu ? 1 : 0);
  }

  // Result p of a row of a slice.
  std::uint64_t neuron(std::uint64_t slice, std::uint64_t row, std::uint64_t p) const {
    const std::uint64_t pe = slice * pes_ + p;
    return pe < layer_->pes ? row * layer_->pes + pe : layer_->outputs;
  }

  void give_weights(std::uint64_t slice, std::uint64_t row, std::uint64_t step) {
    const std::uint64_t per_step = 2 * lanes_;
    for (std::uint64_t p = 0; p < pes_; ++p)
      for (std::uint64_t l = 0; l < per_step; ++l)
        put(weights_, static_cast<std::uint32_t>(p * per_step + l) * width_, width_,
            bits(of_.values->weight(*layer_, neuron(slice, row, p), step * per_step + l)));
  }

  // A row that ends in cycle t - latency.
  void take_results(std::uint64_t t, std::uint64_t slices, std::uint64_t interval,
                    std::vector<std::int32_t>& outputs) {
    const std::uint64_t asked = t - latency;
    const std::uint64_t slice = asked / interval, at = asked % interval;
    const bool gives = t >= latency && slice < slices && at >= 2 * steps_ &&
                       (at - 2 * steps_) % steps_ == steps_ - 1;
    expect("valid_o", gives ? 1 : 0, t);
    if (!gives) return;
    const std::uint64_t row = (at - 2 * steps_) / steps_;
    expect("last_o", row + 1 == layer_->rows() ? 1 : 0, t);
    for (std::uint64_t p = 0; p < pes_; ++p) {
      const std::uint64_t n = neuron(slice, row, p);
      if (n >= layer_->outputs) continue;
      const auto found = static_cast<std::int32_t>(
          numerics::signed_of(get(data_, static_cast<std::uint32_t>(p) * width_, width_), width_));
      ++result_.compared;
      if (found == outputs[n]) continue;
      ++result_.differing;
      if (of_.config.dense.implementation == Implementation::lockstep)
        differs(fmt::format("neuron {}", n), std::to_string(found), std::to_string(outputs[n]),
                slice);
      outputs[n] = found;
    }
  }

  void expect(const char* port, std::uint64_t value, std::uint64_t t) const {
    const std::uint64_t found = unit_.value(port);
    if (found != value)
      differs(fmt::format("cycle {} of the layer", t), fmt::format("{} = {}", port, found),
              std::to_string(value), 0);
  }

  [[noreturn]] void differs(const std::string& what, const std::string& found,
                            const std::string& expected, std::uint64_t slice) const {
    Error error(lockstep_differs);
    error.at(result_.design)
        .say(fmt::format("item {}, layer {}, {}", item_, layer_->number + 1, what))
        .read(found)
        .expected(expected);
    // The slice on the unit's bench, twice, so that what it leaves behind shows, too.
    CosimRequest request = group_alone(of_);
    Stimulus run{{}, 1, 0, {}};
    for (std::int64_t i = 0; i < 2; ++i) {
      Command command;
      for (const auto& field : request.unit->bench(request.parameters)->fields()) {
        std::int64_t value = field.low;
        if (field.name == "steps") value = static_cast<std::int64_t>(steps_);
        if (field.name == "rows") value = static_cast<std::int64_t>(layer_->rows());
        if (field.name == "relu") value = layer_->relu ? 1 : 0;
        if (field.name == "feature") value = field.high;  // carried
        command.push_back(value);
      }
      run.commands.push_back(std::move(command));
    }
    run.operands.push_back(operands(slice));
    request.replay = std::move(run);
    throw LockstepDiffers(std::move(error), std::move(request));
  }

  // As the bench takes them along.
  std::vector<std::byte> operands(std::uint64_t slice) const {
    std::vector<std::int32_t> all = *inputs_;
    all.resize(layer_->padded);
    for (std::uint64_t row = 0; row < layer_->rows(); ++row)
      for (std::uint64_t p = 0; p < pes_; ++p)
        for (std::uint64_t f = 0; f < layer_->padded; ++f)
          all.push_back(of_.values->weight(*layer_, neuron(slice, row, p), f));
    const auto* bytes = reinterpret_cast<const std::byte*>(all.data());
    return {bytes, bytes + 4 * all.size()};
  }

  const DenseTwinOf of_;
  const std::uint32_t width_;
  UnitInChip unit_;
  const std::uint32_t lanes_;
  const std::uint64_t pes_;
  Pin weights_ = unit_.pin("weights_i"), data_ = unit_.pin("data_o");
  std::uint64_t item_ = 0, steps_ = 0;
  const DenseLayer* layer_ = nullptr;
  const std::vector<std::int32_t>* inputs_ = nullptr;
  arch::TwinResult result_;
};

const arch::embedding::DenseTwins twin_registration(make_group_twin);

}  // namespace

std::unique_ptr<arch::embedding::DenseTwin> make_group_twin(const DenseTwinOf& of,
                                                            arch::TwinProgress progress) {
  return std::make_unique<GroupTwin>(of, std::move(progress));
}

}  // namespace mantissa::rtl
