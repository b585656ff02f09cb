// SPDX-License-Identifier: Apache-2.0
#include "rtl/verilate/shim.h"

#include <fmt/format.h>

namespace mantissa::rtl {
namespace {

constexpr const char* header = R"(#pragma once
#define VL_PRINTF mantissa_print
#define VL_USER_FINISH
#define VL_USER_STOP
#define VL_USER_FATAL
#define VL_USER_WARN
extern "C" int mantissa_print(const char* format, ...);
)";

// Verilator prints "[time] %Error: file:line: text" and then stops: the text is kept for the
// message, everything else goes to stderr.
constexpr const char* host = R"(#include <Vdesign.h>
#include <verilated.h>
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace {
struct Stop { char file[256]; int line; char what[512]; } stopped;
char last[512];
void stop(const char* file, int line, const char* what) {
  if (stopped.what[0]) return;
  std::snprintf(stopped.file, sizeof stopped.file, "%s", file ? file : "");
  stopped.line = line;
  std::snprintf(stopped.what, sizeof stopped.what, "%s", last[0] ? last : what);
  last[0] = 0;
}
}

extern "C" int mantissa_print(const char* format, ...) {
  va_list list;
  va_start(list, format);
  char text[4096];
  const int n = std::vsnprintf(text, sizeof text, format, list);
  va_end(list);
  const char* error = std::strstr(text, "%Error: ");
  if (!error) return std::fputs(text, stderr), n;
  std::snprintf(last, sizeof last, "%s", error + 8);
  if (char* end = std::strchr(last, '\n')) *end = 0;
  return n;
}
void vl_finish(const char* file, int line, const char*) { stop(file, line, "$finish"); }
void vl_stop(const char* file, int line, const char*) { stop(file, line, "$stop"); }
void vl_fatal(const char* file, int line, const char*, const char* what) { stop(file, line, what); }
void vl_warn(const char*, int, const char*, const char*) {}
)";

constexpr const char* model = R"(
namespace {
struct Model {
  VerilatedContext context;
  Vdesign* design;
  Trace* trace = nullptr;
  Model() {
    context.randReset(2);
    context.randSeed(1);
    context.fatalOnError(false);
    context.traceEverOn(traced);
    Verilated::threadContextp(&context);
    design = new Vdesign(&context, "");
  }
  ~Model() { close(); delete design; }
  void sample() { if (traced && trace) dump(trace, context.time()); context.timeInc(500); }
  void close() { if (trace) close_trace(trace); trace = nullptr; }
};
void* make() { return new Model; }
void release(void* m) { delete static_cast<Model*>(m); }
void settle(void* p) {
  Model* m = static_cast<Model*>(p);
  m->design->clk_i = 0;
  m->design->eval();
  m->sample();
}
void edge(void* p) {
  Model* m = static_cast<Model*>(p);
  m->design->clk_i = 1;
  m->design->eval();
  m->sample();
}
void assertions(void* p, int on) { static_cast<Model*>(p)->context.assertOn(on); }
int open_waves(void* p, const char* path) {
  Model* m = static_cast<Model*>(p);
  m->trace = open_trace(m->design, path);
  return m->trace != nullptr;
}
void close_waves(void* p) { static_cast<Model*>(p)->close(); }
)";

constexpr const char* no_trace = R"(
namespace {
struct Trace {};
constexpr bool traced = false;
Trace* open_trace(Vdesign*, const char*) { return nullptr; }
void dump(Trace*, uint64_t) {}
void close_trace(Trace*) {}
}
)";

constexpr const char* trace = R"(
namespace {
constexpr bool traced = true;
Trace* open_trace(Vdesign* design, const char* path) {
  Trace* t = new Trace;
  design->trace(t, 99);
  t->open(path);
  if (t->isOpen()) return t;
  delete t;
  return nullptr;
}
void dump(Trace* t, uint64_t time) { t->dump(time); }
void close_trace(Trace* t) { t->close(); delete t; }
}
)";

}  // namespace

std::string shim_header() { return header; }

std::string shim_text(const std::vector<FoundPort>& ports, Waves waves) {
  std::string text = host;
  if (waves == Waves::vcd) text += "#include <verilated_vcd_c.h>\nusing Trace = VerilatedVcdC;\n";
  if (waves == Waves::fst) text += "#include <verilated_fst_c.h>\nusing Trace = VerilatedFstC;\n";
  text += waves == Waves::none ? no_trace : trace;
  text += model;
  text += "void bind(void* p, void** bits) {\n  Vdesign* d = static_cast<Model*>(p)->design;\n";
  std::string table;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const auto& port = ports[i];
    text += fmt::format("  bits[{}] = &d->{};\n", i, port.name);
    table += fmt::format("  {{\"{}\", {}, {:d}, {:d}, {:d}}},\n", port.name, port.width, port.input,
                         port.output, port.flat);
  }
  text += "}\nstruct Port { const char* name; unsigned width, input, output, flat; };\n";
  text += "const Port ports[] = {\n" + table + "};\n}\n";
  text += fmt::format(
      "extern \"C\" __attribute__((visibility(\"default\"))) const struct {{\n"
      "  unsigned count; const Port* port; Stop* stop; void* (*make)(); void (*free)(void*);\n"
      "  void (*bind)(void*, void**); void (*settle)(void*); void (*edge)(void*);\n"
      "  void (*assertions)(void*, int); int (*open_waves)(void*, const char*);\n"
      "  void (*close_waves)(void*);\n"
      "}} mantissa_design = {{{}, ports, &stopped, make, release, bind, settle, edge, assertions,\n"
      "  open_waves, close_waves}};\n",
      ports.size());
  return text;
}

}  // namespace mantissa::rtl
