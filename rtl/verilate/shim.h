// SPDX-License-Identifier: Apache-2.0
// The C++ between a verilated class and the program: a few C functions, and addresses of the ports.
#pragma once

#include <string>
#include <vector>

#include "rtl/verilate/ports.h"
#include "rtl/verilate/verilated_design.h"

namespace mantissa::rtl {

// Why a design stopped by itself; `what` is empty while it runs.
struct DesignStop {
  char file[256];
  int line;
  char what[512];
};

struct ShimPort {
  const char* name;
  std::uint32_t width;
  std::uint32_t input, output, flat;
};

// The symbol `mantissa_design` of the library. Its layout is part of the cache key, since the text
// of the shim is.
struct Shim {
  std::uint32_t ports;
  const ShimPort* port;
  DesignStop* stop;
  void* (*make)();
  void (*free)(void* model);
  void (*bind)(void* model, void** bits);  // one address per port
  void (*settle)(void* model);
  void (*edge)(void* model);
  void (*assertions)(void* model, int on);
  int (*open_waves)(void* model, const char* path);  // 0: cannot be written
  void (*close_waves)(void* model);
};

// Included in front of every file that is compiled: output of the design goes to stderr, since
// stdout belongs to results, and nothing ends the process.
std::string shim_header();
// For the class `Vdesign` with these ports.
std::string shim_text(const std::vector<FoundPort>& ports, Waves waves);

}  // namespace mantissa::rtl
