// SPDX-License-Identifier: Apache-2.0
// The bench of the processing element: c + a * b by base/numerics, one cycle per command. Format 1
// computes in the compiler's binary32, whose bits are those of base/numerics (bf16.h, gemm.h).
#include <algorithm>
#include <array>

#include "base/numerics/bf16.h"
#include "base/numerics/wrapping.h"
#include "rtl/common/fp32_cases.h"
#include "rtl/common/pin_bench.h"

namespace mantissa::rtl {
namespace {

using numerics::float_bits;
using numerics::float_from_bits;

enum class Format : std::uint8_t { int8, bf16 };

constexpr std::uint32_t sum_width = 32;

std::uint32_t width_of(Format format) { return format == Format::bf16 ? 16 : 8; }

std::vector<Port> mac_ports(Format format) {
  const auto in = Direction::input, out = Direction::output;
  const std::uint32_t width = width_of(format);
  return {{"enable_i", in, 1, "a product is added"},
          {"clear_i", in, 1, "to c_i instead of the sum so far"},
          {"a_i", in, width, ""},
          {"b_i", in, width, ""},
          {"c_i", in, sum_width, ""},
          {"a_o", out, width, "a_i of the last product, for the next element"},
          {"b_o", out, width, ""},
          {"sum_o", out, sum_width, ""},
          {"overflow_o", out, 1, "the last int32 addition wrapped"}};
}
enum { enable, clear, a, b, c, out_a, out_b, sum, overflow };

enum { f_clear, f_a, f_b, f_c };

enum { c_clear, c_onto, c_held, c_formats };
enum { c_overflow_up = c_formats, c_overflow_down, c_extremes };
enum { c_product = c_formats };

std::vector<std::string> mac_cases(Format format) {
  std::vector<std::string> all = {"sum: started from c_i", "sum: onto the sum so far",
                                  "enable low: everything stays"};
  const auto add = [&](const std::vector<std::string>& more) {
    all.insert(all.end(), more.begin(), more.end());
  };
  if (format == Format::bf16) {
    add(fp32_product_cases());
    add(fp32_sum_cases());
  } else {
    add({"overflow: above the most positive", "overflow: below the most negative", "-128 x -128"});
  }
  return all;
}

float widened(std::uint64_t bits) {
  return to_float(numerics::Bf16{static_cast<std::uint16_t>(bits)});
}
float product_of(std::uint64_t x, std::uint64_t y) {
  return numerics::canonical(widened(x) * widened(y));
}

// Either sign of zero, subnormals, normals and infinity at their ends, and NaNs.
const std::vector<std::int64_t>& special_bf16() {
  static const std::vector<std::int64_t> all = [] {
    std::vector<std::int64_t> list;
    for (const std::int64_t x :
         {0x0000, 0x0001, 0x0003, 0x0040, 0x007F, 0x0080, 0x0081, 0x1FC0, 0x2000, 0x3F7F, 0x3F80,
          0x3F81, 0x4000, 0x7F00, 0x7F7F, 0x7F80, 0x7F81, 0x7FC0})
      for (const std::int64_t sign : {0, 0x8000}) list.push_back(sign | x);
    return list;
  }();
  return all;
}

const std::vector<std::int64_t>& special_fp32() {
  static const std::vector<std::int64_t> all = [] {
    std::vector<std::int64_t> list;
    for (const std::int64_t x :
         {0x00000000, 0x00000001, 0x00008000, 0x007FFFFF, 0x00800000, 0x00800001, 0x3F7FFFFF,
          0x3F800000, 0x3F800001, 0x4B800000, 0x4B800001, 0x4BFFFFFF, 0x7E800000, 0x7F7F0000,
          0x7F7FFFFF, 0x7F800000, 0x7F800001, 0x7FC00000})
      for (const std::int64_t sign : {std::int64_t{0}, std::int64_t{1} << 31})
        list.push_back(sign | x);
    return list;
  }();
  return all;
}

class MacBench : public PinBench {
 public:
  explicit MacBench(Format format)
      : PinBench(mac_ports(format), mac_cases(format)), format_(format) {}

  std::vector<Field> fields() const override {
    const std::int64_t most = (std::int64_t{1} << width_of(format_)) - 1;
    return {{"clear", 0, 1, "1: starts from c"},
            {"a", 0, most, "bits"},
            {"b", 0, most, "bits"},
            {"c", 0, (std::int64_t{1} << sum_width) - 1, "bits"}};
  }

  std::vector<Command> directed() const override {
    return format_ == Format::bf16 ? directed_bf16() : directed_int8();
  }

  Command random(std::uint64_t number) const override {
    const std::uint64_t key = draw(0x3AC, number);
    const auto bits = [&](std::uint64_t i, unsigned width) {
      return static_cast<std::int64_t>(draw(key, i) >> (64 - width));
    };
    Command command = {bits(0, 1), bits(1, width_of(format_)), bits(2, width_of(format_)),
                       bits(3, sum_width)};
    if (format_ == Format::int8) {
      for (const int f : {f_a, f_b})
        if (bits(3 + static_cast<std::uint64_t>(f), 2) == 0)
          command[static_cast<std::size_t>(f)] =
              static_cast<std::int64_t>(operand(bits(6, 3), 8, draw(key, 7)));
      if (bits(8, 1) == 0) command[f_c] = command[f_c] / 65536 + 0x7FFF8000;
      return command;
    }
    const auto exponent = [&](int field, std::int64_t value) {
      auto& x = command[static_cast<std::size_t>(field)];
      x = (x & 0x807F) | value << 7;
    };
    const std::int64_t kind = bits(4, 3);
    if (kind == 0) return command;
    if (kind == 1) {
      const auto any = [&](const std::vector<std::int64_t>& list, std::uint64_t i) {
        return list[draw(key, i) % list.size()];
      };
      return {command[f_clear], any(special_bf16(), 5), any(special_bf16(), 6),
              any(special_fp32(), 7)};
    }
    // Products near 1, among the subnormals, near the largest number.
    exponent(f_a, 120 + bits(5, 4));
    exponent(f_b, (kind == 2 ? 0 : kind == 3 ? 238 : 120) + bits(6, 4));
    if (kind == 2) exponent(f_a, bits(5, 3) == 0 ? 127 : 96 + bits(5, 5));
    // An addend of about their size; or one that all but cancels.
    const std::int64_t product = float_bits(product_of(static_cast<std::uint64_t>(command[f_a]),
                                                       static_cast<std::uint64_t>(command[f_b])));
    if (kind < 6)
      command[f_c] =
          (command[f_c] & 0x807FFFFF) | ((product + ((bits(7, 5) - 16) << 23)) & 0x7F800000);
    if (kind == 6) command[f_c] = (product ^ std::int64_t{1} << 31) + bits(7, 3);
    command[f_c] &= 0xFFFFFFFF;
    return command;
  }

  void begin(const std::vector<Command>& commands, std::uint64_t seed, unsigned stall) override {
    PinBench::begin(commands, seed, stall);
    next_ = 0;
    registers_ = {};
  }

  void drive(const Pins& pins) override {
    clear_inputs(pins);
    enabled_ = next_ < commands_.size() && !holds_back(0);
    put(pins[enable], enabled_);
    if (!enabled_) {  // what must not get in
      for (const std::size_t port : {clear, a, b, c}) put(pins[port], draw(cycle_, port));
      return;
    }
    const Command& command = commands_[next_];
    put(pins[clear], static_cast<std::uint64_t>(command[f_clear]));
    put(pins[a], static_cast<std::uint64_t>(command[f_a]));
    put(pins[b], static_cast<std::uint64_t>(command[f_b]));
    put(pins[c], static_cast<std::uint64_t>(command[f_c]));
  }

  bool check(const Pins& pins, Mismatch& m) override {
    const std::size_t command = next_ == 0 ? 0 : next_ - 1;
    if (!same(pins, out_a, registers_.a, command, m)) return false;
    if (!same(pins, out_b, registers_.b, command, m)) return false;
    if (!same(pins, sum, registers_.sum, command, m)) return false;
    if (!same(pins, overflow, registers_.overflow, command, m)) return false;
    clock();
    return true;
  }

  bool done() const override { return next_ == commands_.size() && !enabled_; }
  std::size_t current() const override {
    return commands_.empty() ? 0 : std::min(next_, commands_.size() - 1);
  }
  std::uint64_t patience(const Command&) const override { return 2; }
  std::optional<std::uint64_t> actions() const override { return next_; }

 private:
  struct Registers {
    std::uint64_t a = 0, b = 0;
    std::uint32_t sum = 0;
    bool overflow = false;
  };

  std::vector<Command> directed_int8() const {
    std::vector<Command> list;
    constexpr std::array<std::int64_t, 8> ends = {0, 1, 2, 0x7E, 0x7F, 0x80, 0x81, 0xFF};
    constexpr std::array<std::int64_t, 7> sums = {0,          1,          0x7FFFFFFF, 0x7FFFC000,
                                                  0x80000000, 0x80003F80, 0xFFFFFFFF};
    for (const std::int64_t x : ends)
      for (const std::int64_t y : ends) {
        for (const std::int64_t from : sums) list.push_back({1, x, y, from});
        list.push_back({0, y, x, 0x55555555});
      }
    return list;
  }

  std::vector<Command> directed_bf16() const {
    std::vector<Command> list;
    constexpr std::int64_t one = 0x3F80, minus_infinity = 0xFF800000;
    for (const std::int64_t x : special_bf16())
      for (const std::int64_t y : special_bf16()) {
        list.push_back({1, x, y, 0});
        list.push_back({0, y, x, 0x7FC00000});
        list.push_back({1, x, y, minus_infinity});
      }
    for (const std::int64_t from : special_fp32())
      for (const std::int64_t x : special_bf16()) list.push_back({1, x, one, from});
    return list;
  }

  // The rising edge.
  void clock() {
    ++cycle_;
    saw(c_held, !enabled_ && next_ < commands_.size());
    if (!enabled_) return;
    const Command& command = commands_[next_];
    const auto x = static_cast<std::uint64_t>(command[f_a]);
    const auto y = static_cast<std::uint64_t>(command[f_b]);
    const bool starts = command[f_clear] != 0;
    const auto from = starts ? static_cast<std::uint32_t>(command[f_c]) : registers_.sum;
    saw(c_clear, starts);
    saw(c_onto, !starts);
    registers_.a = x;
    registers_.b = y;
    if (format_ == Format::bf16)
      registers_.sum = add_bf16(from, x, y);
    else
      add_int8(static_cast<std::int32_t>(from), static_cast<std::int8_t>(x),
               static_cast<std::int8_t>(y));
    ++next_;
  }

  void add_int8(std::int32_t from, std::int8_t x, std::int8_t y) {
    std::uint64_t overflows = 0;
    const std::int32_t product = x * y;
    registers_.sum = static_cast<std::uint32_t>(numerics::wrapping_add(from, product, overflows));
    registers_.overflow = overflows > 0;
    saw(c_overflow_up, overflows > 0 && product > 0);
    saw(c_overflow_down, overflows > 0 && product < 0);
    saw(c_extremes, x == -128 && y == -128);
  }

  std::uint32_t add_bf16(std::uint32_t from, std::uint64_t x, std::uint64_t y) {
    const float addend = float_from_bits(from), product = product_of(x, y);
    const float result = numerics::canonical(addend + product);
    saw_each(c_product, seen_in_product(widened(x), widened(y), product));
    saw_each(c_product + fp32_product_cases().size(), seen_in_sum(addend, product, result));
    return float_bits(result);
  }

  Format format_;
  std::size_t next_ = 0;
  Registers registers_;
  bool enabled_ = false;
};

class Mac : public Unit {
 public:
  std::string name() const override { return "mac"; }
  std::string summary() const override {
    return "a processing element: c + a * b in int8 with int32 sums, or bf16 with fp32 sums";
  }
  std::vector<Parameter> parameters() const override {
    return {{"Format", 0, 0, 1, "0: int8 operands and int32 sums, 1: bf16 and fp32"}};
  }
  std::vector<Port> ports(const Parameters& p) const override { return mac_ports(format_of(p)); }
  std::vector<std::string> sources() const override {
    return {"common/fp32_pkg.sv", "common/bf16_pkg.sv", "common/fp32_add.sv",
            "common/bf16_mul.sv", "mac/mac_pe.sv",      "mac/mac.sv"};
  }
  std::unique_ptr<Bench> bench(const Parameters& p) const override {
    return std::make_unique<MacBench>(format_of(p));
  }
  std::vector<Proof> proofs(const Parameters&) const override {
    Proof int8;
    int8.name = "int8";
    int8.claim =
        "the sum is c + a * b of the integers modulo 2^32, an overflow is where it differs";
    int8.top = "mac_pe_proof";
    int8.sources = sources();
    int8.sources.back() = "mac/mac_pe_proof.sv";
    int8.method = ProofMethod::combinational;
    int8.mutation = {"mac/mac_pe.sv", "{{16{product[15]}}, product}", "{{16{1'b0}}, product}",
                     "negative products are not sign-extended"};
    Proof add;
    add.name = "add";
    add.claim =
        "the sum is the nearest number, ties to even, with signed zeros, infinities and one NaN, "
        "for 4 exponent and 2 fraction bits";
    add.top = "fp32_add_proof";
    add.sources = {"common/small_float.sv", "common/fp32_pkg.sv", "common/fp32_add.sv",
                   "common/fp32_add_proof.sv"};
    add.method = ProofMethod::combinational;
    add.mutation = {"common/fp32_pkg.sv", "(shifted[SumRest+1] ||", "(1'b1 ||",
                    "ties are rounded away from zero"};
    return {int8, add};
  }
  std::string action() const override { return "mac"; }

 private:
  static Format format_of(const Parameters& p) {
    return p.at("Format") == 1 ? Format::bf16 : Format::int8;
  }
};

const UnitRegistration registration(std::make_unique<Mac>());

}  // namespace
}  // namespace mantissa::rtl
