// SPDX-License-Identifier: Apache-2.0
#include "sim/study/executor_module.h"

#include <dlfcn.h>

#include <cstdlib>

namespace mantissa::sim {
namespace {

namespace fs = std::filesystem;

constexpr const char* file_name = "libmantissa_executor.so";

}  // namespace

std::optional<fs::path> executor_file() {
  std::error_code ignored;
  if (const char* wish = std::getenv("MANTISSA_EXECUTOR"); wish && *wish) {
    if (fs::is_regular_file(wish, ignored)) return fs::absolute(wish, ignored);
    return std::nullopt;
  }
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const fs::path& folder : {program, program.parent_path() / "lib/mantissa"})
    if (fs::is_regular_file(folder / file_name, ignored)) return folder / file_name;
  return std::nullopt;
}

void load_executor() {
  static bool loaded = false;
  if (loaded) return;
  const auto file = executor_file();
  if (!file) {
    const char* wish = std::getenv("MANTISSA_EXECUTOR");
    throw Error(no_executor)
        .at(wish && *wish ? std::string("MANTISSA_EXECUTOR=") + wish : "")
        .say("the executor of algorithms is not there")
        .expected(std::string(file_name) + " beside the program or in ../lib/mantissa")
        .remedy(
            "install libtorch-dev and build with -DMANTISSA_LIBTORCH=ON, or set "
            "MANTISSA_EXECUTOR to the file");
  }
  // GLOBAL: libtorch finds its own parts, and exceptions of the module are those of the program.
  if (dlopen(file->c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr)
    throw Error(broken_executor)
        .at(file->string())
        .say(std::string("the executor of algorithms cannot be loaded: ") + dlerror())
        .remedy("install libtorch-dev, and build program and executor from the same sources");
  loaded = true;
}

bool try_load_executor() {
  try {
    load_executor();
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace mantissa::sim
