// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/subjects.h"

#include "arch/chip/config.h"
#include "arch/units/matrix_model.h"
#include "base/config/parameter_info.h"
#include "base/trace/vocabulary.h"
#include "memory/dram/config.h"
#include "memory/registry.h"
#include "power/estimator.h"
#include "power/technology_config.h"
#include "sim/json/dram_json.h"
#include "sim/json/fields.h"
#include "sim/sram/spec.h"
#include "sim/study/executor_module.h"
#include "sim/sweep/sweep.h"
#include "workloads/data/config.h"
#include "workloads/networks/layers.h"
#include "workloads/study/experiment.h"
#include "workloads/workload.h"

namespace mantissa::cli {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void add_parameters(std::vector<Subject>& out, const std::string& topic, const std::string& prefix,
                    const std::vector<config::ParameterInfo>& parameters) {
  for (const auto& [path, info] : config::flatten(parameters)) {
    Subject subject{prefix + path, topic, info->doc, {{"type", info->type}}};
    if (info->required)
      subject.facts.emplace_back("default", required_text);
    else if (!info->fallback.empty())
      subject.facts.emplace_back("default", info->fallback);
    if (!info->range_text.empty()) subject.facts.emplace_back("range", info->range_text);
    if (!info->choices.empty()) subject.facts.emplace_back("choices", joined(info->choices));
    if (!info->units.empty()) subject.facts.emplace_back("units", joined(info->units));
    out.push_back(std::move(subject));
  }
}

void add_statistics(std::vector<Subject>& out) {
  for (const auto& field : sim::result_fields()) {
    Subject subject{field.path, "statistic", field.doc, {{"type", sim::name(field.type)}}};
    if (*field.unit) subject.facts.emplace_back("unit", field.unit);
    out.push_back(std::move(subject));
  }
}

// Parameters of `mantissa dram` under dram., fields of its JSON under dram_result.
void add_dram(std::vector<Subject>& out) {
  add_parameters(out, "DRAM", "dram.", memory::dram::DramConfig::schema().parameters());
  for (const auto& field : sim::dram_fields()) {
    Subject subject{std::string("dram_result.") + field.path,
                    "statistic of a DRAM",
                    field.doc,
                    {{"type", sim::name(field.type)}}};
    if (*field.unit) subject.facts.emplace_back("unit", field.unit);
    out.push_back(std::move(subject));
  }
}

void add_errors(std::vector<Subject>& out) {
  for (const ErrorKind* kind : ErrorKind::all())
    out.push_back({kind->id(),
                   "error",
                   kind->meaning(),
                   {{"exit code", std::to_string(static_cast<int>(kind->exit()))}}});
}

std::string operands(const std::vector<trace::OperandSpec>& specs) {
  std::vector<std::string> words;
  for (const auto& spec : specs)
    words.push_back(std::string(spec.name) + (spec.variadic ? "..." : spec.optional ? "?" : ""));
  return joined(words);
}

void add_operators(std::vector<Subject>& out) {
  for (const auto& spec : trace::vocabulary()) {
    Subject subject{spec.name,
                    "operator",
                    spec.doc,
                    {{"inputs", operands(spec.inputs)}, {"outputs", operands(spec.outputs)}}};
    for (const auto& attribute : spec.attributes)
      subject.facts.emplace_back(attribute.name, attribute.doc);
    out.push_back(std::move(subject));
  }
}

void add_components(std::vector<Subject>& out) {
  for (const auto& model : arch::matrix_models())
    out.push_back({model, "component", "Matrix unit: core.matrix.model picks it.", {}});
  for (const auto& model : memory::memory_models())
    out.push_back({model, "component", "Memory: memory.model picks it.", {}});
  for (const auto& [kind, estimator] : power::table_estimators())
    out.push_back({kind,
                   "component",
                   "Part of a chip that prices exist for.",
                   {{"attributes", joined(estimator->attributes())},
                    {"labels", joined(estimator->labels())}}});
}

// What every workload file may say, what the shipped ones let the user choose, and the layer types
// that networks are written in.
void add_workloads(std::vector<Subject>& out) {
  add_parameters(out, "workload", "workload.", workloads::workload_parameters());
  for (const auto& layer : workloads::layer_types()) {
    out.push_back({layer.name, "layer", layer.doc, {}});
    add_parameters(out, "layer parameter", layer.name + ".", layer.parameters);
  }
}

void add_experiments(std::vector<Subject>& out) {
  for (const auto* e : workloads::experiments()) {
    out.push_back({e->name, "experiment", e->doc, {}});
    add_parameters(out, "parameter of an experiment", e->name + ".", e->parameters);
  }
}

std::vector<Subject> collect() {
  std::vector<Subject> out;
  add_parameters(out, "architecture", "", arch::ArchConfig::schema().parameters());
  add_parameters(out, "technology", "", power::TechnologyConfig::schema().parameters());
  add_dram(out);
  add_workloads(out);
  add_parameters(out, "sweep", "", sweep::SweepConfig::schema().parameters());
  add_parameters(out, "sram", "sram.", sim::SramSpec::schema().parameters());
  add_parameters(out, "data set", "data.", data::DataConfig::schema().parameters());
  add_parameters(out, "study", "study.", workloads::StudyConfig::schema().parameters());
  add_experiments(out);
  add_statistics(out);
  add_errors(out);
  add_operators(out);
  add_components(out);
  return out;
}

std::vector<Subject>& all_subjects() {
  static auto all = collect();
  return all;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

const std::vector<Subject>& subjects() { return all_subjects(); }

bool add_subjects_of_executor() {
  if (!sim::try_load_executor()) return false;
  const std::size_t before = all_subjects().size();
  all_subjects() = collect();
  return all_subjects().size() > before;
}

std::vector<const Subject*> find_subjects(const std::string& key) {
  std::vector<const Subject*> exact, suffix;
  for (const auto& subject : subjects()) {
    if (subject.key == key) exact.push_back(&subject);
    if (ends_with(subject.key, "." + key)) suffix.push_back(&subject);
  }
  return exact.empty() ? suffix : exact;
}

}  // namespace mantissa::cli
