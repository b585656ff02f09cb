// SPDX-License-Identifier: Apache-2.0
#include "rtl/verilate/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <thread>

#include "rtl/folders.h"
#include "rtl/tool.h"
#include "rtl/verilate/cache.h"
#include "rtl/verilate/errors.h"
#include "rtl/verilate/shim.h"
#include "rtl/verilate/verilator.h"

namespace mantissa::rtl {
namespace fs = std::filesystem;
namespace {

// -O1: of g++ 12's levels the fastest code for arrays (16x16: 2.5 M cycles/s, 1.9 at -O2 and -O3)
// and the quickest to compile. Hidden symbols: every design brings its own copy of the runtime.
const std::vector<std::string> compiler = {"g++",
                                           "-std=c++17",
                                           "-O1",
                                           "-fPIC",
                                           "-fvisibility=hidden",
                                           "-fno-gnu-unique",
                                           "-ffp-contract=off",
                                           "-w"};

std::vector<std::string> defines(Waves waves) {
  return {fmt::format("-DVM_TRACE={:d}", waves != Waves::none),
          fmt::format("-DVM_TRACE_VCD={:d}", waves == Waves::vcd),
          fmt::format("-DVM_TRACE_FST={:d}", waves == Waves::fst)};
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += word + "\n";
  return text;
}

std::string version_of(const std::string& tool) {
  const std::string text = run_tool({tool, "--version"}, "/").output;
  return text.substr(0, text.find('\n'));
}

// Asked once: neither changes while the program runs.
const std::string& tools() {
  static const std::string text = version_of("verilator") + "\n" + version_of("g++") + "\n";
  return text;
}

struct Job {
  std::string source, object;
};

class Compilation {
 public:
  explicit Compilation(const DesignRequest& request) : request_(request) {}

  void say(const std::string& step) const {
    if (!request_.progress) return;
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_;
    request_.progress(step, spent.count());
  }

  // As many at a time as there are processors. A failure ends it; of several the first job's counts.
  void run(const std::vector<Job>& jobs, const std::string& folder,
           const std::vector<std::string>& includes) const {
    std::atomic<std::size_t> next{0};
    std::size_t done = 0;
    std::atomic<bool> failed{false};
    std::exception_ptr failure;
    std::size_t failed_job = jobs.size();
    std::mutex mutex;
    const auto work = [&] {
      for (std::size_t i = next++; i < jobs.size() && !failed; i = next++) {
        std::vector<std::string> command = compiler;
        for (const auto& define : defines(request_.waves)) command.push_back(define);
        for (const auto& path : includes) command.push_back("-I" + path);
        for (const char* word : {"-include", "mantissa_shim.h", "-c"}) command.emplace_back(word);
        command.insert(command.end(), {jobs[i].source, "-o", jobs[i].object});
        try {
          check(run_tool(command, folder), jobs[i].source);
          const std::lock_guard<std::mutex> hold(mutex);
          say(fmt::format("compiling: {} of {} files", ++done, jobs.size()));
        } catch (...) {
          const std::lock_guard<std::mutex> hold(mutex);
          failed = true;
          if (i < failed_job) failure = std::current_exception();
          failed_job = std::min(failed_job, i);
        }
      }
    };
    const std::size_t processors = std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < std::min(processors, jobs.size()); ++i) others.emplace_back(work);
    work();
    for (auto& other : others) other.join();
    if (failure) std::rethrow_exception(failure);
  }

  static void check(const ToolRun& run, const std::string& what) {
    if (run.code == 0) return;
    const auto error = run.output.find("error:");
    const auto from = error == std::string::npos ? 0 : run.output.rfind('\n', error) + 1;
    throw Error(does_not_compile)
        .at(what)
        .read(run.output.substr(from, run.output.find('\n', from) - from))
        .expected("C++ that g++ accepts")
        .remedy("'mantissa doctor' looks at the machine");
  }

 private:
  const DesignRequest& request_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Verilator's own C++, the same for every design.
std::string runtime(const DesignRequest& request, const Compilation& compilation,
                    const std::string& root) {
  std::string key = tools() + root + "\n" + joined(compiler) + joined(defines(request.waves));
  return cached(cache_folder() + "/rtl", "runtime", content_hash(key + shim_header()),
                [&](const std::string& folder) {
                  write_text(folder + "/mantissa_shim.h", shim_header());
                  std::vector<Job> jobs;
                  std::vector<std::string> names = {"verilated", "verilated_threads"};
                  if (request.waves == Waves::vcd) names.emplace_back("verilated_vcd_c");
                  if (request.waves == Waves::fst) names.emplace_back("verilated_fst_c");
                  for (const auto& name : names)
                    jobs.push_back({root + "/include/" + name + ".cpp", name + ".o"});
                  compilation.run(jobs, folder, {".", root + "/include", root + "/include/vltstd"});
                });
}

// Files of Verilator's, which include each other's headers for a second each, gathered into larger
// ones. The longest come first, so that no processor is left with one at the end.
std::vector<Job> grouped(const std::string& folder) {
  constexpr std::uintmax_t enough = 200'000;  // bytes: about a second of compilation
  std::vector<std::pair<std::uintmax_t, std::string>> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".cpp")
      files.emplace_back(entry.file_size(), entry.path().filename().string());
  std::sort(files.rbegin(), files.rend());
  std::vector<Job> jobs;
  std::uintmax_t room = 0;
  std::string text;
  for (const auto& [size, name] : files) {
    if (jobs.empty() || size > room) {
      if (!jobs.empty()) write_text(folder + "/" + jobs.back().source, text);
      const std::string group = fmt::format("group{}", jobs.size());
      jobs.push_back({group + ".cpp", group + ".o"});
      text.clear();
      room = std::max(size, enough);
    }
    text += "#include \"" + name + "\"\n";
    room -= size;
  }
  write_text(folder + "/" + jobs.back().source, text);
  return jobs;
}

}  // namespace

std::string design_key(const DesignRequest& request) {
  std::string text = tools() + preprocessed(request) + "\n" + request.top + "\n";
  for (const auto& [name, value] : request.parameters) text += fmt::format("{}={}\n", name, value);
  text += joined(verilator_flags(request.waves)) + joined(compiler);
  // Without ports: those are found in the sources.
  return content_hash(text + shim_header() + shim_text({}, request.waves));
}

void make_design(const DesignRequest& request, const std::string& folder) {
  const Compilation compilation(request);
  compilation.say("verilating");
  const ScratchFolder scratch;
  const Verilated verilated = verilate(request, scratch.path());
  check_ports(verilated.ports, request.ports, request.sources, request.top);

  write_text(scratch.file("mantissa_shim.h"), shim_header());
  write_text(scratch.file("shim.cpp"), shim_text(verilated.ports, request.waves));
  const std::string common = runtime(request, compilation, verilated.root);
  const auto jobs = grouped(scratch.path());
  compilation.run(jobs, scratch.path(),
                  {".", verilated.root + "/include", verilated.root + "/include/vltstd"});

  std::vector<std::string> link = {"g++", "-shared", "-Wl,-Bsymbolic", "-o", folder + "/design.so"};
  for (const auto& job : jobs) link.push_back(job.object);
  for (const auto& entry : fs::directory_iterator(common))
    if (entry.path().extension() == ".o") link.push_back(entry.path().string());
  link.insert(link.end(), {"-lz", "-lpthread"});
  Compilation::check(run_tool(link, scratch.path()), "design.so");
}

}  // namespace mantissa::rtl
