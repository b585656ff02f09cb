// SPDX-License-Identifier: Apache-2.0
// Training and test samples of a data set that comes without a split of its own.
//
// Stratified: the samples of every class are shuffled, and the first `fraction` of them, rounded to
// the nearest number, are for testing, so both parts have the classes in the same proportions.
// Targets count as one class. Both parts are in the order of the data set. The choice depends on
// the labels, the fraction and the seed alone.
#pragma once

#include "workloads/data/dataset.h"

namespace mantissa::data {

// fraction in [0, 1).
void split_stratified(Dataset& dataset, double fraction, std::uint64_t seed);

// The first samples for training, the others for testing.
void split_at(Dataset& dataset, std::int64_t train);

// A permutation of 0 to n - 1, by Fisher and Yates; depends on n, the seed and the stream's name.
std::vector<std::int64_t> shuffled(std::int64_t n, std::uint64_t seed, const std::string& stream);

}  // namespace mantissa::data
