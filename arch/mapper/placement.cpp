// SPDX-License-Identifier: Apache-2.0
#include "arch/mapper/placement.h"

#include <algorithm>
#include <string>

#include "arch/mapper/errors.h"
#include "base/units.h"

namespace mantissa::arch {
namespace {

using trace::Role;
using trace::TensorId;

struct Lifetime {
  TensorId tensor;
  std::uint64_t bytes;
  std::uint32_t from, to;
  std::uint64_t offset = 0;
};

// Lowest offset in [0, ...) where `wanted` meets none of `taken` that lives at the same time.
std::uint64_t lowest_offset(const Lifetime& wanted, const std::vector<Lifetime>& taken) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> busy;
  for (const Lifetime& other : taken)
    if (other.from <= wanted.to && wanted.from <= other.to)
      busy.emplace_back(other.offset, other.offset + other.bytes);
  std::sort(busy.begin(), busy.end());
  std::uint64_t offset = 0;
  for (const auto& [begin, end] : busy) {
    if (offset + wanted.bytes <= begin) break;
    offset = std::max(offset, end);
  }
  return offset;
}

bool memory_only(const trace::Op& op) {
  switch (trace::spec(op.kind).op_class) {
    case trace::OpClass::collective:
    case trace::OpClass::lookup:
    case trace::OpClass::optimizer:
    case trace::OpClass::generic:
      return true;
    default:
      return false;
  }
}

void find_lifetimes(Plan& plan) {
  const auto& trace = *plan.trace;
  plan.producer.assign(trace.tensors.size(), no_layer);
  plan.last_use.assign(trace.tensors.size(), no_layer);
  std::vector<bool> read(trace.tensors.size(), false);
  for (const auto& op : trace.ops)
    for (TensorId t : op.inputs)
      if (t != trace::no_tensor) read[t] = true;
  plan.results.assign(trace.tensors.size(), {});
  for (const auto& op : trace.ops)
    for (TensorId t : op.outputs)
      if (t != trace::no_tensor && !read[t]) plan.results[plan.storage[t]].push_back(t);
  for (std::uint32_t i = 0; i < plan.layers.size(); ++i) {
    const Layer& layer = plan.layers[i];
    if (layer.view) continue;  // who reads the view reads the storage
    for (TensorId t : layer.reads) plan.last_use[t] = i;
    for (TensorId t : layer.outputs) plan.producer[t] = i;
  }
}

}  // namespace

void place_tensors(Plan& plan, std::uint64_t resident_area, std::uint64_t dram_base,
                   std::uint64_t dram_capacity) {
  const auto& trace = *plan.trace;
  find_lifetimes(plan);

  std::vector<Lifetime> candidates;
  for (TensorId t = 0; t < trace.tensors.size(); ++t) {
    if (plan.storage[t] != t || trace.tensor(t).role != Role::activation) continue;
    if (plan.producer[t] == no_layer || plan.last_use[t] == no_layer) continue;
    if (!plan.results[t].empty()) continue;
    const trace::Op& made_by = trace.ops[plan.layers[plan.producer[t]].head];
    bool memory = memory_only(made_by);
    for (std::uint32_t i = plan.producer[t] + 1; i <= plan.last_use[t]; ++i) {
      const Layer& layer = plan.layers[i];
      if (std::find(layer.reads.begin(), layer.reads.end(), t) != layer.reads.end())
        memory = memory || memory_only(trace.ops[layer.head]);
    }
    if (memory) continue;
    candidates.push_back(
        {t, round_up(plan.bytes(t), place_alignment), plan.producer[t], plan.last_use[t], 0});
  }
  std::sort(candidates.begin(), candidates.end(), [](const Lifetime& a, const Lifetime& b) {
    const auto cost = [](const Lifetime& l) {
      return static_cast<unsigned __int128>(l.bytes) * (l.to - l.from + 1);
    };
    return cost(a) != cost(b) ? cost(a) < cost(b) : a.tensor < b.tensor;
  });
  std::vector<Lifetime> taken;
  for (Lifetime candidate : candidates) {
    candidate.offset = lowest_offset(candidate, taken);
    taken.push_back(candidate);  // fitting or not: offsets must not depend on the capacity
    if (candidate.offset + candidate.bytes > resident_area) continue;
    Place& place = plan.places[candidate.tensor];
    place.resident = true;
    place.local = candidate.offset;
    plan.resident_bytes = std::max(plan.resident_bytes, candidate.offset + candidate.bytes);
  }

  // What lies between two operators of one layer never exists in memory.
  std::vector<bool> exists(trace.tensors.size(), false);
  for (TensorId t = 0; t < trace.tensors.size(); ++t)
    exists[t] = trace.tensor(t).role != Role::activation;
  for (const Layer& layer : plan.layers) {
    for (TensorId t : layer.reads) exists[t] = true;
    for (TensorId t : layer.outputs) exists[t] = true;
  }
  std::uint64_t next = dram_base;
  for (TensorId t = 0; t < trace.tensors.size(); ++t) {
    if (plan.storage[t] != t || !exists[t]) continue;
    Place& place = plan.places[t];
    place.bytes = plan.bytes(t);
    if (place.resident) continue;
    place.dram = next;
    next += round_up(std::max<std::uint64_t>(place.bytes, 1), place_alignment);
  }
  plan.dram_end = next;
  if (next > dram_capacity)
    throw Error(memory_too_small)
        .say("workload '" + trace.name + "' needs " + std::to_string(next - dram_base) +
             " bytes of memory from " + std::to_string(dram_base))
        .expected("at most " + std::to_string(dram_capacity) + " bytes (memory.capacity)")
        .remedy("raise memory.capacity or use a smaller batch");
}

}  // namespace mantissa::arch
