// SPDX-License-Identifier: Apache-2.0
#include "arch/units/matrix_model.h"

#include <map>

namespace mantissa::arch {
namespace {

struct Registered {
  MatrixModelFactory factory;
  std::vector<trace::NumberFormat> formats;
  MatrixModelRegistration::Multiplies multiplies;
};

std::map<std::string, Registered>& models() {
  static std::map<std::string, Registered> registered;
  return registered;
}

}  // namespace

void MatrixArithmetic::finish(std::uint32_t*, std::uint64_t, std::uint64_t, const MatrixRanges&) {
  MANTISSA_CHECK(false, "an arithmetic that scales its sums has to say how");
}

MatrixModelRegistration::MatrixModelRegistration(const char* name, MatrixModelFactory factory,
                                                 std::vector<trace::NumberFormat> formats,
                                                 Multiplies multiplies) {
  models().emplace(name, Registered{std::move(factory), std::move(formats), multiplies});
}

std::vector<std::string> matrix_models() {
  std::vector<std::string> names;
  for (const auto& model : models()) names.push_back(model.first);
  return names;
}

const MatrixModelFactory* find_matrix_model(const std::string& name) {
  const auto found = models().find(name);
  return found == models().end() ? nullptr : &found->second.factory;
}

const std::vector<trace::NumberFormat>& matrix_model_formats(const std::string& name) {
  return models().at(name).formats;
}

bool matrix_model_multiplies(const std::string& name, trace::NumberFormat a,
                             trace::NumberFormat b) {
  const auto multiplies = models().at(name).multiplies;
  return multiplies == nullptr ? a == b : multiplies(a, b);
}

std::unique_ptr<MatrixModel> make_matrix_model(const CoreConfig& core) {
  const auto* factory = find_matrix_model(core.matrix.model);
  MANTISSA_CHECK(factory != nullptr, "matrix model was not validated: " + core.matrix.model);
  return (*factory)(core.matrix, core.scratchpad);
}

}  // namespace mantissa::arch
