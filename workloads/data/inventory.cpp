// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/inventory.h"

#include <filesystem>

#include "workloads/data/errors.h"
#include "workloads/data/load.h"
#include "workloads/data/synthetic.h"

namespace mantissa::data {
namespace {

constexpr const char* given_sums = "the key sha256 of the configuration";

std::optional<std::uint64_t> size_of(const std::string& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? std::nullopt : std::optional<std::uint64_t>(bytes);
}

SetStatus look_up(const DataConfig& config, const SearchPath& search) {
  const KnownSet& set = known_set(config.name);
  const Location at =
      locate(set, config.root.given() ? SearchPath::root(config.root.text) : search);
  SetStatus out;
  out.name = set.name;
  out.summary = set.summary;
  out.state = at.found() ? SetState::present : SetState::missing;
  out.shape = set.shape;
  out.train = set.train;
  out.test = set.test;
  out.classes = set.classes;
  out.searched = at.searched;
  out.address = set.address;
  out.sums_from = config.sha256.sums.empty() ? set.sums_from : given_sums;
  const SetForm& form = at.found() ? *at.form : set.forms.front();
  for (std::size_t i = 0; i < form.files.size(); ++i) {
    FileStatus file{at.found() ? at.paths[i] : form.files[i].name, {}, form.files[i].published};
    if (i < config.sha256.sums.size()) file.published = config.sha256.sums[i];
    if (at.found()) file.bytes = size_of(file.path);
    out.files.push_back(std::move(file));
  }
  return out;
}

SetStatus describe_synthetic(const DataConfig& config) {
  const auto task = make_task(config);
  SetStatus out;
  for (const auto& [known, name] : config::EnumNames<Known>::names())
    if (known == config.name) out.name = name;
  switch (config.name) {
    case Known::gaussians:
      out.summary = "normal classes around means of equal distance";
      break;
    case Known::stripes:
      out.summary = "alternating normal stripes that no line separates";
      break;
    default:
      out.summary = "a random linear teacher with wrong labels";
      break;
  }
  out.state = SetState::generated;
  out.shape = {task->features()};
  out.train = config.samples.value_or(usual_samples);
  for (std::int64_t c = 0; c < task->classes(); ++c) out.classes.push_back(std::to_string(c));
  out.bayes_error = task->bayes_error();
  return out;
}

SetStatus list_files(const DataConfig& config) {
  SetStatus out;
  out.name = config.path.path;
  for (const auto& [format, name] : config::EnumNames<FileFormat>::names())
    if (format == config.format) out.summary = std::string("files of format ") + name;
  out.state = SetState::present;
  if (!config.sha256.sums.empty()) out.sums_from = given_sums;
  for (const auto* file : {&config.path, &config.labels, &config.test_path, &config.test_labels}) {
    if (!file->given()) continue;
    const std::size_t i = out.files.size();
    const auto& sums = config.sha256.sums;
    out.files.push_back({file->path, size_of(file->path), i < sums.size() ? sums[i] : Checksum()});
  }
  return out;
}

void take_counts(const Dataset& dataset, SetStatus& out) {
  out.shape = dataset.shape;
  out.train = static_cast<std::int64_t>(dataset.train.size());
  out.test = static_cast<std::int64_t>(dataset.test.size());
  out.classes = dataset.classes;
  if (!dataset.classification()) return;
  out.train_counts = dataset.class_counts(dataset.train);
  out.test_counts = dataset.class_counts(dataset.test);
}

}  // namespace

const char* name(SetState state) {
  switch (state) {
    case SetState::missing:
      return "missing";
    case SetState::present:
      return "present";
    case SetState::verified:
      return "verified";
    case SetState::damaged:
      return "damaged";
    case SetState::generated:
      return "generated";
  }
  return "";
}

SetStatus inspect(const DataConfig& config, const SearchPath& search, bool read) {
  SetStatus out = is_synthetic(config.name)    ? describe_synthetic(config)
                  : config.name != Known::none ? look_up(config, search)
                                               : list_files(config);
  if (!read) return out;
  try {
    take_counts(load(config, search), out);
    if (out.state == SetState::present) out.state = SetState::verified;
  } catch (const Error& error) {
    if (&error.kind() != &missing) out.state = SetState::damaged;
    out.error = error;
  }
  return out;
}

std::vector<SetStatus> inventory(const SearchPath& search, bool read) {
  std::vector<SetStatus> out;
  for (const auto& [known, name] : config::EnumNames<Known>::names()) {
    if (known == Known::none) continue;
    DataConfig config;
    config.name = known;
    out.push_back(inspect(config, search, read));
  }
  return out;
}

}  // namespace mantissa::data
