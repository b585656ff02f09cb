// SPDX-License-Identifier: Apache-2.0
// A workload written operator by operator, in the words of the vocabulary (`kind: ops`). The
// language is explained in configs/workload/example_ops.yaml; references and cases as in networks
// (workloads/networks/language.h).
//
// Tensors have the shapes of the vocabulary's rules; attributes are checked against its rows.
// Errors point to the line of the operator or tensor.
#pragma once

#include <cstdint>
#include <string>

#include "base/config/node.h"
#include "base/config/schema.h"
#include "base/trace/graph.h"

namespace mantissa::workloads {

struct OpListConfig {
  std::int64_t version = 1;
  std::string kind = "ops", name, description;
  std::int64_t seed = 1;
  static const config::Schema<OpListConfig>& schema();
};

// The keys of an op list that are sections of the language and not parameters.
const std::vector<std::string>& op_list_sections();

OpListConfig read_op_list_config(const config::Node& document);

// `native` is what the format name `native` stands for. Collectives that state no group are between
// `ranks` ranks.
trace::Trace build_op_list(const config::Node& document, trace::NumberFormat native,
                           std::uint32_t ranks);

}  // namespace mantissa::workloads
