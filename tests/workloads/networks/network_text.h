// SPDX-License-Identifier: Apache-2.0
// Small networks for tests: the fixed head of a document, and its trace.
#pragma once

#include <string>

#include "base/trace/vocabulary.h"
#include "workloads/networks/network.h"

namespace mantissa::workloads {

inline config::Node document(const std::string& rest) {
  return config::read_text("kind: network\nversion: 1\n" + rest, "net.yaml");
}

inline trace::Trace built(const std::string& rest,
                          trace::NumberFormat format = trace::NumberFormat::int8,
                          std::int64_t batch = 1) {
  return Network(document(rest)).build(format, 0, batch, 0);
}

// The kinds of a trace's operators, in order.
inline std::string kinds(const trace::Trace& trace) {
  std::string text;
  for (const trace::Op& op : trace.ops) {
    text += std::string(text.empty() ? "" : " ") + trace::name(op.kind);
  }
  return text;
}

}  // namespace mantissa::workloads
