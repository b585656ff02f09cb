// SPDX-License-Identifier: Apache-2.0
// Which rows items ask for: streams of row numbers, one per table, each reproducible from its seed.
//
//   uniform      every row alike
//   zipf         the row of rank r with a probability proportional to 1 / r^exponent
//   production   by how often a row is used in a stream of `accesses`: the published histogram of
//                production reuse, shares of accesses to rows used at most 1, 2, 4, ..., 32768
//                times, and more; every row of a bin is used as often as the middle of its bin
//                says, the order is random
//   file         one line per item, row numbers table by table, separated by blanks or commas; read
//                from the start again when it ends
//
// Ranks are spread over the table, so that rows used alike are no neighbours.
//
//   const auto items = make_stream({StreamKind::zipf, 1.05, 7}, set);
//   std::vector<std::uint64_t> rows(set.lookups());
//   items->next(rows.data());                    // row numbers of one item, table by table
//
// Errors: microrec.stream-file; embedding.index when a file asks for a row that is not there.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "workloads/inference/microrec/table_set.h"

namespace mantissa::workloads::microrec {

enum class StreamKind { uniform, zipf, production, file };

struct StreamConfig {
  StreamKind kind = StreamKind::uniform;
  double exponent = 1.0;  // zipf
  std::int64_t seed = 1;
  std::int64_t accesses = 1 << 20;  // production: of each table, then the stream repeats
  std::string path;                 // file
  static const config::Schema<StreamConfig>& schema();
};

// Share of accesses that go to rows used at most 1, 2, 4, ..., 32768 times, and more often.
constexpr std::array<double, 17> production_reuse = {.069, .044, .068, .101, .121, .104,
                                                     .073, .058, .052, .050, .049, .048,
                                                     .048, .043, .038, .026, .020};

class ItemStream {
 public:
  virtual ~ItemStream() = default;
  virtual void next(std::uint64_t* rows) = 0;
};

std::unique_ptr<ItemStream> make_stream(const StreamConfig& config, const TableSet& set);

}  // namespace mantissa::workloads::microrec

namespace mantissa::config {
template <>
struct EnumNames<workloads::microrec::StreamKind> {
  static const std::vector<std::pair<workloads::microrec::StreamKind, const char*>>& names();
};
}  // namespace mantissa::config
