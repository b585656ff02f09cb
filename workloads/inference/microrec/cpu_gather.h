// SPDX-License-Identifier: Apache-2.0
// The baseline on a processor: embedding lookup as well as it can be done on the machine at hand.
// Several threads, each with items of its own; rows copied or summed with AVX-512 or AVX2 where the
// processor has them; rows of items to come are prefetched into the cache.
//
//   CpuGather gather(set, {});                     // tables in fp32, filled from the seed
//   gather.run(rows, items, out);                  // rows: items x set.lookups(), out: items x
//   width measure_gather(gather, {}, 2048, 20).ns_per_item;
//
// What it takes is wall time of this machine, beside published times of others and never mixed up
// with them. `rows` must exist: they are not checked here (index_stream.h makes them so).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "workloads/inference/microrec/index_stream.h"
#include "workloads/inference/microrec/table_set.h"

namespace mantissa::workloads::microrec {

enum class VectorWidth { none, avx2, avx512 };
VectorWidth widest_vectors();  // of this processor
const char* name(VectorWidth width);

struct GatherOptions {
  unsigned threads = 1;
  std::uint64_t ahead = 32;  // rows prefetched before they are read; 0: none
  bool sum = false;          // several rows of a table: summed instead of side by side
  VectorWidth vectors = widest_vectors();
  std::uint64_t seed = 1;
};

// Memory in large pages where the system gives them.
class LargePages {
 public:
  explicit LargePages(std::uint64_t bytes);
  ~LargePages();
  LargePages(const LargePages&) = delete;
  LargePages& operator=(const LargePages&) = delete;
  void* data() const { return data_; }

 private:
  std::uint64_t bytes_;
  void* data_;
};

class CpuGather {
 public:
  CpuGather(const TableSet& set, const GatherOptions& options);

  std::uint64_t width() const { return width_; }  // elements of an item's result
  const TableSet& set() const { return set_; }
  unsigned threads() const { return options_.threads; }
  const float* table(std::size_t index) const { return tables_[index]; }
  std::uint64_t bytes_per_item() const;  // that are read

  void run(const std::uint64_t* rows, std::uint64_t items, float* out) const;

 private:
  struct Read {
    const float* data = nullptr;    // of the table
    std::uint64_t dim = 0, to = 0;  // where in an item's result
    bool adds = false;
    std::uint64_t short_dim = 0;  // 4, 8 or 16: copied without a loop
  };
  void run_some(const std::uint64_t* rows, std::uint64_t begin, std::uint64_t end,
                float* out) const;

  const TableSet set_;
  const GatherOptions options_;
  std::vector<const float*> tables_;
  std::vector<Read> reads_;  // of one item
  std::uint64_t width_ = 0;
  std::unique_ptr<LargePages> memory_;
};

// The median of the repeats, so that a machine that is busy now and then does not matter.
struct GatherTime {
  double ns_per_item = 0, bytes_per_second = 0;
  std::uint64_t checksum = 0;  // of results, so that none is left out
};
GatherTime measure_gather(const CpuGather& gather, const StreamConfig& stream, std::uint64_t batch,
                          std::uint64_t repeats);

// What random access can give: `chains` walks per thread, each of dependent loads, one after the
// other through a random cycle of the cache lines of a region. In bytes (of lines) per second, all
// threads together; the median of `repeats`, each of as many steps.
double chase_pointers(std::uint64_t bytes, unsigned chains, unsigned threads,
                      std::uint64_t steps_per_chain, std::uint64_t repeats);

}  // namespace mantissa::workloads::microrec
