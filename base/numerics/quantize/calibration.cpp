// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/calibration.h"

#include <algorithm>

#include "base/faults/normal.h"
#include "base/numerics/quantize/line_kernels.h"
#include "base/numerics/quantize/rounding.h"
#include "base/numerics/quantize/tensor_lines.h"

namespace mantissa::numerics {
namespace {

constexpr std::int64_t most_bins = std::int64_t{1} << 24;

const std::vector<std::string>& calibration_names() {
  static const std::vector<std::string> names = {"max", "percentile", "mse", "entropy"};
  return names;
}

// The squared error of quantising every bin's centre with `range` as the largest magnitude.
double squared_error(const std::vector<std::uint64_t>& bins, double range_in_bins, double levels) {
  const double scale = range_in_bins / levels;
  double sum = 0;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    const double centre = static_cast<double>(i) + 0.5;
    const double q = std::min(rounded(centre / scale, Rounding::half_even), levels);
    const double error = centre - q * scale;
    sum += error * error * static_cast<double>(bins[i]);
  }
  return sum;
}

// KL(P || R): P the first `range` bins, what lies beyond in the last of them; R the same bins in
// `levels` groups, each group's count spread evenly over those of its bins that hold anything.
double divergence(const std::vector<std::uint64_t>& bins, std::size_t range, std::size_t levels) {
  std::uint64_t total = 0, beyond = 0;
  for (const std::uint64_t count : bins) total += count;
  for (std::size_t i = range; i < bins.size(); ++i) beyond += bins[i];
  const double all = static_cast<double>(total), inside = static_cast<double>(total - beyond);
  double sum = 0;
  for (std::size_t g = 0; g < levels; ++g) {
    const std::size_t begin = g * range / levels, end = (g + 1) * range / levels;
    double count = 0, filled = 0;
    for (std::size_t i = begin; i < end; ++i) {
      count += static_cast<double>(bins[i]);
      filled += bins[i] != 0 ? 1 : 0;
    }
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint64_t own = bins[i] + (i + 1 == range ? beyond : 0);
      if (own == 0) continue;
      if (bins[i] == 0) return 1e300;  // P has what R lacks: the divergence is infinite
      const double p = static_cast<double>(own) / all, r = count / filled / inside;
      sum += p * faults::natural_log(p / r);
    }
  }
  return sum;
}

std::int64_t percentile_bin(const Histogram& histogram, double percentile) {
  if (!(percentile > 0 && percentile <= 100))
    throw Error(illegal_quantization)
        .say("no such percentile")
        .read(std::to_string(percentile))
        .expected("above 0, at most 100");
  const double wanted = percentile / 100 * static_cast<double>(histogram.total());
  std::uint64_t below = 0;
  std::int64_t bin = 0;
  for (const std::uint64_t count : histogram.bins()) {
    below += count;
    ++bin;
    if (static_cast<double>(below) >= wanted) break;
  }
  return bin;
}

}  // namespace

Calibration calibration(const std::string& name) {
  const auto& names = calibration_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    throw Error(illegal_quantization)
        .read(name)
        .expected("a calibration: max, percentile, mse or entropy")
        .nearest(nearest_name(name, names));
  return static_cast<Calibration>(found - names.begin());
}

Histogram::Histogram(bool is_signed, std::int64_t bins)
    : is_signed_(is_signed), initial_bins_(bins) {
  if (bins < 1 || bins > most_bins)
    throw Error(illegal_quantization)
        .say("no histogram has so many bins")
        .read(std::to_string(bins))
        .expected("1 to 16777216");
}

void Histogram::add(const float* x, std::int64_t count) {
  float largest = 0;
  if (count > 0 && !largest_per_vector(x, count, count, is_signed_, &largest))
    TensorLines(x, {1, count, 1}).refuse_not_finite();
  if (width_ == 0 && largest > 0) {
    width_ = double{largest} / static_cast<double>(initial_bins_);
    bins_.assign(static_cast<std::size_t>(initial_bins_), 0);
    bins_[0] = counted_ = zeros_;
    zeros_ = 0;
  }
  largest_ = std::max(largest_, largest);
  if (width_ == 0) {
    zeros_ += static_cast<std::uint64_t>(count);
    return;
  }
  reach(largest);
  for (std::int64_t i = 0; i < count; ++i) {
    const double magnitude = is_signed_ && x[i] < 0 ? -double{x[i]} : double{x[i]};
    if (magnitude < 0) continue;
    const double upper = rounded(magnitude / width_, Rounding::up);
    const auto bin = static_cast<std::size_t>(std::max(upper, 1.0)) - 1;
    ++bins_[std::min(bin, bins_.size() - 1)];
    ++counted_;
  }
}

// Trying every range takes the square of the bins in time: beyond a few times as many as at first
// they grow wider instead.
void Histogram::reach(float magnitude) {
  const double most = static_cast<double>(widest * initial_bins_);
  while (double{magnitude} / width_ > most) {
    bins_.resize((bins_.size() + 1) / 2 * 2, 0);
    for (std::size_t i = 0; 2 * i < bins_.size(); ++i) bins_[i] = bins_[2 * i] + bins_[2 * i + 1];
    bins_.resize(bins_.size() / 2);
    width_ *= 2;
  }
  const auto needed = static_cast<std::size_t>(rounded(double{magnitude} / width_, Rounding::up));
  if (needed > bins_.size()) bins_.resize(needed, 0);
}

float calibrated_range(const Histogram& histogram, const CalibrationRule& rule, int bits) {
  if (bits < 2 || bits > 8)
    throw Error(illegal_quantization)
        .say("no integer quantisation has elements of so many bits")
        .read(std::to_string(bits))
        .expected("2 to 8");
  const auto& bins = histogram.bins();
  const auto range_of = [&](std::int64_t bin) {
    return static_cast<float>(
        std::min(static_cast<double>(bin) * histogram.width(), double{histogram.largest()}));
  };
  if (rule.kind == Calibration::percentile)  // refused before the data are looked at
    return range_of(percentile_bin(histogram, rule.percentile));
  if (rule.kind == Calibration::max || histogram.width() == 0) return histogram.largest();
  const std::int64_t last = static_cast<std::int64_t>(bins.size());
  const auto levels =
      static_cast<std::size_t>((1 << (histogram.is_signed() ? bits - 1 : bits)) - 1);
  std::int64_t best = last;
  double least = 0;
  for (std::int64_t bin = std::min(first_bin, last); bin <= last; ++bin) {
    const double cost =
        rule.kind == Calibration::mse
            ? squared_error(bins, static_cast<double>(bin), static_cast<double>(levels))
            : divergence(bins, static_cast<std::size_t>(bin), levels + 1);
    // Of equal costs the widest range: nothing is clipped without need.
    if (bin == std::min(first_bin, last) || cost <= least) {
      least = cost;
      best = bin;
    }
  }
  return range_of(best);
}

}  // namespace mantissa::numerics
