// SPDX-License-Identifier: Apache-2.0
// A matrix unit as the rest of the core sees it: given when a command's operands are ready, it says
// when operands stream, when results leave, and where the cycles in between went.
//
// A model is one .cpp that registers itself by name; `core.matrix.model` picks it. It wakes nobody:
// the timetable of a whole command (many folds) follows in closed form from the state that the
// command before it left behind. examples/own_matrix_unit shows one.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arch/chip/config.h"
#include "arch/units/element_size.h"
#include "base/numerics/reduction_order.h"
#include "base/units.h"

namespace mantissa::arch {

// acc[m, n] (+)= a[m, k] * b[k, n], operands in the scratchpad.
struct MatrixTile {
  std::uint64_t m = 0, k = 0, n = 0;
  bool first = true;  // overwrites its accumulators; otherwise goes on from the tile before
  bool last = true;   // its results are complete and leave
  std::uint64_t operand_bytes = 1;  // per element of a, 1 for those below a byte
  trace::NumberFormat format = trace::NumberFormat::int8;
  std::optional<trace::NumberFormat> weight_format = {};  // of b; none: that of a
  std::uint64_t line = 0;  // channels that stand side by side along k; 0: all of k
  bool packed = false;     // operands lie in the form of PackedOperands, not of `format`

  trace::NumberFormat b_format() const { return weight_format.value_or(format); }
};

// How many times a unit did what, by name.
using Activity = std::map<std::string, std::uint64_t>;

// How a unit that packs its operands has them in memory and in the scratchpad.
struct PackedOperands {
  PackedElements a, b;             // the streamed operand and all activations; the stationary one
  std::uint64_t column_bytes = 0;  // of scales, per output channel
};

// What makes a layer's results operands of the next one, behind the vector unit.
struct PostProcessing {
  std::uint64_t vector_length = 1;  // results that it takes at a time, along the columns
  std::uint64_t vectors_per_cycle = 1;
  Cycles latency{};
};

// The largest magnitudes of a product's operands: of all of A, and of each column of B, or of all
// of it where it is no parameter.
struct MatrixRanges {
  float a = 0, a_above = 0;  // of A; of what lies above zero in it
  std::vector<float> b;      // per column of the command
};

// Some rows of a command's product as the scratchpad delivers it, row-major: a[m, k] from row
// `first_row` of the tile on, b[k, n]. lda and ldb are the distances between rows, in elements.
// Elements below a byte have a byte each, int4 with its sign extended.
struct MatrixOperands {
  MatrixTile tile;
  std::uint64_t first_row = 0, m = 0;
  const std::byte* a = nullptr;
  const std::byte* b = nullptr;
  std::int64_t lda = 0, ldb = 0;
  const MatrixRanges* ranges = nullptr;  // where the arithmetic asks for them
};

// Data mode of a unit that does not add like base/numerics/gemm.h, or whose time depends on
// operands. It is given all rows of a command, in order; where operands decide about time, before
// its model is asked when they stream.
class MatrixArithmetic {
 public:
  virtual ~MatrixArithmetic() = default;
  // sums[m, n] (+)= a * b, fp32, ldsums elements between rows; false where the product is that of
  // gemm.h in the model's order (integers, whose sums are exact in any).
  virtual bool multiply(const MatrixOperands& operands, float* sums, std::int64_t ldsums,
                        bool accumulate) = 0;
  virtual bool decides_time() const { return true; }
  // Whether sums of operands of `format` are integers until `finish` makes fp32 of them.
  virtual bool scales(trace::NumberFormat) const { return false; }
  // m x n complete sums, side by side, when they leave the accumulators.
  virtual void finish(std::uint32_t* sums, std::uint64_t m, std::uint64_t n,
                      const MatrixRanges& ranges);
};

struct MatrixTimetable {
  Cycles start{};         // the stationary operand begins to shift in (or streaming begins)
  Cycles first_stream{};  // first operand enters the array
  Cycles stream_end{};    // the array takes the next command's operands; operand buffers are free
  Cycles first_result{};  // the first complete row of results has left
  Cycles end{};           // the last one has
  Cycles period{};        // from the first operand of a fold to that of the next
  // Cycles from the end of the command before (or cycle 0) to stream_end, without the time in which
  // this command's operands were not ready:
  Cycles busy{};                  // operands streamed
  Cycles weight_load{};           // array waited for the stationary operand
  Cycles operand{};               // scratchpad too slow
  Cycles drain{};                 // array waited for its own results to leave
  std::uint64_t folds = 0;        // one after the other
  std::uint64_t array_folds = 0;  // of all arrays: how often one was loaded, or drained
};

class MatrixModel {
 public:
  virtual ~MatrixModel() = default;

  // Appends a command whose operands and accumulators are ready at `ready`.
  virtual MatrixTimetable append(const MatrixTile& tile, Cycles ready) = 0;
  // When the array could take its next operands.
  virtual Cycles free_at() const = 0;
  virtual void reset() = 0;
  // The order in which the products of one output are added.
  virtual numerics::ReductionOrder order() const = 0;
  // Cycles from a timetable's stream_end to its end: what still leaves while nothing streams.
  virtual Cycles drain() const = 0;
  // The formula that `append` follows when nothing stalls, as text for reports.
  virtual std::string formula() const = 0;
  // The tile sizes that fill the unit: the mapper's granularity.
  struct Granularity {
    std::uint64_t m, k, n;
  };
  virtual Granularity granularity() const = 0;
  // Whether groups of a grouped convolution may share a fold, on its diagonal.
  virtual bool packs_groups() const { return true; }
  // The unit's own arithmetic; null: gemm.h in the order above.
  virtual MatrixArithmetic* arithmetic() { return nullptr; }
  // How it packs its operands; none: as the trace has them.
  virtual std::optional<PackedOperands> packed_operands() const { return {}; }
  virtual std::optional<PostProcessing> post_processing() const { return {}; }
  // Operands along k that must not be cut apart.
  virtual std::uint64_t vector_length() const { return 1; }
  // Sums that leave the unit for each of a tile's results, to be added below it.
  virtual std::uint64_t partial_sums(const MatrixTile& tile) const {
    return ceil_div(tile.k, order().length(tile.k));
  }
  // What the unit did since the last reset, beyond products and folds, by name.
  virtual Activity activity() const { return {}; }
};

using MatrixModelFactory = std::function<std::unique_ptr<MatrixModel>(
    const MatrixConfig& config, const ScratchpadConfig& scratchpad)>;

struct MatrixModelRegistration {
  // Whether a unit multiplies operands of these formats; none: those of one format.
  using Multiplies = bool (*)(trace::NumberFormat a, trace::NumberFormat b);

  // `formats`: of operands that it may be configured for.
  MatrixModelRegistration(const char* name, MatrixModelFactory factory,
                          std::vector<trace::NumberFormat> formats = {trace::NumberFormat::int8,
                                                                      trace::NumberFormat::bf16},
                          Multiplies multiplies = nullptr);
};

std::vector<std::string> matrix_models();  // sorted
const MatrixModelFactory* find_matrix_model(const std::string& name);
// Of a registered model.
const std::vector<trace::NumberFormat>& matrix_model_formats(const std::string& name);
bool matrix_model_multiplies(const std::string& name, trace::NumberFormat a, trace::NumberFormat b);
std::unique_ptr<MatrixModel> make_matrix_model(const CoreConfig& core);

}  // namespace mantissa::arch
