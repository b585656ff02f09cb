// SPDX-License-Identifier: Apache-2.0
#include "rtl/folders.h"

#include <cstdlib>
#include <filesystem>

namespace mantissa::rtl {
namespace fs = std::filesystem;

std::string cache_folder() {
  if (const char* given = std::getenv("MANTISSA_CACHE"); given && *given) return given;
  if (const char* xdg = std::getenv("XDG_CACHE_HOME"); xdg && *xdg)
    return (fs::path(xdg) / "mantissa").string();
  const char* home = std::getenv("HOME");
  return (fs::path(home ? home : "/tmp") / ".cache/mantissa").string();
}

std::string rtl_folder() {
  std::error_code none;
  const fs::path program = fs::read_symlink("/proc/self/exe", none);
  const fs::path installed = program.parent_path().parent_path() / "share/mantissa/rtl";
  return fs::is_directory(installed, none) ? installed.string() : MANTISSA_SOURCE_DIR "/rtl";
}

}  // namespace mantissa::rtl
