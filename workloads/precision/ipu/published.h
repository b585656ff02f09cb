// SPDX-License-Identifier: Apache-2.0
// Figures that the study's own are shown beside: those of arXiv 2101.11748, and those of an
// independent calculation that shares no code with this program.
#pragma once

#include "workloads/precision/ipu/operations.h"
#include "workloads/precision/ipu/rounding_errors.h"

namespace mantissa::workloads::ipu {

inline constexpr const char* of_abstract = "arXiv 2101.11748, abstract (found)";
inline constexpr const char* of_text = "arXiv 2101.11748, text (recalled, 55 %)";
inline constexpr const char* of_histograms = "arXiv 2101.11748, histograms (recalled, 65 %)";
inline constexpr const char* of_iterations = "arXiv 2101.11748, nibbles per operand (derived)";
inline constexpr const char* of_calculation = "independent calculation (derived)";
inline constexpr const char* of_synthesis =
    "independent synthesis, osu018, flattened, without EHU and buffers (derived)";

// Percent of results that differ from the exact ones after rounding to nearest even: n = 16,
// software precision 28, 100,000 operations.
struct PublishedShare {
  OperandLaw law;
  ResultFormat format;
  int window;
  double percent;
};
inline constexpr PublishedShare published_shares[] = {
    {OperandLaw::normal, ResultFormat::fp16, 12, 87},
    {OperandLaw::uniform, ResultFormat::fp16, 12, 56},
    {OperandLaw::laplace, ResultFormat::fp16, 12, 95},
    {OperandLaw::normal, ResultFormat::fp16, 16, 4.4},
    {OperandLaw::uniform, ResultFormat::fp16, 16, 1.1},
    {OperandLaw::laplace, ResultFormat::fp16, 16, 8.1},
    {OperandLaw::normal, ResultFormat::fp16, 26, 0},
    {OperandLaw::uniform, ResultFormat::fp16, 26, 0},
    {OperandLaw::laplace, ResultFormat::fp16, 26, 0},
    {OperandLaw::normal, ResultFormat::fp32, 16, 45},
    {OperandLaw::uniform, ResultFormat::fp32, 16, 21},
    {OperandLaw::laplace, ResultFormat::fp32, 16, 68},
    {OperandLaw::normal, ResultFormat::fp32, 26, 0.11},
    {OperandLaw::uniform, ResultFormat::fp32, 26, 0.03},
    {OperandLaw::laplace, ResultFormat::fp32, 26, 0.29},
};

// Mean cycles per nibble iteration, software precision 28.
struct PublishedCycles {
  OperandLaw law;
  int lanes, window;
  double cycles;
};
inline constexpr PublishedCycles published_cycles[] = {
    {OperandLaw::normal, 8, 12, 2.78},   {OperandLaw::normal, 8, 16, 1.42},
    {OperandLaw::normal, 16, 12, 3.33},  {OperandLaw::normal, 16, 16, 1.76},
    {OperandLaw::normal, 16, 28, 1.001}, {OperandLaw::relu, 16, 12, 2.75},
    {OperandLaw::relu, 16, 16, 1.42},
};

// Percent of products more than 8 bits below the greatest, of forward passes: "about".
inline constexpr double published_beyond_8 = 1;

// Of a tile of 64 units with n = 16, w = 16, buffers of 4, normal operands.
struct PublishedTile {
  int cluster;
  double time;
};
inline constexpr PublishedTile published_tiles[] = {{1, 1.85}, {64, 2.78}};

inline constexpr const char* why_energy =
    "ours at one activity of all nets, 180 nm cells without wires; the publication's operands, "
    "clock gating and typical implementation are not known";
inline constexpr const char* why_area =
    "ours is one whole unit in 180 nm cells, not placed: registers, decoders and rounding do not "
    "shrink with w; the publication's is a tile in 7 nm, its typical implementation is not known";

// Percent over a typical mixed-precision implementation, of the abstract.
inline constexpr double published_tops_per_area = 46, published_tops_per_power = 63;
inline constexpr double published_flops_per_area = 25, published_flops_per_power = 40;

// Percent of area that a narrower window saves against 38 bits.
struct PublishedSaving {
  int lanes, window;
  double percent;
  bool datapath;  // of the independent synthesis; otherwise of the publication's tile
};
inline constexpr PublishedSaving published_savings[] = {
    {8, 28, 17, false}, {16, 28, 15, false}, {16, 12, 39, false}, {16, 28, 13.9, true},
    {16, 12, 46, true}, {8, 28, 10.6, true}, {8, 12, 41, true},
};

}  // namespace mantissa::workloads::ipu
