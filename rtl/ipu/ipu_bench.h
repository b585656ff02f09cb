// SPDX-License-Identifier: Apache-2.0
// The pins of the inner-product unit, and the bench behind them: sums and cycles by
// base/numerics/inner_product, time by the five stages of ipu.sv. A command is one operation.
//
//   IpuBench bench(find_unit("ipu")->defaults());
#pragma once

#include <deque>
#include <optional>

#include "base/numerics/inner_product/inner_product.h"
#include "rtl/common/pin_bench.h"
#include "rtl/ipu/ipu_operands.h"

namespace mantissa::rtl {

std::vector<Port> ipu_ports(const Parameters& parameters);
numerics::inner_product::IpuParameters ipu_parameters(const Parameters& parameters);

class IpuBench final : public PinBench {
 public:
  explicit IpuBench(const Parameters& parameters);

  std::vector<Field> fields() const override;
  std::vector<Command> directed() const override;
  Command random(std::uint64_t number) const override;

  // Pairs of operands, 16 bits a lane, for commands whose kind is `ipu_kinds`.
  void begin(const std::vector<Command>& commands, std::uint64_t seed, unsigned stall) override;
  void drive(const Pins& pins) override;
  bool check(const Pins& pins, Mismatch& mismatch) override;
  bool done() const override { return next_ == commands_.size() && oldest() == none; }
  std::size_t current() const override;
  std::uint64_t patience(const Command& command) const override;
  // Multiplications of operands, however many nibbles they have.
  std::optional<std::uint64_t> actions() const override;

 private:
  static constexpr std::size_t none = ~std::size_t{0};

  // What an operation makes of the sum so far, computed when it goes from the first stage to the
  // second.
  struct Sum {
    numerics::inner_product::Accumulator value;
    bool fp = false, half = false, toward_zero = false;
  };

  std::size_t oldest() const;
  bool starts_a_sum(std::size_t command) const;
  void operands_of(const Command& c, std::vector<std::uint32_t>& a,
                   std::vector<std::uint32_t>& b) const;
  void start(std::size_t command);
  void clock(bool moves, bool starts);
  bool result_is_right(const Pins& pins, Mismatch& mismatch) const;
  std::uint32_t result_of(const Sum& sum) const;
  void see_operation(bool fp, int cycles, const numerics::inner_product::AlignedLanes& aligned,
                     const numerics::inner_product::Accumulator& before);
  void see_result(const Sum& sum);
  void see(int which, bool did = true);

  numerics::inner_product::IpuParameters parameters_;
  std::int64_t first_mode_, last_mode_;  // that the unit has
  IpuShape shape_;
  std::vector<int> where_;  // of a case among those of these parameters, -1: not there
  std::size_t next_ = 0;    // command
  // By stage, the command in it, or none; of the third, the cycles that it still takes.
  std::size_t operands_ = none, products_ = none, summed_ = none, complete_ = none, result_ = none;
  int left_ = 0;
  bool sum_is_last_ = false;  // the sum between third and fourth stage completes its operation
  bool offered_ = false, ready_ = false;
  std::uint64_t operations_ = 0;
  numerics::inner_product::Accumulator accumulator_;
  std::deque<Sum> sums_;  // of commands that complete one, the one that leaves next in front
};

}  // namespace mantissa::rtl
