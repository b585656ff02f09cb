// SPDX-License-Identifier: Apache-2.0
// The declarations as a JSON schema (draft 2020-12), for editors and other tools. Ranges of
// quantities with units cannot be said there and stand in the description.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/config/parameter_info.h"

namespace mantissa::config {

// `complete` describes the resolved document, in which every required key stands; `with_base` what
// a user writes, where `base` may supply any of them.
enum class DocumentForm { complete, with_base };

nlohmann::json json_schema(const std::vector<ParameterInfo>& parameters,
                           const std::string& title = {},
                           DocumentForm form = DocumentForm::complete);

}  // namespace mantissa::config
