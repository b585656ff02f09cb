// SPDX-License-Identifier: Apache-2.0
// Data mode of one core: the bytes behind its commands.
//
// Memory holds inputs, parameters (packed tile after tile, the way the mapper reads them) and
// activations while layers in flight need them; the DMA engines move them. Matrix commands read the
// scratchpad and write accumulators with the golden kernels of base/numerics in the unit's order;
// vector commands apply the layer's chain to the accumulators and write the scratchpad. Operators
// without a matrix product are evaluated whole, when their last command completes.
#pragma once

#include <map>
#include <memory>

#include "arch/core/accumulators.h"
#include "arch/core/scratchpad.h"
#include "arch/mapper/lowering.h"
#include "arch/session/session.h"
#include "base/numerics/evaluate.h"
#include "memory/backing_store.h"

namespace mantissa::arch {

class DataPath {
 public:
  DataPath(const Plan& plan, const ArchConfig& config, numerics::ReductionOrder order,
           OperandSource operands, Scratchpad& scratchpad, Accumulators& accumulators,
           memory::BackingStore& store);

  ~DataPath();

  // Throws Error(not_computable) listing every operator that has no values here.
  static void check_computable(const trace::Trace& trace);

  void begin(const LoweredLayer& layer);  // its operands become available in memory
  void multiply(const LoweredLayer& layer, const MatrixCommand& command);
  void drain(const LoweredLayer& layer, const VectorCommand& command);
  void evaluate(const LoweredLayer& layer);
  void finish(const LoweredLayer& layer);  // what nobody reads any more leaves memory

  std::uint64_t overflows() const { return overflows_; }
  std::vector<OutputTensor> take_outputs() { return std::move(outputs_); }

 private:
  struct Epilogue;  // a layer's chain as a small trace over [rows, columns]

  std::vector<std::byte> stored_form(trace::TensorId id,
                                     const std::vector<std::byte>& logical) const;
  std::vector<std::byte> logical_form(trace::TensorId id,
                                      const std::vector<std::byte>& stored) const;
  void map_weights(const LoweredLayer& layer);
  const numerics::Value& parameter(trace::TensorId id);
  numerics::Value value(trace::TensorId id);
  void gather_rows(const MatrixProblem& problem, const MatrixCommand& c, std::uint64_t group,
                   std::uint64_t first, std::uint64_t rows, std::byte* out) const;
  void product(const MatrixProblem& problem, const std::byte* a, std::int64_t lda,
               const std::byte* b, std::int64_t ldb, std::uint32_t* sums, std::int64_t ldsums,
               std::uint64_t m, std::uint64_t n, std::uint64_t k, bool accumulate);
  Epilogue& epilogue(const LoweredLayer& layer);

  const Plan& plan_;
  numerics::EvaluationOrder order_;
  OperandSource operands_;
  Scratchpad& scratchpad_;
  Accumulators& accumulators_;
  memory::BackingStore& store_;
  std::map<trace::TensorId, numerics::Value> parameters_;  // of the layers in flight
  std::map<LayerId, std::unique_ptr<Epilogue>> epilogues_;
  std::map<std::uint64_t, std::uint32_t>
      images_;  // packed weights in memory: layers that read them
  std::vector<OutputTensor> outputs_;
  std::uint64_t overflows_ = 0;
};

}  // namespace mantissa::arch
