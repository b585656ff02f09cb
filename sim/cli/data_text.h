// SPDX-License-Identifier: Apache-2.0
// What `mantissa data` prints: a table of all data sets, or everything about one.
#pragma once

#include <string>
#include <vector>

#include "sim/cli/console.h"
#include "workloads/data/inventory.h"

namespace mantissa::cli {

std::string datasets_text(const std::vector<data::SetStatus>& sets, const data::SearchPath& search,
                          const Console& console);
std::string dataset_text(const data::SetStatus& set, const Console& console);

}  // namespace mantissa::cli
