// SPDX-License-Identifier: Apache-2.0
// The processor's gather against a plain loop, for every width of vectors and any number of
// threads.
#include "workloads/inference/microrec/cpu_gather.h"

#include <gtest/gtest.h>

#include "tests/workloads/inference/microrec/presets.h"

namespace mantissa::workloads::microrec {
namespace {

// Widths around those of vectors, and odd ones.
const TableSet set = tables({{"a", 100, 4},
                             {"b", 50, 16, 3},
                             {"c", 7, 33},
                             {"d", 1, 1, 2},
                             {"e", 300, 8},
                             {"f", 20, 47, 2}});

std::vector<float> plain(const CpuGather& gather, const std::vector<std::uint64_t>& rows,
                         std::uint64_t items, bool sum) {
  std::vector<float> out;
  const std::uint64_t* row = rows.data();
  for (std::uint64_t i = 0; i < items; ++i)
    for (std::size_t t = 0; t < set.tables.size(); ++t) {
      const Table& table = set.tables[t];
      for (std::uint64_t n = 0; n < table.lookups; ++n, ++row)
        for (std::uint64_t d = 0; d < table.dim; ++d) {
          const float x = gather.table(t)[*row * table.dim + d];
          if (sum && n > 0)
            out[out.size() - table.dim + d] += x;
          else
            out.push_back(x);
        }
    }
  return out;
}

TEST(CpuGather, reads_what_a_plain_loop_reads) {
  constexpr std::uint64_t items = 101;
  const auto stream = make_stream({}, set);
  std::vector<std::uint64_t> rows(items * set.lookups());
  for (std::uint64_t i = 0; i < items; ++i) stream->next(rows.data() + i * set.lookups());
  for (const VectorWidth vectors : {VectorWidth::none, VectorWidth::avx2, VectorWidth::avx512}) {
    if (vectors > widest_vectors()) continue;
    for (const bool sum : {false, true})
      for (const unsigned threads : {1u, 3u})
        for (const std::uint64_t ahead : {0u, 5u, 1000u}) {
          GatherOptions options;
          options.vectors = vectors;
          options.sum = sum;
          options.threads = threads;
          options.ahead = ahead;
          const CpuGather gather(set, options);
          std::vector<float> out(items * gather.width(), -1.f);
          gather.run(rows.data(), items, out.data());
          EXPECT_EQ(out, plain(gather, rows, items, sum))
              << name(vectors) << ' ' << sum << ' ' << threads << ' ' << ahead;
        }
  }
}

TEST(CpuGather, counts_the_bytes_that_it_reads) {
  const CpuGather gather(set, {});
  EXPECT_EQ(gather.bytes_per_item(), 4u * (4 + 3 * 16 + 33 + 2 + 8 + 2 * 47));
  const GatherTime time = measure_gather(gather, {}, 64, 5);
  EXPECT_GT(time.ns_per_item, 0);
  EXPECT_GT(time.bytes_per_second, 0);
}

// How fast is the benchmark's business (tests/bench): a test must not depend on the machine.
TEST(PointerChase, walks_with_any_number_of_chains_and_threads) {
  for (const unsigned chains : {1u, 7u, 16u})
    for (const unsigned threads : {1u, 2u})
      EXPECT_GT(chase_pointers(1 << 20, chains, threads, 500, 3), 0);
}

}  // namespace
}  // namespace mantissa::workloads::microrec
