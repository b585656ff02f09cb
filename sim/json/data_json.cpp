// SPDX-License-Identifier: Apache-2.0
#include "sim/json/data_json.h"

namespace mantissa::sim {
namespace {

Json file_json(const data::FileStatus& file) {
  Json out = {{"path", file.path}, {"bytes", nullptr}, {"checksum", nullptr}};
  if (file.bytes) out["bytes"] = *file.bytes;
  if (file.published.known()) {
    out["checksum"] = {{"kind", data::name(file.published.kind)},
                       {"digits", file.published.digits}};
  }
  return out;
}

Json set_json(const data::SetStatus& set) {
  Json out = {
      {"name", set.name},       {"summary", set.summary},          {"state", data::name(set.state)},
      {"shape", set.shape},     {"train_samples", set.train},      {"test_samples", set.test},
      {"classes", set.classes}, {"files", Json::array()},          {"searched", set.searched},
      {"address", set.address}, {"checksums_from", set.sums_from}, {"bayes_error", nullptr},
      {"error", nullptr}};
  for (const auto& file : set.files) out["files"].push_back(file_json(file));
  if (!set.train_counts.empty()) {
    out["train_samples_by_class"] = set.train_counts;
    out["test_samples_by_class"] = set.test_counts;
  }
  if (set.bayes_error) out["bayes_error"] = *set.bayes_error;
  if (set.error) out["error"] = set.error->message();
  return out;
}

}  // namespace

Json to_json(const std::vector<data::SetStatus>& sets, const data::SearchPath& search) {
  Json out = {{"searched", search.folders}, {"datasets", Json::array()}};
  for (const auto& set : sets) out["datasets"].push_back(set_json(set));
  return out;
}

}  // namespace mantissa::sim
