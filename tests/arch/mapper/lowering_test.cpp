// SPDX-License-Identifier: Apache-2.0
// Commands of a layer, none of them executed: which bytes they move.
#include "arch/mapper/lowering.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "arch/mapper/plan.h"
#include "tests/arch/fixtures.h"
#include "tests/arch/mapper/plans.h"

namespace mantissa::arch {
namespace {

using testing::Forward;
using trace::TensorId;

// How often transfers of a kind touch each byte of a tensor in memory; bytes beyond its ends count
// as `beyond`.
struct Touched {
  std::vector<int> times;
  int beyond = 0;
};

class Lowered {
 public:
  Lowered(trace::Trace trace, const ArchConfig& config)
      : trace_(std::move(trace)),
        config_(config),
        plan_(make_plan(trace_, config_, false, 0)),
        lowering_(plan_, config_, tokens_),
        layers_(plan_.layers.size()) {
    for (LayerId id = 0; id < layers_.size(); ++id) {
      lowering_.begin(id, layers_[id]);
      while (lowering_.advance(stream_)) {
      }
    }
  }

  TensorId input(std::size_t i) const { return trace_.ops.front().inputs.at(i); }
  TensorId output() const { return trace_.ops.front().outputs.front(); }
  const LoweredLayer& layer() const { return layers_.front(); }

  // Transfers go to the tensor in whose place they begin, or to the layer's packed weights.
  Touched touched(TensorId tensor, bool stores) const {
    const Place& place = plan_.place(tensor);
    const bool parameter = trace_.tensor(tensor).role == trace::Role::parameter;
    const std::uint64_t at = parameter ? layer().b_image : place.dram;
    Touched out;
    out.times.resize(place.bytes);
    for (const Command& command : stream_.commands) {
      const auto* t = std::get_if<TransferCommand>(&command.work);
      if (t == nullptr || (command.engine == EngineKind::store) != stores) continue;
      if (t->dram < at || t->dram >= at + place.bytes) continue;
      for (std::uint64_t row = 0; row < t->rows; ++row)
        for (std::uint64_t byte = 0; byte < t->row_bytes; ++byte) {
          const std::uint64_t offset = t->dram - at + row * t->dram_stride + byte;
          if (offset < place.bytes)
            ++out.times[offset];
          else
            ++out.beyond;
        }
    }
    return out;
  }

  std::uint64_t tiles() const { return layer().tiling.m.size() * layer().tiling.n.size(); }

 private:
  trace::Trace trace_;
  ArchConfig config_;
  Plan plan_;
  TokenTable tokens_;
  Lowering lowering_;
  CommandStream stream_;
  std::vector<LoweredLayer> layers_;
};

// Some in so little storage that they are cut into tiles.
std::vector<ArchConfig> cores() {
  ArchConfig tight = testing::cramped(4, 4);
  tight.core.scratchpad.capacity = Bytes(4 << 10);
  return {testing::roomy(8, 8), testing::cramped(8, 8), tight};
}

const std::vector<Forward> convolutions = {
    {4, 6, 9, 7, 3, 1, 1, 1, 1},   {4, 6, 9, 7, 3, 1, 0, 1, 1},  {4, 6, 9, 7, 3, 1, 2, 1, 1},
    {4, 6, 8, 8, 3, 2, 1, 1, 1},   {4, 6, 9, 7, 3, 2, 1, 1, 2},  {4, 6, 9, 7, 5, 3, 2, 1, 1},
    {4, 6, 9, 7, 1, 2, 0, 1, 1},   {4, 6, 9, 7, 1, 1, 1, 1, 1},  {4, 4, 9, 7, 3, 1, 2, 2, 4},
    {20, 24, 9, 7, 3, 1, 1, 1, 1}, {20, 24, 9, 8, 3, 2, 1, 1, 1}};

std::string text(const Forward& f) {
  return ::testing::PrintToString(std::vector<std::int64_t>{f.channels, f.filters, f.height,
                                                            f.width, f.kernel, f.stride, f.padding,
                                                            f.dilation, f.groups});
}

// Every byte, from the first to the last, and none beyond.
TEST(Lowering, writes_every_byte_of_a_gradient_once_and_none_beyond_it) {
  std::uint64_t most = 0;
  for (const Forward& f : convolutions)
    for (const ArchConfig& config : cores())
      for (const auto& trace : {testing::input_gradient(f), testing::weight_gradient(f)}) {
        const Lowered lowered(trace, config);
        most = std::max(most, lowered.tiles());
        const Touched out = lowered.touched(lowered.output(), true);
        EXPECT_EQ(out.beyond, 0) << trace.name << text(f);
        EXPECT_EQ(out.times, std::vector<int>(out.times.size(), 1)) << trace.name << text(f);
      }
  EXPECT_GE(most, 4u);  // tiles
}

TEST(Lowering, reads_all_that_a_gradient_is_made_of_and_nothing_beyond) {
  for (const Forward& f : convolutions)
    for (const ArchConfig& config : cores())
      for (const auto& trace : {testing::input_gradient(f), testing::weight_gradient(f)}) {
        const Lowered lowered(trace, config);
        std::uint64_t bytes = 0;
        for (const std::size_t i : {0, 1}) {
          const Touched in = lowered.touched(lowered.input(i), false);
          EXPECT_EQ(in.beyond, 0) << trace.name << text(f) << i;
          // Of gradients that met padding alone, and pixels that windows miss, some stay away.
          const bool all = f.padding <= f.dilation * (f.kernel - 1) && f.stride <= f.kernel;
          if (all) {
            EXPECT_EQ(std::count(in.times.begin(), in.times.end(), 0), 0)
                << trace.name << text(f) << i;
          }
          for (const int times : in.times) bytes += static_cast<std::uint64_t>(times);
        }
        EXPECT_EQ(bytes, static_cast<std::uint64_t>(lowered.layer().result.dram_read_bytes));
      }
}

}  // namespace
}  // namespace mantissa::arch
