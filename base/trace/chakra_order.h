// SPDX-License-Identifier: Apache-2.0
// Puts the nodes of a Chakra file into an order in which every node follows what it depends on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mantissa::trace::chakra {

// What ordering needs to know of a node; `offset` is its place in the file, for messages.
struct Dependencies {
  std::uint64_t id = 0;
  std::uint64_t offset = 0;
  std::vector<std::uint64_t> parents;  // ids
};

// Positions in `nodes`, parents first and the smallest id first among those that are ready: the
// same for every order of the nodes in the file. Throws chakra_duplicate_id, chakra_missing_parent
// and chakra_cycle, the latter with the ids on one cycle.
std::vector<std::size_t> ordered(const std::vector<Dependencies>& nodes, const std::string& path);

}  // namespace mantissa::trace::chakra
