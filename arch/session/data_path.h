// SPDX-License-Identifier: Apache-2.0
// Data mode of one core: the bytes behind its commands.
//
// Memory holds inputs, parameters (packed tile after tile, the way the mapper reads them) and
// activations while layers in flight need them; the DMA engines move them. Matrix commands read the
// scratchpad and write accumulators with the golden kernels of base/numerics in the unit's order;
// vector commands apply the layer's chain to the accumulators and write the scratchpad. Operators
// without a matrix product are evaluated whole, when their last command completes.
//
// What passes the scratchpad and the weight buffer is read and written through their cells, errors
// included. What does not pass there as bytes meets no error: biases and other parameters of the
// vector unit, and operands that such a whole operator streams from memory.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "arch/core/accumulators.h"
#include "arch/core/scratchpad.h"
#include "arch/mapper/lowering.h"
#include "arch/session/epilogue.h"
#include "arch/session/operand_ranges.h"
#include "arch/session/operand_reader.h"
#include "arch/session/session.h"
#include "arch/units/accumulator_twin.h"
#include "arch/units/matrix_twin.h"
#include "arch/units/vector_twin.h"
#include "base/numerics/evaluate.h"
#include "memory/backing_store.h"

namespace mantissa::arch {

class DataPath {
 public:
  // `key`: of what is drawn at random in this core (registers, accumulators).
  DataPath(const Plan& plan, const ArchConfig& config, numerics::ReductionOrder order,
           OperandSource operands, Scratchpad& scratchpad, Accumulators& accumulators,
           memory::BackingStore& store, std::uint64_t key);

  // Products are `arithmetic`'s, where it has them; not owned.
  void multiply_with(MatrixArithmetic* arithmetic) { arithmetic_ = arithmetic; }

  // Gives every product to `twin`, too, and takes its sums instead where there are any; not owned.
  void operate(MatrixTwin* twin) { twin_ = twin; }

  // The same for the rows of sums that leave the array, and for slots that are emptied.
  void operate(AccumulatorTwin* twin) { accumulator_twin_ = twin; }

  // The same for element-wise operators on accumulators.
  void operate(VectorTwin* twin) { vector_twin_ = twin; }

  void begin(const LoweredLayer& layer);  // its operands become available in memory
  void multiply(const LoweredLayer& layer, const MatrixCommand& command, const MatrixTimetable& t);
  void drain(const LoweredLayer& layer, const VectorCommand& command, const VectorTime& time,
             Cycles now);
  void evaluate(const LoweredLayer& layer);
  void finish(const LoweredLayer& layer);  // what nobody reads any more leaves memory

  std::uint64_t overflows() const { return overflows_; }
  // Bits that flipped in the array's registers and in accumulators.
  std::uint64_t register_upsets() const { return register_upsets_; }
  std::uint64_t accumulator_upsets() const { return accumulator_upsets_; }
  std::vector<OutputTensor> take_outputs() { return std::move(outputs_); }

 private:
  void map_weights(const LoweredLayer& layer);
  const numerics::Value& parameter(trace::TensorId id);
  numerics::Value value(trace::TensorId id);
  TwinCommand twin_command(const LoweredLayer& layer, const MatrixCommand& c,
                           const MatrixTimetable& time, const MatrixRanges& ranges) const;
  void product(const MatrixProblem& problem, const MatrixOperands& operands, std::uint64_t n,
               std::uint64_t k, std::uint32_t* sums, std::int64_t ldsums);
  OperandRows upset_registers(const MatrixProblem& problem, const OperandRows& b, std::uint64_t k,
                              std::uint64_t n);
  void accumulate_chains(const LoweredLayer& layer, const MatrixCommand& c, const OperandRows& a,
                         const OperandRows& b);
  void accumulate(const LoweredLayer& layer, const MatrixCommand& c,
                  const std::vector<std::uint32_t>& sums, bool overwrites);
  // Flips each of `bits` bits with probability `rate`, the same ones in every run; a byte has
  // `width` of them.
  std::uint64_t upset(double rate, std::byte* bytes, std::uint64_t bits, unsigned width = 8);

  const Plan& plan_;
  const MatrixConfig& matrix_;
  numerics::EvaluationOrder order_;
  OperandSource operands_;
  Scratchpad& scratchpad_;
  Accumulators& accumulators_;
  memory::BackingStore& store_;
  OperandReader reader_;
  OperandRanges ranges_;                                   // where the unit scales its operands
  std::map<trace::TensorId, numerics::Value> parameters_;  // of the layers in flight
  // Of the layers in flight, by height and width of a tile.
  std::map<LayerId, std::map<std::pair<std::uint64_t, std::uint64_t>, Epilogue>> epilogues_;
  std::map<std::uint64_t, std::uint32_t>
      images_;  // packed weights in memory: layers that read them
  std::vector<OutputTensor> outputs_;
  std::uint64_t overflows_ = 0;
  MatrixArithmetic* arithmetic_ = nullptr;
  MatrixTwin* twin_ = nullptr;
  AccumulatorTwin* accumulator_twin_ = nullptr;
  VectorTwin* vector_twin_ = nullptr;
  double register_error_rate_, accumulator_error_rate_;
  std::uint64_t upset_key_, upset_draws_ = 0;
  std::uint64_t register_upsets_ = 0, accumulator_upsets_ = 0;
  std::vector<std::byte> cells_;      // as faulty cells deliver them
  std::vector<std::byte> registers_;  // of the array, with bits flipped
};

}  // namespace mantissa::arch
