// SPDX-License-Identifier: Apache-2.0
#include "rtl/verilate/verilated_design.h"

#include <dlfcn.h>

#include <cstring>

#include "rtl/folders.h"
#include "rtl/tool.h"
#include "rtl/verilate/cache.h"
#include "rtl/verilate/compile.h"
#include "rtl/verilate/errors.h"
#include "rtl/verilate/shim.h"

namespace mantissa::rtl {
namespace {

constexpr int reset_cycles = 4;

class LoadedDesign final : public VerilatedDesign {
 public:
  LoadedDesign(const std::string& library, const DesignRequest& request) : request_(request) {
    library_ = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    MANTISSA_CHECK(library_, "a sealed design does not load: " + std::string(dlerror()));
    shim_ = static_cast<const Shim*>(dlsym(library_, "mantissa_design"));
    MANTISSA_CHECK(shim_, "a sealed design without its table: " + library);
    request_.progress = nullptr;
    try {
      check();
    } catch (...) {
      dlclose(library_);
      throw;
    }
    make();
  }
  ~LoadedDesign() override {
    shim_->free(model_);
    dlclose(library_);
  }
  LoadedDesign(const LoadedDesign&) = delete;
  LoadedDesign& operator=(const LoadedDesign&) = delete;

  const Pins& pins() const override { return pins_; }

  void reset() override {
    // With waves open, the model is the fresh one that they belong to.
    if (!waves_) make();
    // Assertions speak of a design that has been reset.
    shim_->assertions(model_, 0);
    *reset_n_ = 0;
    for (int i = 0; i < reset_cycles; ++i) {
      settle();
      edge();
    }
    *reset_n_ = 1;
    shim_->assertions(model_, 1);
  }

  void settle() override {
    shim_->settle(model_);
    if (shim_->stop->what[0]) throw_stop();
  }
  void edge() override {
    shim_->edge(model_);
    if (shim_->stop->what[0]) throw_stop();
  }

  void open_waves(const std::string& path) override {
    MANTISSA_CHECK(request_.waves != Waves::none, "this design was built without waves");
    make();
    if (!shim_->open_waves(model_, path.c_str()))
      throw Error(unreadable_file).at(path).say("cannot write the waveforms");
    waves_ = true;
  }
  void close_waves() override {
    shim_->close_waves(model_);
    waves_ = false;
  }

 private:
  void check() const {
    std::vector<FoundPort> ports;
    for (std::uint32_t i = 0; i < shim_->ports; ++i) {
      const ShimPort& port = shim_->port[i];
      ports.push_back({port.name, port.input != 0, port.output != 0, port.width, port.flat != 0});
    }
    check_ports(ports, request_.ports, request_.sources, request_.top);
  }

  // A new model in place of the old, all inputs low.
  void make() {
    if (model_) shim_->free(model_);
    shim_->stop->what[0] = 0;
    model_ = shim_->make();
    std::vector<void*> bits(shim_->ports);
    shim_->bind(model_, bits.data());
    const auto find = [&](const std::string& name) {
      for (std::uint32_t i = 0; i < shim_->ports; ++i)
        if (name == shim_->port[i].name) return static_cast<std::byte*>(bits[i]);
      MANTISSA_CHECK(false, "the design lost port " + name);
      return static_cast<std::byte*>(nullptr);
    };
    pins_.clear();
    for (const auto& port : request_.ports) {
      pins_.push_back({find(port.name), port.width});
      if (port.direction == Direction::input)
        std::memset(pins_.back().bits, 0, (port.width + 7) / 8);
    }
    reset_n_ = reinterpret_cast<std::uint8_t*>(find("rst_ni"));
    *reset_n_ = 0;
    waves_ = false;
  }

  [[noreturn]] void throw_stop() {
    const DesignStop stop = *shim_->stop;
    shim_->stop->what[0] = 0;
    throw Error(design_stopped)
        .at(stop.file, stop.line)
        .say("the design stopped: " + std::string(stop.what));
  }

  DesignRequest request_;
  void* library_ = nullptr;
  const Shim* shim_ = nullptr;
  void* model_ = nullptr;
  Pins pins_;
  std::uint8_t* reset_n_ = nullptr;
  bool waves_ = false;
};

}  // namespace

std::unique_ptr<VerilatedDesign> VerilatedDesign::build(const DesignRequest& request) {
  const std::string folder = cached(cache_folder() + "/rtl", "design", design_key(request),
                                    [&](const std::string& empty) { make_design(request, empty); });
  return std::make_unique<LoadedDesign>(folder + "/design.so", request);
}

}  // namespace mantissa::rtl
