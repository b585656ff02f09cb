// SPDX-License-Identifier: Apache-2.0
// Commands: what the mapper writes and the engines of a core execute, in order per engine, held
// together by tokens. A command waits for its tokens, works, and signals others.
//
// Addresses are byte addresses: `dram` in the chip's memory, `local` in the core's scratchpad, with
// the weight buffer, where there is one, behind its end.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "arch/session/run_result.h"
#include "arch/units/matrix_model.h"
#include "base/trace/graph.h"
#include "base/units.h"

namespace mantissa::arch {

using TokenId = std::uint32_t;
using TokenList = std::vector<TokenId>;
using LayerId = std::uint32_t;  // index into the rank's layers (arch/mapper/layer.h)

// `weights` loads parameters, `load` everything else, so that weights are fetched ahead while
// inputs are still being made.
enum class EngineKind : std::uint8_t { load, weights, matrix, vector, store, link };
constexpr std::size_t engine_kinds = 6;
const char* name(EngineKind kind);

// Rows of row_bytes: every dram_stride in memory, every local_stride in the core.
struct TransferCommand {
  std::uint64_t dram = 0, local = 0;
  std::uint64_t rows = 1, row_bytes = 0;
  std::uint64_t dram_stride = 0, local_stride = 0;
  bool moves_bytes = true;  // data mode: false where a whole-operator evaluation supplies the bytes
};

// Where the matrix unit's operand A comes from: rows of a matrix, or pixels of a feature map
// through the im2col address generator.
struct FeatureMapWindow {
  bool convolution = false;  // false: a plain matrix
  std::int64_t first_image = 0, images = 1;
  std::int64_t first_output_row = 0, output_rows = 1;  // per image
  std::int64_t first_input_row = 0, input_rows = 1;    // rows present in the tile, clipped
  std::uint64_t pixel_stride = 0;                      // bytes from one pixel to the next
  std::uint64_t channel_offset = 0;                    // bytes to the first channel in use
  std::uint64_t first_row = 0;                         // of the product, within the row block
};

struct MatrixCommand {
  MatrixTile tile;
  std::uint64_t a = 0,
                a_stride = 0;  // local address; bytes between rows (or between columns of A^T)
  std::uint64_t b = 0, b_stride = 0;
  bool a_transposed = false, b_transposed = false;
  FeatureMapWindow window;
  std::uint32_t groups = 1;                // on the diagonal, each k/groups by n/groups
  std::uint64_t macs = 0;                  // true products, without padding and masked elements
  std::uint32_t slot = 0;                  // accumulators
  std::uint64_t channel = 0;               // of the first column, among all that B has
  std::uint64_t b_bytes = 0, a_bytes = 0;  // read from the scratchpad
};

// Empties accumulators, or works on data in the scratchpad (slot < 0).
struct VectorCommand {
  std::int64_t slot = -1;
  std::uint64_t m = 0, n = 0;                     // accumulator tile
  std::uint64_t first_row = 0, first_column = 0;  // of the tile in the layer's result
  std::uint64_t last_row = 0;                     // elements of the row that leaves the array last
  std::uint64_t channel = 0;                      // as of the commands that made it
  std::uint64_t elements = 0;                     // per pass
  std::uint32_t passes = 1;
  std::uint64_t out = 0, out_stride = 0;          // local
  std::uint64_t addend = 0, addend_stride = 0;    // local; second operand of a fused add
  std::uint64_t read_bytes = 0, write_bytes = 0;  // scratchpad
  std::uint64_t post_vectors = 0;                 // for the post-processing unit behind it
  Cycles post_cycles{}, post_latency{};
};

// A collective step on the ring: see arch/interconnect.
struct LinkCommand {
  std::uint64_t bytes = 0;  // of this rank's tensor
};

struct Command {
  EngineKind engine{};
  LayerId layer = 0;
  bool evaluates_layer = false;  // data mode: the whole operator is computed when this completes
  TokenList waits;
  TokenList signals;         // on completion
  TokenList early_signals;   // matrix: operands streamed, their buffers are free
  TokenList result_signals;  // matrix: first result row has left
  std::variant<TransferCommand, MatrixCommand, VectorCommand, LinkCommand> work;
};

}  // namespace mantissa::arch
