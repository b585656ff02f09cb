// SPDX-License-Identifier: Apache-2.0
// A data set in memory: samples one after the other, a label or a target of each, and which samples
// are for training and which for testing.
//
// Features are bytes (pixels) or single-precision numbers, `shape` is that of one sample, channels
// first: {1, 28, 28}, {3, 32, 32}, {64}. A classification has `labels` from 0 to classes - 1, a
// regression has `targets`; never both. Networks see `feature / full_scale`, so that pixels lie in
// [0, 1].
//
//   const Dataset digits = load({Known::digits});
//   std::vector<float> x(digits.sample_size());
//   digits.copy(digits.train[0], x.data());            // x[i] in [0, 1]
//   digits.labels[digits.train[0]];                    // 0 to 9
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/trace/graph.h"
#include "workloads/data/checksum.h"

namespace mantissa::data {

using trace::Shape;

// A file that was read.
struct Source {
  std::string path;
  std::uint64_t bytes = 0;  // on disk
  Checksum verified;        // unknown: its size and form were checked, and nothing else
};

struct Dataset {
  using Features = std::variant<std::vector<std::uint8_t>, std::vector<float>>;

  std::string name;
  Shape shape;
  Features features;
  float full_scale = 1;  // the feature that stands for 1: 255 of a pixel
  std::vector<std::int64_t> labels;
  std::vector<float> targets;
  std::vector<std::string> classes;
  std::vector<std::int64_t> train, test;
  std::vector<Source> sources;

  std::int64_t size() const { return std::int64_t(labels.size() + targets.size()); }
  std::int64_t sample_size() const { return trace::elements(shape); }
  bool classification() const { return targets.empty(); }

  // The features of one sample over full_scale, row-major: sample_size() numbers.
  void copy(std::int64_t sample, float* to) const;
  // Samples by class, of those listed.
  std::vector<std::int64_t> class_counts(const std::vector<std::int64_t>& samples) const;
};

// Appends the samples of `more`, whose shape and kind must be those of `to`. Throws data.mismatch
// at `more_from`.
void append(Dataset& to, Dataset more, const std::string& more_from);

// A broken promise of the header above is an error of our own.
void check(const Dataset& dataset);

}  // namespace mantissa::data
