// SPDX-License-Identifier: Apache-2.0
// From layers to commands. One Lowering serves one core and one run; it lowers layers in order,
// each piece by piece as the core has room for commands, and remembers who still uses which bytes
// of the scratchpad.
//
// The scratchpad is [0, resident area) for tensors that live between layers and the tile area
// behind it, handed out as a ring, so that the next layer's first tiles load while this one
// computes.
#pragma once

#include <map>
#include <memory>

#include "arch/core/tokens.h"
#include "arch/mapper/layer.h"
#include "arch/mapper/tiling.h"
#include "arch/session/run_result.h"

namespace mantissa::arch {

// What is kept of a layer while its commands run.
struct LoweredLayer {
  LayerId id = 0;
  const Layer* layer = nullptr;
  LayerResult result;  // name, tiling, macs, ...; times are filled in by the core
  EngineKind engine = EngineKind::vector;  // that does the main work
  std::optional<MatrixProblem> problem;
  Tiling tiling;
  trace::TensorId addend = trace::no_tensor;
  std::uint64_t b_image = 0;          // memory address of the packed weights
  std::uint64_t head_elements = 0;    // that the head itself works on: window taps counted
  std::uint64_t vector_elements = 0;  // per operator of the layer
  TokenId done = 0;
  std::uint64_t commands = 0;  // emitted so far
};

struct CommandStream {
  std::vector<Command> commands;  // in order; engines take theirs
};

// Emits a layer's commands piece by piece.
class LayerProgram {
 public:
  virtual ~LayerProgram() = default;
  // Appends the next piece; false when that was the last.
  virtual bool emit(CommandStream& out) = 0;
};

class Lowering {
 public:
  Lowering(const Plan& plan, const ArchConfig& config, TokenTable& tokens);
  ~Lowering();

  // Splits the scratchpad: how much of it tensors may occupy between layers.
  static std::uint64_t resident_area(const ArchConfig& config);
  static std::uint64_t tile_area(const ArchConfig& config);  // and how much tiles may

  // Starts the next layer, then continues it until `advance` says that it is complete. The layer
  // must stay where it is until then.
  void begin(LayerId id, LoweredLayer& layer);
  bool advance(CommandStream& out);  // true: more of this layer follows

 private:
  struct Ring;    // tile slots of one operand
  struct Region;  // bytes of the scratchpad and the tokens of those who use them
  friend class MatrixLowering;
  friend class StreamLowering;
  void complete();

  void wait_for_producers(const Layer& layer, TokenList& waits) const;
  Ring make_ring(std::uint64_t bytes, std::uint32_t count, bool weight_buffer);
  void retire(Ring& ring);
  using Regions = std::vector<Region>;
  void claim(Regions& regions, std::uint64_t begin, std::uint64_t end, TokenList& waits) const;
  void release(Regions& regions, std::uint64_t begin, std::uint64_t end, const TokenList& tokens);
  // The rings of one layer lie side by side: makes room for all of them before the first.
  void fit_tiles(std::uint64_t bytes);
  std::uint64_t reserve(std::uint64_t bytes, bool weight_buffer);
  // Where the weights lie, packed for this tiling: every way of cutting them is an image of its
  // own.
  std::uint64_t weight_image(trace::TensorId weights, const Tiling& tiling);
  // Tokens of everybody who used the bytes of a resident result before.
  TokenList resident_claims(const Layer& layer);

  const Plan& plan_;
  const ArchConfig& config_;
  TokenTable& tokens_;
  std::uint64_t tile_base_, tile_cursor_, tile_end_;
  std::uint64_t weight_cursor_, weight_end_;
  Regions regions_;       // of the scratchpad and the weight buffer, in bytes
  Regions accumulators_;  // in rows
  std::uint32_t next_slot_ = 0;
  LoweredLayer* current_ = nullptr;
  std::unique_ptr<LayerProgram> program_;
  std::vector<TokenId> layer_done_;
  std::vector<LayerId> layer_of_op_;
  std::map<std::pair<trace::TensorId, std::string>, std::uint64_t> images_;
  std::uint64_t images_end_;
};

std::uint32_t chain_passes(const Plan& plan, const Layer& layer, const VectorConfig& vector);
Surroundings surroundings(const Plan& plan, const Layer& layer, const ArchConfig& config,
                          trace::TensorId& addend);

}  // namespace mantissa::arch
