// SPDX-License-Identifier: Apache-2.0
#include "rtl/synthesis/stored.h"

#include <fmt/format.h>

#include "rtl/folders.h"
#include "rtl/synthesis/flow.h"
#include "rtl/tool.h"
#include "rtl/verilate/cache.h"

namespace mantissa::rtl {
namespace {

using Json = nlohmann::ordered_json;

// A version number would be forgotten at the first change of a model.
const std::string& program_hash() {
  static const std::string hash = content_hash(read_text("/proc/self/exe"));
  return hash;
}

}  // namespace

std::string synthesis_key(const SynthesisRequest& request) {
  return content_hash(
      fmt::format("{}\n{}\n{}\n{}\n{} {} {} {} {} {} {}\n{}\n", request.unit->name(),
                  sources_hash(*request.unit, request.parameters, request.folder),
                  content_hash(read_text(request.liberty)), synthesis_tools(), request.node,
                  request.clock, request.vectors, request.seed, request.activity,
                  request.energy.slew, request.energy.wire, program_hash()));
}

Stored stored_synthesis(const SynthesisRequest& request, bool fresh) {
  bool found = true;
  const std::string folder = cached(
      cache_folder() + "/rtl", "synthesis", synthesis_key(request),
      [&](const std::string& empty) {
        found = false;
        write_text(empty + "/synthesis.json", to_json(synthesise(request)).dump());
      },
      fresh);
  // Read back in both cases, so that they cannot differ.
  return {from_json(Json::parse(read_text(folder + "/synthesis.json"))), found};
}

}  // namespace mantissa::rtl
