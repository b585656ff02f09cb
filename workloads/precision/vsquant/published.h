// SPDX-License-Identifier: Apache-2.0
// Figures that the study's own are shown beside: those of arXiv 2102.04503, in its two versions,
// and those of an independent calculation and synthesis that share no code with this program.
#pragma once

namespace mantissa::workloads::vsquant {

inline constexpr const char* of_arxiv = "arXiv 2102.04503, abstract (found)";
inline constexpr const char* of_mlsys = "MLSys 2021 proceedings, abstract (found)";
inline constexpr const char* of_calculation = "independent calculation (derived)";
inline constexpr const char* of_definition = "the definition (derived)";
inline constexpr const char* of_synthesis =
    "independent synthesis, osu018, hierarchical multipliers (derived)";

inline constexpr const char* of_follow_up =
    "the follow-up chip in 5 nm (found); peaks derived of its clock and area";

// The follow-up chip: V = 64, 0.46 to 1.05 V, 152 to 1760 MHz. TOPS/W at `volts`.
struct FollowUp {
  double products_of_4, products_of_8;  // per cycle
  double peak_tops, tops_per_mm2, area_mm2;
  double volts, tops_per_watt_resnet50, tops_per_watt_bert_base;
};
inline constexpr FollowUp follow_up = {1024, 512, 3.60, 23.6, 0.153, 0.67, 38.6, 38.7};

// Percent saved against an 8-bit baseline.
struct PublishedSaving {
  const char* what;
  const char* scheme;  // ours; which R is meant is not known
  bool energy;
  double arxiv, mlsys;  // 0: no figure
};
inline constexpr PublishedSaving published_savings[] = {
    {"4b weights, 4b activations", "4/4U/4/4", false, 37, 36},
    {"4b weights, 4b activations", "4/4U/4/4", true, 24, 69},
    {"4b weights, 8b activations", "4/8U/6/10", false, 26, 28},
};

// Decibels of Gaussian and Laplace samples, 512 channels of 4096.
struct PublishedLoss {
  const char* what;
  double gaussian, laplace;
};
inline constexpr PublishedLoss published_losses[] = {
    {"INT4 per channel", 16.07, 11.80},
    {"INT4, V = 16, float scales", 21.39, 19.89},
    {"INT4, V = 64, float scales", 19.36, 17.03},
    {"INT4, V = 16, M = 4, order A", 20.68, 18.85},
    {"INT4, V = 16, M = 4, order B", 21.19, 19.55},
    {"INT8 per channel", 41.24, 36.75},
    {"INT8, V = 16, M = 8, order A", 45.76, 43.86},
    {"NVFP4", 20.44, 20.66},
    {"MXFP4", 18.79, 17.96},
};

// Area of a vector MAC of V = 16 over that of 8/8, 417,244 um2; derived, not published.
struct DerivedArea {
  int weight_bits, activation_bits, scale_bits,
      product_bits;  // the two scales alike; 0: none, full
  double ratio;
};
inline constexpr DerivedArea derived_areas[] = {
    {4, 8, 0, 0, .473}, {4, 4, 0, 0, .288}, {4, 4, 4, 0, .367},
    {4, 4, 4, 6, .350}, {4, 4, 4, 4, .328},
};

}  // namespace mantissa::workloads::vsquant
