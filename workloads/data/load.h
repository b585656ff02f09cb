// SPDX-License-Identifier: Apache-2.0
// From the description of a data set to the data set: finds the files, checks their checksums,
// reads them, splits off test samples where the set has none of its own.
//
//   const Dataset digits = load(load_data_config("study.yaml"));
//
// A set without test samples is split by split_stratified() with `test_fraction` and `seed`. So are
// the digits: 1438 samples for training and 359 for testing with the defaults.
// Errors: those of errors.h, each with file and place.
#pragma once

#include "workloads/data/config.h"
#include "workloads/data/dataset.h"

namespace mantissa::data {

// `search` counts for a named set without a `root`.
Dataset load(const DataConfig& config, const SearchPath& search = SearchPath::standard());

}  // namespace mantissa::data
