// SPDX-License-Identifier: Apache-2.0
#include "sim/run/version.h"

#include <fmt/core.h>
#include <google/protobuf/stubs/common.h>
#include <sqlite3.h>
#include <zlib.h>

#include <nlohmann/json.hpp>
#include <systemc>

#include "sim/mantissa_revision.h"

namespace mantissa::sim {
namespace {

std::string compiler() {
#if defined(__clang__)
  return fmt::format("clang++ {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  return fmt::format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

}  // namespace

std::string version() { return MANTISSA_VERSION; }
std::string revision() { return MANTISSA_REVISION; }

std::vector<std::pair<std::string, std::string>> versions() {
  return {
      {"mantissa", version()},
      {"revision", revision()},
      {"compiler", compiler()},
      {"systemc", fmt::format("{}.{}.{}", SC_VERSION_MAJOR, SC_VERSION_MINOR, SC_VERSION_PATCH)},
      {"verilator", "found at run time: see 'mantissa doctor'"},
      {"protobuf", google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION)},
      {"sqlite", sqlite3_libversion()},
      {"zlib", zlibVersion()},
      {"nlohmann_json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR,
                                    NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)},
      {"fmt",
       fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
  };
}

}  // namespace mantissa::sim
