// SPDX-License-Identifier: Apache-2.0
// Where prices come from: an ordered chain of sources, the first that knows the component wins.
//
// A source is a function of a component; it answers with an estimator or with null, "not mine". The
// standard chain holds the table estimators, one per kind, registered by name (power/estimators).
// Sources of better figures (synthesis results) are put in front with EstimatorChain::prefer.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "power/component.h"
#include "power/price.h"

namespace mantissa::power {

class Technology;

inline const ErrorKind unknown_kind{"power.unknown-kind", ExitCode::bad_input,
                                    "No estimator knows this kind of component."};
inline const ErrorKind unknown_action{"power.unknown-action", ExitCode::bad_input,
                                      "The estimator of this kind has no price for the action."};
inline const ErrorKind bad_attribute{
    "power.bad-attribute", ExitCode::bad_input,
    "An attribute or label of a component is unknown, missing or out of range."};

// What an estimator may ask: the component, with an action's labels laid over its own, and the
// technology. `warn` collects sentences for the report.
struct Query {
  const Component& component;
  const Technology& technology;
  std::map<std::string, std::string> labels;
  std::vector<std::string>* warnings = nullptr;

  double attribute(const std::string& key) const;  // required
  double attribute(const std::string& key, double fallback) const;
  std::optional<double> given(const std::string& key) const;
  std::string label(const std::string& key) const;  // required
  std::string label(const std::string& key, const std::string& fallback) const;
  void warn(const std::string& sentence) const;
};

class Estimator {
 public:
  virtual ~Estimator() = default;
  virtual std::string kind() const = 0;
  virtual std::vector<std::string> attributes() const = 0;
  // Of these; all others are above zero.
  virtual std::vector<std::string> may_be_zero() const { return {}; }
  virtual std::vector<std::string> labels() const { return {}; }
  virtual std::vector<std::string> actions(const Technology& technology) const = 0;

  // Of one action, in pJ. `action` is one of actions().
  virtual Price energy(const Query& query, const std::string& action) const = 0;
  // Of one instance, in um2; none for what is not on the die or not known.
  virtual std::optional<Price> area(const Query& query) const = 0;
  // Of one instance, in W, whether it works or not; none for what draws nothing.
  virtual std::optional<Price> static_power(const Query& query) const = 0;
  virtual std::string static_action() const { return "leakage"; }
};

using EstimatorSource = std::function<std::shared_ptr<const Estimator>(const Component&)>;

class EstimatorChain {
 public:
  static EstimatorChain standard();                        // the table estimators alone
  static EstimatorChain of(const Technology& technology);  // behind what it prefers
  EstimatorChain& prefer(EstimatorSource source);          // asked before all present ones
  std::shared_ptr<const Estimator> find(const Component& component) const;  // throws unknown_kind

 private:
  std::vector<EstimatorSource> sources_;
};

// One table estimator per kind; `static const Registration r{std::make_shared<Sram>()};`.
struct Registration {
  explicit Registration(std::shared_ptr<const Estimator> estimator);
};
const std::map<std::string, std::shared_ptr<const Estimator>>& table_estimators();

}  // namespace mantissa::power
