// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/dataset.h"

#include <algorithm>
#include <iterator>

#include "workloads/data/errors.h"

namespace mantissa::data {
namespace {

std::string text(const Shape& shape) {
  std::string out;
  for (const std::int64_t extent : shape) out += (out.empty() ? "" : "x") + std::to_string(extent);
  return out.empty() ? "scalar" : out;
}

std::string kind(const Dataset& d) {
  const bool bytes = std::holds_alternative<std::vector<std::uint8_t>>(d.features);
  return std::string(bytes ? "bytes" : "numbers") + " of shape " + text(d.shape) +
         (d.classification() ? " with labels" : " with targets");
}

template <class T>
void move_to_end(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

void Dataset::copy(std::int64_t sample, float* to) const {
  const std::int64_t n = sample_size();
  std::visit(
      [&](const auto& values) {
        const auto* from = values.data() + sample * n;
        for (std::int64_t i = 0; i < n; ++i) to[i] = static_cast<float>(from[i]) / full_scale;
      },
      features);
}

std::vector<std::int64_t> Dataset::class_counts(const std::vector<std::int64_t>& samples) const {
  std::vector<std::int64_t> counts(classes.size());
  for (const std::int64_t s : samples)
    ++counts[static_cast<std::size_t>(labels[static_cast<std::size_t>(s)])];
  return counts;
}

void append(Dataset& to, Dataset more, const std::string& more_from) {
  if (to.shape != more.shape || to.features.index() != more.features.index() ||
      to.classification() != more.classification()) {
    throw Error(mismatch)
        .at(more_from)
        .read(kind(more))
        .expected(kind(to) + ", as the samples before");
  }
  std::visit(
      [&](auto& values) {
        move_to_end(values, std::get<std::decay_t<decltype(values)>>(more.features));
      },
      to.features);
  move_to_end(to.labels, more.labels);
  move_to_end(to.targets, more.targets);
  move_to_end(to.sources, more.sources);
  if (more.classes.size() > to.classes.size()) to.classes = std::move(more.classes);
}

void check(const Dataset& d) {
  MANTISSA_CHECK(d.labels.empty() || d.targets.empty(), "labels and targets at once");
  const auto values = std::visit([](const auto& v) { return std::int64_t(v.size()); }, d.features);
  MANTISSA_CHECK(values == d.size() * d.sample_size(), "features of another number of samples");
  for (const std::int64_t label : d.labels)
    MANTISSA_CHECK(label >= 0 && label < std::int64_t(d.classes.size()), "label of no class");
  std::vector<bool> used(static_cast<std::size_t>(d.size()));
  for (const auto* part : {&d.train, &d.test}) {
    for (const std::int64_t s : *part) {
      MANTISSA_CHECK(s >= 0 && s < d.size(), "a part with samples that are not there");
      MANTISSA_CHECK(!used[static_cast<std::size_t>(s)], "a sample in both parts, or twice");
      used[static_cast<std::size_t>(s)] = true;
    }
  }
}

}  // namespace mantissa::data
