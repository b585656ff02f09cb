// SPDX-License-Identifier: Apache-2.0
// Tiles of a matrix problem for the scratchpad, accumulators and weight buffer that a core has.
//
// All tilings of a capacity-independent candidate set that fit are compared by, in this order, the
// bytes they move to and from memory, the array's cycles, the estimated cycles of the whole layer,
// the storage they take. A larger
// scratchpad only adds candidates, so it never moves more bytes.
//
//   weights outer   for n { for m { for k } }    weights of a column block stay while m runs
//   inputs outer    for m { for n { for k } }    inputs of a row block stay while n runs
//
// Elements below a byte are packed along a row, which begins at a whole byte; tiles are cut there.
//
// Along k partial sums stay in the accumulators; they are never spilt.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arch/mapper/matrix_problem.h"

namespace mantissa::arch {

// Rows of a tile. A convolution's tile covers output rows of one image or several whole images.
struct RowBlock {
  std::uint64_t first = 0, rows = 0;  // of the product
  std::int64_t first_image = 0, images = 1;
  std::int64_t first_output_row = 0, output_rows = 1;
  std::int64_t first_input_row = 0, input_rows = 1;  // clipped to the image
};

// Storage that layers around the product need, per the fusion and placement.
struct Surroundings {
  bool a_resident = false, b_resident = false, out_resident = false;
  bool addend = false, addend_resident = false;
  ElementSize out_size, addend_size;
  std::uint64_t out_bytes(std::uint64_t elements) const { return elements * out_size; }
  std::uint64_t addend_bytes(std::uint64_t elements) const { return elements * addend_size; }
  std::uint64_t parameter_bytes = 0;  // of the chain, per output column
  double bytes_per_cycle = 1;         // memory bandwidth in core cycles
  double latency = 0;                 // of the memory, in core cycles
  std::uint64_t tile_area = 0;        // scratchpad bytes for tiles
  std::uint64_t weight_buffer = 0;    // 0: weights use the tile area
  std::uint64_t accumulator_rows = 0;
  std::uint64_t vector_lanes = 1, vector_passes = 1;
};

struct Tiling {
  bool weights_outer = true;
  std::vector<RowBlock> m;
  std::vector<Span> k;  // matmul: elements; convolution: input channels
  std::vector<Span> n;  // output columns of a group; with groups > 1: rounds of packed groups
  std::uint64_t step_m = 0, step_n = 0;  // accumulator tile within a tile
  std::uint64_t height = 0;              // its accumulator rows
  // Storage.
  std::uint64_t a_slot = 0, b_slot = 0, out_slot = 0, addend_slot = 0, parameter_slot = 0;
  std::uint32_t a_slots = 0, b_slots = 0, out_slots = 0, accumulator_slots = 1;
  std::uint64_t tile_bytes = 0;  // of the tile area
  // Estimates.
  std::uint64_t dram_bytes = 0;  // of one instance: a, b, parameters, addend, result
  double array_cycles = 0;       // of the matrix unit alone
  double cycles = 0;
  std::string reason;
};

Tiling choose_tiling(const MatrixProblem& problem, const Surroundings& around,
                     const CoreConfig& core, const MapperConfig& mapper,
                     const std::string& layer_name);

// K elements (rows of the stationary operand) of a span of k.
std::uint64_t reduction_length(const MatrixProblem& problem, const Span& k);

}  // namespace mantissa::arch
