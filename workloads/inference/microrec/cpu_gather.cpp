// SPDX-License-Identifier: Apache-2.0
#include "workloads/inference/microrec/cpu_gather.h"

#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>
#include <numeric>
#include <thread>

#include "base/numerics/random_fill.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace mantissa::workloads::microrec {
namespace {

constexpr std::uint64_t line = 64;  // bytes

// The usual short rows, which lie within a cache line: no loop and no call.
template <std::uint64_t count>
inline void copy_fixed(const float* from, float* to) {
  std::memcpy(to, from, count * sizeof(float));
}

// Copies `count` elements, or adds them to what is there.
using Kernel = void (*)(const float* from, std::uint64_t count, float* to);

void copy_plain(const float* from, std::uint64_t count, float* to) {
  std::memcpy(to, from, count * sizeof(float));
}
void add_plain(const float* from, std::uint64_t count, float* to) {
  for (std::uint64_t i = 0; i < count; ++i) to[i] += from[i];
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void copy_avx2(const float* from, std::uint64_t count, float* to) {
  std::uint64_t i = 0;
  for (; i + 8 <= count; i += 8) _mm256_storeu_ps(to + i, _mm256_loadu_ps(from + i));
  for (; i + 4 <= count; i += 4) _mm_storeu_ps(to + i, _mm_loadu_ps(from + i));
  for (; i < count; ++i) to[i] = from[i];
}
__attribute__((target("avx2"))) void add_avx2(const float* from, std::uint64_t count, float* to) {
  std::uint64_t i = 0;
  for (; i + 8 <= count; i += 8)
    _mm256_storeu_ps(to + i, _mm256_add_ps(_mm256_loadu_ps(to + i), _mm256_loadu_ps(from + i)));
  for (; i < count; ++i) to[i] += from[i];
}
__attribute__((target("avx512f"))) void copy_avx512(const float* from, std::uint64_t count,
                                                    float* to) {
  std::uint64_t i = 0;
  for (; i + 16 <= count; i += 16) _mm512_storeu_ps(to + i, _mm512_loadu_ps(from + i));
  if (i == count) return;
  const auto rest = static_cast<__mmask16>((1u << (count - i)) - 1);
  _mm512_mask_storeu_ps(to + i, rest, _mm512_maskz_loadu_ps(rest, from + i));
}
__attribute__((target("avx512f"))) void add_avx512(const float* from, std::uint64_t count,
                                                   float* to) {
  std::uint64_t i = 0;
  for (; i < count; i += 16) {
    const auto left = std::min<std::uint64_t>(16, count - i);
    const auto lanes = static_cast<__mmask16>((1u << left) - 1);
    _mm512_mask_storeu_ps(to + i, lanes,
                          _mm512_add_ps(_mm512_maskz_loadu_ps(lanes, to + i),
                                        _mm512_maskz_loadu_ps(lanes, from + i)));
  }
}
#endif

struct Kernels {
  Kernel copy = copy_plain, add = add_plain;
};
Kernels kernels(VectorWidth width) {
#if defined(__x86_64__)
  if (width == VectorWidth::avx512) return {copy_avx512, add_avx512};
  if (width == VectorWidth::avx2) return {copy_avx2, add_avx2};
#endif
  static_cast<void>(width);
  return {};
}

// Equal shares of [0, count), each on a thread of its own; the last one on the caller's.
template <class Body>
void in_parallel(unsigned threads, std::uint64_t count, const Body& body) {
  std::vector<std::thread> others;
  for (unsigned t = 0; t + 1 < threads; ++t)
    others.emplace_back([&, t] { body(count * t / threads, count * (t + 1) / threads); });
  body(count * (threads - 1) / threads, count);
  for (std::thread& other : others) other.join();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

VectorWidth widest_vectors() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return VectorWidth::avx512;
  if (__builtin_cpu_supports("avx2")) return VectorWidth::avx2;
#endif
  return VectorWidth::none;
}
const char* name(VectorWidth width) {
  return width == VectorWidth::avx512 ? "AVX-512" : width == VectorWidth::avx2 ? "AVX2" : "none";
}

LargePages::LargePages(std::uint64_t bytes)
    : bytes_(round_up(std::max<std::uint64_t>(bytes, 1), 2u << 20)) {
  data_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data_ == MAP_FAILED) throw std::bad_alloc();
  madvise(data_, bytes_, MADV_HUGEPAGE);  // a wish: small pages are slower and as right
}
LargePages::~LargePages() { munmap(data_, bytes_); }

CpuGather::CpuGather(const TableSet& set, const GatherOptions& options)
    : set_(set), options_(options) {
  MANTISSA_CHECK(options.threads > 0, "a gather without threads");
  std::uint64_t elements = 0;
  for (const Table& table : set_.tables) elements += round_up(table.elements(), line / 4);
  memory_ = std::make_unique<LargePages>(elements * sizeof(float));
  float* at = static_cast<float*>(memory_->data());
  for (const Table& table : set_.tables) {
    tables_.push_back(at);
    for (std::uint64_t n = 0; n < table.lookups; ++n) {
      const bool adds = options.sum && n > 0;
      const bool is_short = !adds && (table.dim == 4 || table.dim == 8 || table.dim == 16);
      reads_.push_back(
          {at, table.dim, adds ? width_ - table.dim : width_, adds, is_short ? table.dim : 0});
      width_ += adds ? 0 : table.dim;
    }
    const numerics::RandomStream values(options.seed, table.name);
    in_parallel(options.threads, table.elements(), [&](std::uint64_t begin, std::uint64_t end) {
      for (std::uint64_t i = begin; i < end; ++i) at[i] = values.real(i);
    });
    at += round_up(table.elements(), line / 4);
  }
}

std::uint64_t CpuGather::bytes_per_item() const {
  std::uint64_t bytes = 0;
  for (const Table& table : set_.tables) bytes += table.lookups * table.dim * sizeof(float);
  return bytes;
}

void CpuGather::run(const std::uint64_t* rows, std::uint64_t items, float* out) const {
  in_parallel(options_.threads, items,
              [&](std::uint64_t begin, std::uint64_t end) { run_some(rows, begin, end, out); });
}

void CpuGather::run_some(const std::uint64_t* rows, std::uint64_t begin, std::uint64_t end,
                         float* out) const {
  const Kernels kernel = kernels(options_.vectors);
  const Read* const first = reads_.data();
  const Read* const past = first + reads_.size();
  const std::uint64_t count = (end - begin) * reads_.size();
  const std::uint64_t* row = rows + begin * reads_.size();
  const std::uint64_t* coming = row;  // prefetched next
  const Read* read = first;
  const Read* coming_read = first;
  float* to = out + begin * width_;
  // Both inlined: every instruction between two prefetches is one row less in flight, and g++ drops
  // calls of what does nothing but prefetch.
  const auto prefetch = [&]() __attribute__((always_inline)) {
    const auto* const from =
        reinterpret_cast<const char*>(coming_read->data + *coming++ * coming_read->dim);
    __builtin_prefetch(from);
    if (coming_read->short_dim == 0)
      for (std::uint64_t byte = line; byte < coming_read->dim * sizeof(float); byte += line)
        __builtin_prefetch(from + byte);
    if (++coming_read == past) coming_read = first;
  };
  const auto take = [&]() __attribute__((always_inline)) {
    const float* const from = read->data + *row++ * read->dim;
    switch (read->short_dim) {
      case 16:
        copy_fixed<16>(from, to + read->to);
        break;
      case 8:
        copy_fixed<8>(from, to + read->to);
        break;
      case 4:
        copy_fixed<4>(from, to + read->to);
        break;
      default:
        (read->adds ? kernel.add : kernel.copy)(from, read->dim, to + read->to);
    }
    if (++read == past) {
      read = first;
      to += width_;
    }
  };
  const std::uint64_t ahead = std::min(options_.ahead, count);
  for (std::uint64_t i = 0; i < ahead; ++i) prefetch();
  if (ahead > 0)
    for (std::uint64_t i = ahead; i < count; ++i) {
      prefetch();
      take();
    }
  const std::uint64_t* const last = rows + end * reads_.size();
  while (row != last) take();
}

GatherTime measure_gather(const CpuGather& gather, const StreamConfig& stream, std::uint64_t batch,
                          std::uint64_t repeats) {
  const auto items = make_stream(stream, gather.set());
  const std::uint64_t lookups = gather.set().lookups();
  std::vector<std::uint64_t> rows(batch * lookups);
  // Whole pages: a store of a vector that crosses a cache line takes twice as long.
  const std::uint64_t elements = batch * gather.width();
  const LargePages pages(elements * sizeof(float));
  float* const out = static_cast<float*>(pages.data());
  std::vector<double> seconds;
  GatherTime time;
  for (std::uint64_t r = 0; r < repeats; ++r) {
    // New rows every time: those of the batch before are in the caches.
    for (std::uint64_t i = 0; i < batch; ++i) items->next(rows.data() + i * lookups);
    const auto begin = std::chrono::steady_clock::now();
    gather.run(rows.data(), batch, out);
    seconds.push_back(seconds_since(begin));
    std::uint32_t bits = 0;
    std::memcpy(&bits, &out[(r * 97) % elements], sizeof bits);
    time.checksum = numerics::mix_bits(time.checksum + bits);
  }
  const double each = median(seconds) / static_cast<double>(batch);
  time.ns_per_item = each * 1e9;
  time.bytes_per_second = static_cast<double>(gather.bytes_per_item()) / each;
  return time;
}

double chase_pointers(std::uint64_t bytes, unsigned chains, unsigned threads,
                      std::uint64_t steps_per_chain, std::uint64_t repeats) {
  const std::uint64_t lines = bytes / line;
  const LargePages memory(lines * line);
  auto* const next = static_cast<std::uint64_t*>(memory.data());
  // One cycle through all lines: a random order (Fisher, Yates), each line naming the next.
  std::vector<std::uint32_t> order(lines);
  std::iota(order.begin(), order.end(), 0u);
  const numerics::RandomStream random(1, "chase");
  for (std::uint64_t i = lines - 1; i > 0; --i)
    std::swap(
        order[i],
        order[static_cast<std::uint64_t>(random.integer(i, 0, static_cast<std::int64_t>(i)))]);
  constexpr std::uint64_t stride = line / sizeof(std::uint64_t);
  for (std::uint64_t i = 0; i < lines; ++i)
    next[order[i] * stride] = order[(i + 1) % lines] * stride;

  std::vector<std::uint64_t> at(threads * chains);
  for (std::uint64_t c = 0; c < at.size(); ++c) at[c] = order[c * lines / at.size()] * stride;
  std::vector<double> seconds;
  for (std::uint64_t r = 0; r < repeats; ++r) {
    const auto begin = std::chrono::steady_clock::now();
    in_parallel(threads, threads, [&](std::uint64_t thread, std::uint64_t) {
      std::vector<std::uint64_t> own(
          at.begin() + static_cast<std::ptrdiff_t>(thread * chains),
          at.begin() + static_cast<std::ptrdiff_t>((thread + 1) * chains));
      for (std::uint64_t s = 0; s < steps_per_chain; ++s)
        for (std::uint64_t& where : own) where = next[where];
      std::copy(own.begin(), own.end(), at.begin() + static_cast<std::ptrdiff_t>(thread * chains));
    });
    seconds.push_back(seconds_since(begin));
  }
  MANTISSA_CHECK(
      std::all_of(at.begin(), at.end(), [&](std::uint64_t a) { return a % stride == 0; }),
      "a walk left the cache lines");
  return static_cast<double>(steps_per_chain * at.size() * line) / median(seconds);
}

}  // namespace mantissa::workloads::microrec
