// SPDX-License-Identifier: Apache-2.0
// Layers without a matrix operator: operands stream through the scratchpad in chunks, past the
// vector unit, and out again; load, compute and store of neighbouring chunks overlap. Operators
// that work along a row (softmax, norms, sorting) need whole rows in a chunk.
//
// Collectives read their tensor, cross the ring and write the result; the link engine does the rest
// (arch/interconnect).
#pragma once

#include "arch/mapper/lowering_parts.h"

namespace mantissa::arch {

class StreamLowering : public LayerProgram {
 public:
  StreamLowering(Lowering& lowering, LoweredLayer& layer);
  bool emit(CommandStream& out) override;  // one chunk; a collective as a whole

 private:
  struct Stream {  // one tensor's way in or out
    std::uint64_t dram = 0, bytes = 0;
    bool parameter = false;
  };

  void collect();
  void reserve();
  std::uint64_t chunk_count() const;
  void load_chunk(std::uint64_t chunk);
  void work_on_chunk(std::uint64_t chunk);
  void store_chunk(std::uint64_t chunk);
  void exchange();
  Command& command(EngineKind engine);
  TransferCommand part(const Stream& stream, std::uint64_t chunk, std::uint64_t local) const;

  Lowering& l_;
  LoweredLayer& layer_;
  CommandStream* out_ = nullptr;
  std::uint64_t chunks_ = 1, next_ = 0;
  const Plan& plan_;
  const trace::Op& head_;
  std::vector<Stream> in_, out_streams_;
  std::uint64_t in_bytes_ = 0, out_bytes_ = 0;      // through memory
  std::uint64_t read_bytes_ = 0, write_bytes_ = 0;  // scratchpad ports of the vector unit
  std::uint64_t elements_ = 0, rows_ = 1, taps_ = 1;
  std::uint32_t passes_ = 1;
  std::optional<PostProcessing> post_;  // of what it writes
  TokenList producers_, resident_claims_;
  Lowering::Ring in_ring_, out_ring_;
  TokenList loaded_;
  TokenId in_freed_ = 0, written_ = 0;
};

}  // namespace mantissa::arch
