// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/config/kinds.h"
#include "base/faults/supply_voltage.h"
#include "sim/store/quantity.h"

namespace mantissa::sweep {
namespace {

// The constraints that a lookup of parameters alone shows to be violated, joined.
std::string violated_parameters(const Sweep& sweep, const config::Node& resolved) {
  std::string violated;
  for (const auto& constraint : sweep.constraints)
    if (constraint.holds(lookup({}, resolved)) == std::optional<bool>(false))
      violated += (violated.empty() ? "" : "; ") + constraint.text();
  return violated;
}

// Parameters that a constraint names and the configuration does not have.
void check_parameters(const Constraint& constraint, const config::Node& resolved) {
  for (const auto& name : constraint.names()) {
    if (store::find_quantity(name) != nullptr) continue;
    if (!lookup({}, resolved)(name))
      throw Error(unknown_quantity)
          .say("in the constraint '" + constraint.text() + "'")
          .read(name)
          .expected("a quantity that every run yields, or a parameter with a number")
          .nearest(nearest_name(name, store::quantity_names()));
  }
}

// An override says core.matrix.rows; the saved configuration may hold it in a section.
const config::Node* parameter(const config::Node& resolved, const std::string& name) {
  if (!resolved.is_map()) return nullptr;
  const config::Node* node = resolved.find_dotted(name);
  for (const auto& [section, child] : resolved.entries())
    if (node == nullptr && child.is_map()) node = child.find_dotted(name);
  return node;
}

// Throws when nothing in the chips of a campaign ever fails.
void check_campaign(const config::Node& resolved) {
  for (const char* what : {"core.scratchpad.voltage", "core.scratchpad.faults",
                           "core.weight_buffer.voltage", "core.weight_buffer.faults"})
    if (const auto* node = parameter(resolved, what))
      if (!node->is_scalar() || node->text() != "none") return;
  for (const char* rate : {"core.matrix.register_error_rate", "core.accumulator.error_rate"}) {
    const auto value = lookup({}, resolved)(rate);
    if (value && value->value > 0) return;
  }
  throw Error(bad_campaign)
      .say("nothing can fail in these chips, so all of them are alike")
      .expected("campaign.voltages, or an architecture with a voltage, faults or error rates");
}

// In the worker. Answers are JSON: {hash, violated} or {error}.
std::string check_job(const Sweep& sweep, const PointFunctions& functions,
                      const sim::PointRequest& request) {
  nlohmann::json answer;
  try {
    const PointPlan plan = functions.check(request);
    answer["hash"] = plan.hash;
    answer["violated"] = "";
    if (!sweep.constraints.empty() || sweep.config.campaign) {
      const auto resolved = config::read_text(plan.resolved_yaml, "config.yaml");
      if (sweep.config.campaign) check_campaign(resolved);
      for (const auto& constraint : sweep.constraints) check_parameters(constraint, resolved);
      answer["violated"] = violated_parameters(sweep, resolved);
    }
  } catch (const Error& error) {
    answer = {{"error", error.message()}, {"kind", error.kind().id()}};
  }
  return answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// The message of a point's Error, said of the sweep.
Error refused(const Sweep& sweep, std::size_t position, std::size_t count,
              const sim::PointRequest& request, const std::string& message,
              const std::string& kind) {
  const auto kinds = ErrorKind::all();
  const auto found =
      std::find_if(kinds.begin(), kinds.end(), [&](const ErrorKind* k) { return k->id() == kind; });
  const std::string tail = " [" + kind + "]";
  std::string text = message;
  if (text.size() > tail.size() && text.compare(text.size() - tail.size(), tail.size(), tail) == 0)
    text.resize(text.size() - tail.size());
  return Error(found == kinds.end() ? bad_sweep : **found)
      .at(sweep.file)
      .say(fmt::format("point {} of {}, {}: {}", position + 1, count, describe(request), text));
}

bool has_overrides(const sim::PointRequest& request, const Settings& settings) {
  return std::all_of(settings.items.begin(), settings.items.end(), [&](const Setting& setting) {
    return std::find(request.overrides.begin(), request.overrides.end(), setting.text()) !=
           request.overrides.end();
  });
}

std::vector<store::PublishedRow> match_published(const Sweep& sweep,
                                                 const std::vector<sim::PointRequest>& points) {
  std::vector<store::PublishedRow> rows;
  for (const auto& p : sweep.config.published) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < points.size(); ++i)
      if (points[i].arch == p.arch && points[i].workload == p.workload &&
          has_overrides(points[i], p.set))
        found.push_back(i);
    if (found.size() != 1)
      throw Error(unmatched_published)
          .at(p.quantity.place)
          .say(fmt::format("the published {} of {} on {} fits {} points", p.quantity.text, p.arch,
                           p.workload, found.size()))
          .expected("exactly one; `set` can tell points apart");
    rows.push_back({sweep.name, found[0], store::find_quantity(p.quantity.text)->column,
                    parse_measure(p.value.text)->value, p.method, p.source});
    // Stored in the column's unit, which only for W differs from the measure's base.
    rows.back().value /= measure(1, store::find_quantity(p.quantity.text)->unit)->value;
  }
  return rows;
}

}  // namespace

std::string describe(const sim::PointRequest& request) {
  std::string text = request.arch + " on " + request.workload;
  for (std::size_t i = 0; i < request.overrides.size(); ++i)
    text += (i ? ", " : " with ") + request.overrides[i];
  return text;
}

Constraint::Lookup lookup(const std::map<std::string, double>& metrics,
                          const config::Node& resolved) {
  return [&metrics, &resolved](const std::string& name) -> std::optional<Measure> {
    if (const auto* quantity = store::find_quantity(name)) {
      const auto found = metrics.find(quantity->column);
      if (found == metrics.end()) return std::nullopt;
      return measure(found->second, quantity->unit);
    }
    const config::Node* node = parameter(resolved, name);
    if (node == nullptr || !node->is_scalar()) return std::nullopt;
    return parse_measure(node->text());
  };
}

std::optional<Plan> make_plan(const Sweep& sweep, const SweepOptions& options,
                              const PointFunctions& functions, StopSignals& stop) {
  Plan plan;
  plan.requests = expand(sweep);
  const std::size_t count = plan.requests.size();
  plan.published = match_published(sweep, plan.requests);

  std::vector<Reply> replies(count);
  std::vector<std::uint64_t> tasks(count);
  for (std::size_t i = 0; i < count; ++i) tasks[i] = i;
  std::uint64_t done = 0;
  {
    std::optional<WorkerPool::Seconds> limit;
    if (options.seconds_per_point) limit = WorkerPool::Seconds(*options.seconds_per_point);
    WorkerPool pool(
        options.workers,
        [&](std::uint64_t task) { return check_job(sweep, functions, plan.requests[task]); },
        limit);
    const bool finished = pool.run(tasks, stop, [&](const Reply& reply) {
      replies[reply.task] = reply;
      if (options.progress) options.progress("checking", ++done, count, 0);
    });
    if (!finished) return std::nullopt;
  }

  std::map<std::string, std::size_t> group_of;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& request = plan.requests[i];
    store::PointRow row;
    row.sweep = sweep.name;
    row.position = i;
    row.arch = request.arch;
    row.workload = request.workload;
    row.overrides = request.overrides;
    row.fidelity = sweep.config.fidelity;
    if (replies[i].lost) {
      row.status = store::Status::failed;
      row.message = "while its configuration was read, " + replies[i].text;
    } else {
      const auto answer = nlohmann::json::parse(replies[i].text);
      if (answer.contains("error")) {
        const std::string kind = answer["kind"], message = answer["error"];
        // No design is excluded by a vmin that is missing: the campaign would test nothing.
        const bool no_vmin = sweep.config.campaign &&
                             message.find(faults::SupplyVoltage::needs_vmin) != std::string::npos;
        if (kind != config::broken_constraint.id() || no_vmin)
          throw refused(sweep, i, count, request, message, kind);
        row.status = store::Status::infeasible;
        row.message = message;
      } else {
        row.hash = answer["hash"];
        row.violated = answer["violated"];
        if (!row.violated.empty()) {
          row.status = store::Status::infeasible;
          row.message = "excluded by " + row.violated;
        }
      }
    }
    row.feasible = row.status == store::Status::pending;
    if (row.status == store::Status::pending) {
      const auto [group, is_new] = group_of.emplace(row.hash, plan.groups.size());
      if (is_new) plan.groups.emplace_back();
      plan.groups[group->second].push_back(i);
    }
    plan.rows.push_back(std::move(row));
  }
  return plan;
}

}  // namespace mantissa::sweep
