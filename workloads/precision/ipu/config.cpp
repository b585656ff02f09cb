// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/ipu/config.h"

#include <fmt/format.h>

#include <algorithm>

namespace mantissa::workloads::ipu {

namespace ip = numerics::inner_product;

namespace {

// Empty, or which of the numbers stands there twice: its rows could not be told apart.
template <class T>
std::string repeated(const std::vector<T>& list) {
  for (std::size_t i = 0; i < list.size(); ++i)
    if (std::find(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(i), list[i]) !=
        list.begin() + static_cast<std::ptrdiff_t>(i))
      return fmt::format("item {} stands there twice", i + 1);
  return list.empty() ? "at least one item" : "";
}

}  // namespace

ip::IpuParameters IpuStudyConfig::unit(std::int64_t n, std::int64_t window,
                                       std::int64_t software_precision,
                                       ip::Alignment alignment) const {
  ip::IpuParameters p;
  p.lanes = static_cast<int>(n);
  p.window = static_cast<int>(window);
  p.fraction = static_cast<int>(fraction);
  p.software_precision = static_cast<int>(software_precision);
  p.alignment = alignment;
  return p;
}

const config::Schema<IpuStudyConfig>& IpuStudyConfig::schema() {
  using config::at_least;
  using config::range;
  using C = IpuStudyConfig;
  static const auto schema =
      config::Schema<C>("Mixed-precision inner-product units: errors, time and cost by window.")
          .optional("laws", &C::laws, "Distributions of random operands.")
          .optional("lanes", &C::lanes, range(1, 64),
                    "Sizes n of units; errors are those of the largest.")
          .optional("windows", &C::windows, range(10, 64), "Widths w of the adder tree, in bits.")
          .optional("baseline", &C::baseline, range(10, 64),
                    "The one of them that all are compared with.")
          .optional("software_precisions", &C::software_precisions, range(0, 58),
                    "Lanes aligned by more bits are dropped.")
          .optional("fraction", &C::fraction, range(1, 60), "Fraction bits of the accumulator.")
          .optional("operations", &C::operations, range(1, 1e7), "For errors, of each law.")
          .optional("steps", &C::steps, range(1, 1e7), "For times: operations per unit.")
          .optional("units", &C::units, range(1, 4096), "Units of a tile.")
          .optional("clusters", &C::clusters, at_least(1), "Units that stall together.")
          .optional("buffer", &C::buffer, range(1, 4096),
                    "Operations that a cluster may be behind.")
          .optional("ehu_share", &C::ehu_share, range(1, 4096),
                    "Units that share an exponent handling unit: for areas.")
          .optional("networks", &C::networks,
                    "Presets or files whose products are sampled, in fp16.")
          .optional("chip", &C::chip, "Preset or file of model ipu that runs whole networks.")
          .optional("workloads", &C::workloads, "Networks whose forward pass it runs.")
          .optional("backward", &C::backward, "Networks whose backward pass it runs.")
          .optional("workload_window", &C::workload_window, range(10, 64),
                    "Width w at which the size of clusters changes in these runs.")
          .optional("octaves", &C::octaves, range(1, 40),
                    "Octaves that gradients lie in, each as often (assumed).")
          .optional("trace", &C::trace, "An execution trace whose products are sampled.")
          .optional("synthesis", &C::synthesis,
                    "Folder with synthesis.yaml of the unit ipu, and more below grid.")
          .optional("seed", &C::seed, at_least(0), "Of operands and samples.")
          .constraint("laws", [](const C& c) { return repeated(c.laws); })
          .constraint("lanes",
                      [](const C& c) {
                        for (const std::int64_t n : c.lanes)
                          if ((n & (n - 1)) != 0)
                            return fmt::format("units have a power of two of lanes, not {}", n);
                        return repeated(c.lanes);
                      })
          .constraint("windows", [](const C& c) { return repeated(c.windows); })
          .constraint("software_precisions",
                      [](const C& c) { return repeated(c.software_precisions); })
          .constraint("steps",
                      [](const C& c) {
                        return c.steps * c.units <= 10'000'000
                                   ? ""
                                   : "at most 10,000,000 operations of all units together";
                      })
          .constraint("baseline",
                      [](const C& c) {
                        const auto& all = c.windows;
                        return std::find(all.begin(), all.end(), c.baseline) != all.end()
                                   ? std::string()
                                   : fmt::format("{} is none of the windows", c.baseline);
                      })
          .constraint("clusters", [](const C& c) {
            for (const std::int64_t size : c.clusters)
              if (c.units % size != 0)
                return fmt::format("{} does not divide the {} units of a tile", size, c.units);
            return repeated(c.clusters);
          });
  return schema;
}

}  // namespace mantissa::workloads::ipu
