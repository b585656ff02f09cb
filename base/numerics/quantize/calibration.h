// SPDX-License-Identifier: Apache-2.0
// Which range of magnitudes a quantiser should cover, from a histogram of |x| over many batches.
//
//   max         the largest magnitude seen
//   percentile  the upper edge of the first bin at which at least P % of all magnitudes are counted
//   mse         the range whose N-bit quantisation of the bins' centres has the least squared error
//   entropy     the range with the least Kullback-Leibler divergence between the histogram, clipped
//               there (what lies beyond is counted in the last bin), and its N-bit quantisation
//
// 2048 bins and 99.99 % are the defaults of the vendor toolkit (facts of arXiv 2102.04503). The
// first batch that holds more than zeros sets the width of a bin; later ones that reach further add
// bins, and from four times the first number on double the width of all, so the order of batches
// may matter, the number of workers never does. mse and entropy try
// every range from `first_bin` bins on, unless all data lie below. Unsigned data: magnitudes of
// negative elements do not count. Errors: illegal_quantization, not_finite.
//
//   Histogram histogram(true);
//   histogram.add(activations, count);
//   const float range = calibrated_range(histogram, {Calibration::percentile, 99.99}, 8);
//   format.coarse_per = Granularity::tensor;
//   quantize(x, axis, format, {coarse_of_range(format, range)});
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mantissa::numerics {

enum class Calibration : std::uint8_t { max, percentile, mse, entropy };

// By name, "percentile"; throws illegal_quantization with the nearest one.
Calibration calibration(const std::string& name);

struct CalibrationRule {
  Calibration kind = Calibration::max;
  double percentile = 99.99;  // above 0, at most 100
};

class Histogram {
 public:
  explicit Histogram(bool is_signed = true, std::int64_t bins = 2048);

  void add(const float* x, std::int64_t count);

  bool is_signed() const { return is_signed_; }
  float largest() const { return largest_; }
  std::uint64_t total() const { return zeros_ + counted_; }
  double width() const { return width_; }  // of a bin; 0: nothing but zeros
  // Bin i counts magnitudes in (i width, (i+1) width], the first one those of 0 as well.
  const std::vector<std::uint64_t>& bins() const { return bins_; }

 private:
  static constexpr std::int64_t widest = 4;  // times the first number of bins
  void reach(float magnitude);

  bool is_signed_;
  std::int64_t initial_bins_;
  float largest_ = 0;
  double width_ = 0;
  std::uint64_t zeros_ = 0;  // seen before the width was known
  std::uint64_t counted_ = 0;
  std::vector<std::uint64_t> bins_;
};

constexpr std::int64_t first_bin = 128;

// The range for elements of `bits` bits; 0 where the histogram holds nothing but zeros.
float calibrated_range(const Histogram& histogram, const CalibrationRule& rule, int bits);

}  // namespace mantissa::numerics
