// SPDX-License-Identifier: Apache-2.0
// The shipped tables and engine, for tests.
#pragma once

#include "workloads/inference/microrec/published.h"

namespace mantissa::workloads::microrec {

inline Sources shipped() { return sources_below(std::string(MANTISSA_SOURCE_DIR) + "/configs"); }

inline TableSet tables(const std::vector<Table>& list) { return {"tables", list, {}}; }

template <class Body>
std::string message_of(const Body& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.message();
  }
  return "taken";
}

}  // namespace mantissa::workloads::microrec
