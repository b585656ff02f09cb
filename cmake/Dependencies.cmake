# SPDX-License-Identifier: Apache-2.0
# Everything comes from Debian packages; scripts/setup.sh installs them.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Protobuf REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Boost REQUIRED)
pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET systemc)  # no CMake config file in 2.3.4
find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)

# The executor of algorithms; without it everything else is built, and `mantissa exec` says so.
if(MANTISSA_LIBTORCH)
  find_library(TORCH_LIBRARY torch)
  find_library(TORCH_CPU_LIBRARY torch_cpu)
  find_library(C10_LIBRARY c10)
  find_path(TORCH_INCLUDE torch/csrc/api/include/torch/torch.h)
  if(NOT TORCH_LIBRARY OR NOT TORCH_CPU_LIBRARY OR NOT C10_LIBRARY OR NOT TORCH_INCLUDE)
    message(FATAL_ERROR "libtorch is missing (Debian: libtorch-dev). scripts/setup.sh installs it; "
                        "-DMANTISSA_LIBTORCH=OFF builds without the executor of algorithms.")
  endif()
  add_library(mantissa_libtorch INTERFACE)
  target_include_directories(mantissa_libtorch SYSTEM INTERFACE
                             ${TORCH_INCLUDE}/torch/csrc/api/include)
  # Not as needed: registering operators is all that some of it does.
  target_link_libraries(mantissa_libtorch INTERFACE -Wl,--no-as-needed ${TORCH_LIBRARY}
                        ${TORCH_CPU_LIBRARY} ${C10_LIBRARY} -Wl,--as-needed)
endif()
