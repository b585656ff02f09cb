// SPDX-License-Identifier: Apache-2.0
#include "arch/interconnect/ring.h"

#include <algorithm>
#include <cmath>

#include "arch/mapper/errors.h"

namespace mantissa::arch {
namespace {

using trace::OpKind;

Femtoseconds latency_of(const LinkConfig& link, const Clock& clock) {
  return link.latency.in_cycles ? clock.time_of(link.latency.cycles) : link.latency.time;
}

// Rounded up to the next cycle or femtosecond.
Femtoseconds transfer_time(std::uint64_t bytes, const LinkConfig& link, const Clock& clock) {
  const double units = static_cast<double>(bytes) / link.bandwidth.bytes;
  if (link.bandwidth.per_cycle)
    return clock.time_of(Cycles(static_cast<std::uint64_t>(std::ceil(units))));
  return Femtoseconds(
      static_cast<std::uint64_t>(std::ceil(units * static_cast<double>(femtoseconds_per_second))));
}

bool point_to_point(OpKind kind) { return kind == OpKind::send || kind == OpKind::recv; }

}  // namespace

CollectiveCost collective_cost(OpKind kind, std::uint64_t bytes, std::uint32_t ranks,
                               std::uint32_t hops, const LinkConfig& link, const Clock& clock) {
  CollectiveCost cost;
  const Femtoseconds latency = latency_of(link, clock);
  if (point_to_point(kind)) {
    cost.time = (latency + transfer_time(bytes, link, clock)) * hops;
    cost.sent_bytes = hops > 0 ? bytes : 0;
    return cost;
  }
  if (ranks < 2) return cost;
  const std::uint64_t steps = ranks - 1;
  const std::uint64_t chunk = ceil_div(bytes, ranks);
  const Femtoseconds step = latency + transfer_time(chunk, link, clock);
  switch (kind) {
    case OpKind::reduce_scatter:
    case OpKind::all_gather:
      cost.time = step * steps;
      cost.sent_bytes = chunk * steps;
      break;
    case OpKind::all_reduce:
    case OpKind::broadcast:
      cost.time = step * (2 * steps);
      cost.sent_bytes = chunk * 2 * steps;
      break;
    case OpKind::all_to_all:
      for (std::uint64_t s = 1; s < ranks; ++s) {
        cost.time += latency + transfer_time(chunk * (ranks - s), link, clock);
        cost.sent_bytes += chunk * (ranks - s);
      }
      break;
    case OpKind::barrier:
      cost.time = latency * (2 * steps);
      break;
    default:
      MANTISSA_CHECK(false, "not a collective");
  }
  return cost;
}

Ring::Ring(const ArchConfig& config, const Clock& clock) : config_(config), clock_(clock) {}

void Ring::reset(std::uint32_t ranks) {
  ranks_ = ranks;
  meetings_.clear();
  counts_.clear();
  sent_bytes_ = 0;
}

LinkConfig Ring::slowest() const {
  const bool crosses_chips = ranks_ > static_cast<std::uint32_t>(config_.cores);
  const bool within_chip = config_.cores > 1;
  if (!crosses_chips) return config_.core_link;
  if (!within_chip) return config_.link;
  const auto step = [&](const LinkConfig& link) {
    return latency_of(link, clock_) + transfer_time(1 << 20, link, clock_);
  };
  return step(config_.link) > step(config_.core_link) ? config_.link : config_.core_link;
}

void Ring::arrive(std::uint32_t rank, const Request& request, Cycles now,
                  std::function<void(Cycles)> done) {
  const bool pair = point_to_point(request.kind);
  if (!pair && request.members != 0 && request.members != static_cast<std::int64_t>(ranks_))
    throw Error(collective_mismatch)
        .say("'" + request.name + "' (" + trace::name(request.kind) + ") is between " +
             std::to_string(request.members) + " ranks")
        .expected("all " + std::to_string(ranks_) + " that run the workload: groups of some of " +
                  "them are not simulated");
  const std::int64_t from = pair ? request.source : -1, to = pair ? request.destination : -1;
  const std::int64_t tag = pair ? request.tag : 0;
  const std::uint64_t number = counts_[{rank, from, to, tag}]++;
  Meeting& meeting = meetings_[{from, to, tag, number}];
  if (meeting.arrived == 0) {
    meeting.request = request;
    meeting.expected = pair && from != to ? 2 : pair ? 1 : ranks_;
  }
  const bool same =
      meeting.request.bytes == request.bytes && (pair || meeting.request.kind == request.kind);
  if (!same)
    throw Error(collective_mismatch)
        .say("rank " + std::to_string(rank) + " reached '" + request.name + "' (" +
             trace::name(request.kind) + ", " + std::to_string(request.bytes) + " bytes)")
        .expected("'" + meeting.request.name + "' (" + trace::name(meeting.request.kind) + ", " +
                  std::to_string(meeting.request.bytes) + " bytes) as on another rank");
  ++meeting.arrived;
  meeting.latest = std::max(meeting.latest, now);
  meeting.done.push_back(std::move(done));
  if (meeting.arrived < meeting.expected) return;

  std::uint32_t hops = 0;
  if (pair) hops = static_cast<std::uint32_t>(((to - from) % ranks_ + ranks_) % ranks_);
  const CollectiveCost cost =
      collective_cost(request.kind, request.bytes, ranks_, hops, slowest(), clock_);
  sent_bytes_ += pair ? cost.sent_bytes * hops : cost.sent_bytes * ranks_;
  const Cycles end = clock_.edge_at_or_after(clock_.time_of(meeting.latest) + cost.time);
  const auto callbacks = std::move(meeting.done);
  meetings_.erase({from, to, tag, number});
  for (const auto& callback : callbacks) callback(end);
}

std::vector<std::string> Ring::unfinished() const {
  std::vector<std::string> names;
  for (const auto& meeting : meetings_)
    names.push_back(meeting.second.request.name + " (" + std::to_string(meeting.second.arrived) +
                    " of " + std::to_string(meeting.second.expected) + " ranks)");
  return names;
}

}  // namespace mantissa::arch
