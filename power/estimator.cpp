// SPDX-License-Identifier: Apache-2.0
#include "power/estimator.h"

#include <fmt/format.h>

#include "power/estimators/inner_product.h"
#include "power/estimators/synthesised.h"
#include "power/technology.h"

namespace mantissa::power {
namespace {

std::map<std::string, std::shared_ptr<const Estimator>>& table() {
  static std::map<std::string, std::shared_ptr<const Estimator>> estimators;
  return estimators;
}

}  // namespace

Registration::Registration(std::shared_ptr<const Estimator> estimator) {
  const std::string kind = estimator->kind();
  MANTISSA_CHECK(table().emplace(kind, std::move(estimator)).second,
                 "two table estimators for kind " + kind);
}

const std::map<std::string, std::shared_ptr<const Estimator>>& table_estimators() {
  return table();
}

EstimatorChain EstimatorChain::standard() {
  EstimatorChain chain;
  chain.sources_.push_back([](const Component& c) -> std::shared_ptr<const Estimator> {
    const auto found = table().find(c.kind);
    return found == table().end() ? nullptr : found->second;
  });
  return chain;
}

EstimatorChain EstimatorChain::of(const Technology& technology) {
  EstimatorChain chain = standard();
  if (!technology.synthesised().empty()) {
    chain.prefer(power::synthesised(technology.synthesised()));
    chain.prefer(synthesised_inner_products(technology.synthesised()));
  }
  return chain;
}

EstimatorChain& EstimatorChain::prefer(EstimatorSource source) {
  sources_.insert(sources_.begin(), std::move(source));
  return *this;
}

std::shared_ptr<const Estimator> EstimatorChain::find(const Component& component) const {
  for (const auto& source : sources_)
    if (auto estimator = source(component)) return estimator;
  std::vector<std::string> kinds;
  for (const auto& [kind, estimator] : table()) kinds.push_back(kind);
  throw Error(unknown_kind)
      .say("component " + component.name)
      .read(component.kind)
      .expected("a kind of component that has an estimator")
      .nearest(nearest_name(component.kind, kinds));
}

std::optional<double> Query::given(const std::string& key) const {
  const auto found = component.attributes.find(key);
  if (found == component.attributes.end()) return std::nullopt;
  return found->second;
}

double Query::attribute(const std::string& key) const {
  if (const auto value = given(key)) return *value;
  throw Error(bad_attribute)
      .say(fmt::format("component {} of kind {}", component.name, component.kind))
      .expected("attribute " + key);
}

double Query::attribute(const std::string& key, double fallback) const {
  return given(key).value_or(fallback);
}

std::string Query::label(const std::string& key) const {
  const auto found = labels.find(key);
  if (found != labels.end()) return found->second;
  throw Error(bad_attribute)
      .say(fmt::format("component {} of kind {}", component.name, component.kind))
      .expected("label " + key);
}

std::string Query::label(const std::string& key, const std::string& fallback) const {
  const auto found = labels.find(key);
  return found == labels.end() ? fallback : found->second;
}

void Query::warn(const std::string& sentence) const {
  if (warnings) warnings->push_back(component.name + ": " + sentence);
}

}  // namespace mantissa::power
