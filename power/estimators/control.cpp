// SPDX-License-Identifier: Apache-2.0
// A sequencer and a DMA engine, priced by the memories they are built around.
//
//   command, descriptor = control.command_bytes x read of the command store
//   dma byte            = one write and one read of the staging buffer
// The decoders and address adders beside them have no published figure and are left out.
#include <fmt/format.h>

#include "power/estimators/parts.h"

namespace mantissa::power {
namespace {

Price command_fetch(const Query& query, double storage) {
  const Price bytes = query.technology.parameter("control.command_bytes");
  Price price = scaled(memory_energy(query, Bytes(static_cast<std::uint64_t>(storage))),
                       bytes.value, fmt::format("{} bytes of command", short_number(bytes.value)));
  price.method = weaker(price.method, bytes.method);
  price.source += "; " + bytes.source;
  return price;
}

class Control final : public Estimator {
 public:
  std::string kind() const override { return "control"; }
  std::vector<std::string> attributes() const override { return {"storage_bytes"}; }
  std::vector<std::string> actions(const Technology&) const override { return {"command"}; }

  Price energy(const Query& query, const std::string&) const override {
    return command_fetch(query, storage(query));
  }
  std::optional<Price> area(const Query& query) const override {
    return memory_area(query.technology, storage(query));
  }
  std::optional<Price> static_power(const Query& query) const override {
    return memory_leakage(query.technology, storage(query));
  }

 private:
  static double storage(const Query& query) { return query.attribute("storage_bytes", 8192); }
};

class Dma final : public Estimator {
 public:
  std::string kind() const override { return "dma"; }
  std::vector<std::string> attributes() const override { return {"channels", "buffer_bytes"}; }
  std::vector<std::string> actions(const Technology&) const override {
    return {"byte", "descriptor"};
  }

  Price energy(const Query& query, const std::string& action) const override {
    if (action == "descriptor") return command_fetch(query, 8192);
    return scaled(memory_energy(query, Bytes(static_cast<std::uint64_t>(buffer(query)))), 2,
                  "write and read of the staging buffer");
  }
  std::optional<Price> area(const Query& query) const override {
    return memory_area(query.technology, buffer(query) * query.attribute("channels", 1));
  }
  std::optional<Price> static_power(const Query& query) const override {
    return memory_leakage(query.technology, buffer(query) * query.attribute("channels", 1));
  }

 private:
  // Per channel.
  static double buffer(const Query& query) { return query.attribute("buffer_bytes", 4096); }
};

const Registration control{std::make_shared<Control>()};
const Registration dma{std::make_shared<Dma>()};

}  // namespace
}  // namespace mantissa::power
