// SPDX-License-Identifier: Apache-2.0
#include "arch/engines/embedding/lookup_values.h"

#include <algorithm>

namespace mantissa::arch::embedding {

LookupValues::LookupValues(const Values& values, const EmbeddingConfig& config, std::uint64_t words,
                           std::uint64_t elements)
    : values_(values), elements_(elements), overflows_(config.channels()) {
  if (config.lookup.implementation != Implementation::model)
    twin_ = LookupTwins::make({config, words}, nullptr);
}

void LookupValues::ask(const ValueRead& read, Cycles known, Cycles issue) {
  items_.back().push_back(read);
  if (twin_)
    twin_->ask(read.channel,
               {read.base, read.row, read.bytes, read.words, read.first, read.last, known, issue});
}

std::vector<std::int32_t> LookupValues::finish_item(
    const std::function<LookupChannel&(std::size_t)>& channel,
    const std::function<Cycles(std::size_t)>& end) {
  std::vector<std::int32_t> features(elements_);
  const std::vector<ValueRead> reads = std::move(items_.front());
  items_.pop_front();
  std::vector<const ValueRead*> sums;  // of a channel
  for (std::size_t i = 0; i < reads.size(); ++i) {
    const ValueRead& read = reads[i];
    RowWords words;
    for (std::uint64_t d = 0; d < read.dim; ++d) {
      const std::int32_t element = values_.element(read.table, read.row * read.dim + d);
      std::int32_t& feature = features[read.at + d];
      feature = read.first ? element : values_.sum(feature, element, overflows_[read.channel]);
      words.elements.push_back(element);
      if (read.last) words.sum.push_back(feature);
    }
    if (!twin_) continue;
    words.times = channel(read.channel).take_word_times();
    words.overflows = overflows_[read.channel];
    twin_->answer(read.channel, words);
    if (read.last) sums.push_back(&read);
    if (i + 1 < reads.size() && reads[i + 1].channel == read.channel) continue;
    take_from(read.channel, end(read.channel), sums, features);
    sums.clear();
  }
  return features;
}

// What has left the channel's unit, in place of the model's.
void LookupValues::take_from(std::size_t channel, Cycles end,
                             const std::vector<const ValueRead*>& sums,
                             std::vector<std::int32_t>& features) {
  const auto left = twin_->run(channel, end);
  MANTISSA_CHECK(left.size() == sums.size(), "sums of rows that have not left their unit");
  for (std::size_t s = 0; s < left.size(); ++s) {
    MANTISSA_CHECK(left[s].size() == sums[s]->dim, "a sum of rows of another length");
    std::copy(left[s].begin(), left[s].end(),
              features.begin() + static_cast<std::ptrdiff_t>(sums[s]->at));
  }
}

std::optional<TwinResult> LookupValues::result() const {
  if (!twin_) return std::nullopt;
  return twin_->result();
}

}  // namespace mantissa::arch::embedding
