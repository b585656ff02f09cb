// SPDX-License-Identifier: Apache-2.0
#include "rtl/folders.h"

#include <filesystem>

namespace mantissa::rtl {
namespace fs = std::filesystem;

std::string rtl_folder() {
  std::error_code none;
  const fs::path program = fs::read_symlink("/proc/self/exe", none);
  const fs::path installed = program.parent_path().parent_path() / "share/mantissa/rtl";
  return fs::is_directory(installed, none) ? installed.string() : MANTISSA_SOURCE_DIR "/rtl";
}

}  // namespace mantissa::rtl
