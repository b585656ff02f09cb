// SPDX-License-Identifier: Apache-2.0
// Parts of a Lowering that its implementation files share.
#pragma once

#include "arch/mapper/lowering.h"

namespace mantissa::arch {

// `count` slots of equal size that are filled and emptied in turn.
struct Lowering::Ring {
  std::uint64_t base = 0, slot_bytes = 0;
  std::uint32_t count = 0, next = 0;
  std::vector<TokenList> claims;  // what must have happened before the slot is filled again
  std::int64_t holds = -1;        // tile in the slot filled last
  std::uint32_t current = 0;
  TokenId filled = 0, freed = 0;  // of the slot filled last
  bool held = false;              // `freed` still waits for users to come

  std::uint64_t address() const { return base + current * slot_bytes; }
  // Turns to the next slot; the caller waits for the returned tokens. The slot left behind gets no
  // further users.
  TokenList turn(TokenTable& tokens) {
    let_go(tokens);
    current = next;
    next = (next + 1) % count;
    TokenList waits = std::move(claims[current]);
    claims[current].clear();
    return waits;
  }
  // The slot is filled by one command and used by many, which are added as they are emitted.
  void fill(TokenTable& tokens) {
    filled = tokens.arm(1, Stall::dram);
    freed = tokens.arm(1, Stall::dram);
    held = true;
    claims[current].push_back(freed);
  }
  void let_go(TokenTable& tokens) {
    if (held) tokens.release(freed);
    held = false;
  }
};

struct Lowering::Region {
  std::uint64_t begin, end;
  TokenList tokens;
};

// Lowers one layer around a matrix operator.
class MatrixLowering : public LayerProgram {
 public:
  MatrixLowering(Lowering& lowering, LoweredLayer& layer);
  bool emit(CommandStream& out) override;  // one tile

 private:
  struct Block {  // one accumulator tile of the current tile
    std::uint32_t slot;
    std::uint64_t m, rows, n, columns;  // m: within the row block; n: within the column span
  };

  void tile(std::uint64_t instance, std::size_t mi, std::size_t ni);
  void ensure_b(std::uint64_t instance, std::size_t ki, std::size_t ni);
  void ensure_a(std::uint64_t instance, std::size_t mi, std::size_t ki, std::size_t ni);
  void ensure_parameters(std::size_t ni);
  void operand_a(std::uint64_t instance, std::size_t mi, std::size_t ki, std::size_t ni,
                 const Block& block, MatrixCommand& command) const;
  void operand_b(std::uint64_t instance, std::size_t ki, std::size_t ni, const Block& block,
                 MatrixCommand& command) const;
  void multiply(std::uint64_t instance, std::size_t mi, std::size_t ki, std::size_t ni,
                const Block& block);
  void drain(std::uint64_t instance, std::size_t mi, std::size_t ni, const Block& block);
  Command& command(EngineKind engine);
  void reserve();
  void finish();
  std::uint64_t result_column(std::size_t ni) const;
  std::uint64_t channel(std::uint64_t instance, std::size_t ni, const Block& block) const;
  Span groups_of(std::size_t ni) const;

  Lowering& l_;
  LoweredLayer& layer_;
  CommandStream* out_ = nullptr;
  const Plan& plan_;
  const MatrixProblem& p_;
  const Tiling& t_;
  std::uint64_t instance_ = 0;  // the next tile
  std::size_t outer_ = 0, inner_ = 0;
  Surroundings around_;
  trace::TensorId result_;
  std::uint64_t result_columns_ = 0;
  std::uint32_t passes_;
  std::optional<PostProcessing> post_;  // of the result
  TokenList producers_, resident_claims_;
  Lowering::Ring a_, b_, out_ring_, addend_, parameters_;
  std::vector<TokenList> accumulator_claims_;
  std::uint32_t first_slot_ = 0, next_slot_ = 0;
  TokenId drained_ready_ = 0;
  std::unique_ptr<MatrixModel> closed_form_;
};

}  // namespace mantissa::arch
