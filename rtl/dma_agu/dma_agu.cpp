// SPDX-License-Identifier: Apache-2.0
// The bench of the address generator. Strided commands are enumerated by nested loops; im2col ones
// by base/numerics/im2col.h itself, over an image whose elements are their own addresses.
#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/numerics/im2col.h"
#include "rtl/common/pin_bench.h"

namespace mantissa::rtl {
namespace {

std::vector<Port> agu_ports(std::int64_t address_width, std::int64_t count_width) {
  const auto in = Direction::input, out = Direction::output;
  const auto a = static_cast<std::uint32_t>(address_width);
  const auto c = static_cast<std::uint32_t>(count_width);
  return {{"valid_i", in, 1, "a command"},
          {"ready_o", out, 1, "it is taken"},
          {"im2col_i", in, 1, "elements outside of the feature map are padding"},
          {"base_i", in, a, "address of the first element"},
          {"counts_i", in, 5 * c, "of the loops, innermost in the low bits; 0: 2^CountWidth"},
          {"strides_i", in, 5 * a, "of the loops, two's complement"},
          {"first_x_i", in, c + 2, "column of the first pixel, signed"},
          {"first_y_i", in, c + 2, "its row"},
          {"stride_x_i", in, c, "columns per round of loop 3"},
          {"stride_y_i", in, c, "rows per round of loop 4"},
          {"dilation_x_i", in, c, "columns per round of loop 1"},
          {"dilation_y_i", in, c, "rows per round of loop 2"},
          {"width_i", in, c, "of the feature map"},
          {"height_i", in, c, ""},
          {"valid_o", out, 1, ""},
          {"ready_i", in, 1, ""},
          {"address_o", out, a, "where the element is, or would be"},
          {"padding_o", out, 1, "the element lies outside"},
          {"last_o", out, 1, "of the command"}};
}
enum {
  valid,
  ready,
  im2col,
  base,
  counts,
  strides,
  first_x,
  first_y,
  stride_x,
  stride_y,
  dilation_x,
  dilation_y,
  width,
  height,
  out_valid,
  out_ready,
  address,
  padding,
  last
};

// The counts and strides are those of a strided command; what follows them makes the loops of an
// im2col one.
enum {
  f_im2col,
  f_base,
  f_count0,
  f_count1,
  f_count2,
  f_stride0,
  f_stride1,
  f_stride2,
  f_height,
  f_width,
  f_channels,
  f_gap,
  f_kernel_y,
  f_kernel_x,
  f_step_y,
  f_step_x,
  f_dilation_y,
  f_dilation_x,
  f_padding_y,
  f_padding_x
};

enum {
  c_one,
  c_strided,
  c_negative,
  c_wraps,
  c_im2col,
  c_inside,
  c_padding_left,
  c_padding_right,
  c_padding_top,
  c_padding_bottom,
  c_stride,
  c_dilation,
  c_slice,
  c_held,
  c_at_once,
  c_gap,
  c_whole_count
};

// A wide counter does not come to its end in a run.
std::vector<std::string> agu_cases(std::int64_t count_width) {
  std::vector<std::string> all = {"strided: one element",
                                  "strided: three loops",
                                  "strided: negative stride",
                                  "strided: past the last address",
                                  "im2col",
                                  "im2col: inside",
                                  "im2col: padding on the left",
                                  "im2col: padding on the right",
                                  "im2col: padding above",
                                  "im2col: padding below",
                                  "im2col: stride above 1",
                                  "im2col: dilation above 1",
                                  "im2col: a slice of the channels",
                                  "address held by the other side",
                                  "next command with the last address",
                                  "no command",
                                  "strided: a count of 2^CountWidth"};
  if (count_width > 6) all.pop_back();
  return all;
}

struct Element {
  std::uint64_t address = 0;
  bool padding = false;
};

// What the pins say.
struct Program {
  std::uint64_t base = 0;
  std::array<std::int64_t, 5> counts{1, 1, 1, 1, 1}, strides{};
  trace::Window window;
  std::int64_t width = 0, height = 0;
};

class DmaAguBench : public PinBench {
 public:
  DmaAguBench(std::int64_t address_width, std::int64_t count_width)
      : PinBench(agu_ports(address_width, count_width), agu_cases(count_width)),
        mask_(address_width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << address_width) - 1),
        address_width_(address_width),
        count_width_(count_width) {}

  std::vector<Field> fields() const override {
    const std::int64_t most = std::int64_t{1} << std::min<std::int64_t>(count_width_, 6);
    const std::int64_t far = std::int64_t{1} << std::min<std::int64_t>(address_width_ - 1, 40);
    return {{"im2col", 0, 1, "0: strided"},
            {"base", 0, 2 * far - 1, "address"},
            {"count0", 1, most, "strided, innermost"},
            {"count1", 1, most, ""},
            {"count2", 1, most, ""},
            {"stride0", -far, far - 1, "strided"},
            {"stride1", -far, far - 1, ""},
            {"stride2", -far, far - 1, ""},
            {"height", 1, 12, "of the feature map"},
            {"width", 1, 12, ""},
            {"channels", 1, 7, "taken of each pixel"},
            {"gap", 0, 7, "channels not taken"},
            {"kernel_y", 1, 5, ""},
            {"kernel_x", 1, 5, ""},
            {"step_y", 1, 3, "stride of the window"},
            {"step_x", 1, 3, ""},
            {"dilation_y", 1, 3, ""},
            {"dilation_x", 1, 3, ""},
            {"padding_y", 0, 4, "above and below"},
            {"padding_x", 0, 4, "left and right"}};
  }

  std::vector<Command> directed() const override {
    const std::int64_t far = std::int64_t{1} << std::min<std::int64_t>(address_width_ - 1, 40);
    const std::int64_t most = std::int64_t{1} << std::min<std::int64_t>(count_width_, 6);
    std::vector<Command> list;
    const auto strided = [&](std::int64_t at, std::array<std::int64_t, 3> n,
                             std::array<std::int64_t, 3> by) {
      list.push_back(
          {0, at, n[0], n[1], n[2], by[0], by[1], by[2], 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0});
    };
    for (int i = 0; i < 4; ++i) strided(i, {1, 1, 1}, {1, 2, 3});
    strided(2 * far - 1, {2, 2, 2}, {1, far - 1, -far});
    strided(0, {3, 1, 2}, {-1, 5, -7});
    strided(5, {most, 1, 1}, {1, 0, 0});
    strided(5, {1, most, 1}, {0, 3, 0});
    strided(5, {1, 1, most}, {0, 0, -1});
    strided(5, {2, 3, 4}, {1, 2, 6});
    for (std::int64_t k = 1; k <= 5; ++k)
      for (std::int64_t s = 1; s <= 3; ++s)
        for (std::int64_t p = 0; p <= 4; p += 2)
          list.push_back({1, 9,         1,     1, 1,     0, 0,     0,         7,
                          6, 1 + k % 3, s - 1, k, 6 - k, s, 4 - s, 1 + p / 2, 1 + (k + p) % 3,
                          p, 4 - p});
    list.push_back({1, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0});
    list.push_back({1, 0, 1, 1, 1, 0, 0, 0, 12, 12, 2, 0, 3, 3, 2, 2, 1, 1, 1, 1});
    return list;
  }

  Command random(std::uint64_t number) const override {
    const auto within = [&](std::uint64_t i, std::int64_t low, std::int64_t high) {
      return low + static_cast<std::int64_t>(draw(draw(0xA90, number), i) %
                                             static_cast<std::uint64_t>(high - low + 1));
    };
    const std::vector<Field> all = fields();
    Command c(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      c[i] = within(i, all[i].low, all[i].high);
      // One long loop at most, and that seldom.
      if (i >= f_count0 && i <= f_count2 && within(50, 0, 11) != static_cast<std::int64_t>(i))
        c[i] = within(200 + i, 1, 4);
      if (i >= f_stride0 && i <= f_stride2 && within(100 + i, 0, 1) != 0)
        c[i] = within(200 + i, -8, 7);
      if (i >= f_height && i <= f_width) c[i] = within(200 + i, 1, 6);
      if (i == f_channels || i == f_gap || i == f_kernel_y || i == f_kernel_x)
        c[i] = within(200 + i, all[i].low, 3);
    }
    return c;
  }

  void begin(const std::vector<Command>& list, std::uint64_t seed, unsigned stall) override {
    PinBench::begin(list, seed, stall);
    next_ = 0;
    working_ = at_ = 0;
    taken_ = 0;
    elements_.clear();
    offered_ = false;
  }

  void drive(const Pins& pins) override {
    clear_inputs(pins);
    offered_ = next_ < commands_.size() && (offered_ || !holds_back(0));
    ready_ = !holds_back(1);
    put(pins[out_ready], ready_);
    if (!offered_) return;
    const Command& c = commands_[next_];
    const Program p = program(c);
    const auto cw = static_cast<std::uint32_t>(count_width_);
    const auto aw = static_cast<std::uint32_t>(address_width_);
    put(pins[valid], 1);
    put(pins[im2col], static_cast<std::uint64_t>(c[f_im2col]));
    put(pins[base], p.base);
    for (std::uint32_t l = 0; l < 5; ++l) {
      put(pins[counts], l * cw, cw, static_cast<std::uint64_t>(p.counts[l]));
      put(pins[strides], l * aw, aw, static_cast<std::uint64_t>(p.strides[l]));
    }
    put(pins[first_x], static_cast<std::uint64_t>(-p.window.before[1]));
    put(pins[first_y], static_cast<std::uint64_t>(-p.window.before[0]));
    put(pins[stride_x], static_cast<std::uint64_t>(p.window.stride[1]));
    put(pins[stride_y], static_cast<std::uint64_t>(p.window.stride[0]));
    put(pins[dilation_x], static_cast<std::uint64_t>(p.window.dilation[1]));
    put(pins[dilation_y], static_cast<std::uint64_t>(p.window.dilation[0]));
    put(pins[width], static_cast<std::uint64_t>(p.width));
    put(pins[height], static_cast<std::uint64_t>(p.height));
  }

  bool check(const Pins& pins, Mismatch& m) override {
    const bool busy = at_ < elements_.size(), ends = busy && at_ + 1 == elements_.size();
    const bool is_ready = !busy || (ends && ready_);
    if (!same(pins, ready, is_ready, current(), m)) return false;
    if (!same(pins, out_valid, busy, current(), m)) return false;
    if (busy) {
      const Element& e = elements_[at_];
      const std::string name = "element " + std::to_string(at_);
      const auto is = [&](std::size_t port, std::uint64_t expected) {
        return same(pins, port, 0, pins[port].width, expected, working_, name, m);
      };
      if (!is(address, e.address) || !is(padding, e.padding) || !is(last, ends)) return false;
    }
    // The rising edge.
    saw(c_held, busy && !ready_);
    saw(c_gap, !offered_ && next_ < commands_.size());
    if (busy && ready_) {
      ++at_;
      ++taken_;
    }
    if (offered_ && is_ready) {
      saw(c_at_once, busy);
      working_ = next_++;
      offered_ = false;
      at_ = 0;
      enumerate(commands_[working_]);
    }
    ++cycle_;
    return true;
  }

  bool done() const override { return next_ == commands_.size() && at_ == elements_.size(); }
  std::size_t current() const override {
    if (at_ < elements_.size()) return working_;
    return commands_.empty() ? 0 : std::min(next_, commands_.size() - 1);
  }
  std::uint64_t patience(const Command& c) const override {
    std::int64_t addresses = 1;
    for (const std::int64_t n : program(c).counts) addresses *= n;
    return static_cast<std::uint64_t>(addresses + 2);
  }
  std::optional<std::uint64_t> actions() const override { return taken_; }

 private:
  static std::int64_t pixel_stride(const Command& c) { return c[f_channels] + c[f_gap]; }

  // Output pixels of a window that always fits: padding that is too small grows below and right.
  Program program(const Command& c) const {
    Program p;
    p.base = static_cast<std::uint64_t>(c[f_base]) & mask_;
    if (c[f_im2col] == 0) {
      for (std::size_t l = 0; l < 3; ++l) {
        p.counts[l] = c[f_count0 + l];
        p.strides[l] = c[f_stride0 + l];
      }
      return p;
    }
    trace::Window& w = p.window;
    w.kernel = {c[f_kernel_y], c[f_kernel_x]};
    w.stride = {c[f_step_y], c[f_step_x]};
    w.dilation = {c[f_dilation_y], c[f_dilation_x]};
    w.before = {c[f_padding_y], c[f_padding_x]};
    w.after = w.before;
    p.height = c[f_height];
    p.width = c[f_width];
    const std::array<std::int64_t, 2> size{p.height, p.width};
    for (std::size_t d = 0; d < 2; ++d) {
      const std::int64_t reach = w.dilation[d] * (w.kernel[d] - 1) + 1;
      w.after[d] = std::max(w.after[d], reach - size[d] - w.before[d]);
    }
    const std::int64_t row = p.width * pixel_stride(c);
    p.counts = {c[f_channels], w.kernel[1], w.kernel[0], trace::positions(w, 1, p.width),
                trace::positions(w, 0, p.height)};
    p.strides = {1, w.dilation[1] * pixel_stride(c), w.dilation[0] * row,
                 w.stride[1] * pixel_stride(c), w.stride[0] * row};
    const std::int64_t origin = w.before[0] * row + w.before[1] * pixel_stride(c);
    p.base = (p.base - static_cast<std::uint64_t>(origin)) & mask_;
    return p;
  }

  // By loops; what im2col gathers must be what it says.
  void enumerate(const Command& c) {
    const Program p = program(c);
    elements_.clear();
    std::array<std::int64_t, 5> i{};
    for (i[4] = 0; i[4] < p.counts[4]; ++i[4])
      for (i[3] = 0; i[3] < p.counts[3]; ++i[3])
        for (i[2] = 0; i[2] < p.counts[2]; ++i[2])
          for (i[1] = 0; i[1] < p.counts[1]; ++i[1])
            for (i[0] = 0; i[0] < p.counts[0]; ++i[0]) {
              std::uint64_t at = p.base;
              for (std::size_t l = 0; l < 5; ++l)
                at += static_cast<std::uint64_t>(i[l]) * static_cast<std::uint64_t>(p.strides[l]);
              if (c[f_im2col] == 0) saw(c_wraps, (at & mask_) != at);
              elements_.push_back({at & mask_, false});
            }
    if (c[f_im2col] == 0) {
      saw(c_one, elements_.size() == 1);
      saw(c_strided, p.counts[0] > 1 && p.counts[1] > 1 && p.counts[2] > 1);
      saw(c_negative, p.counts[0] > 1 && p.strides[0] < 0);
      for (std::size_t l = 0; l < 3 && count_width_ <= 6; ++l)
        saw(c_whole_count, p.counts[l] == std::int64_t{1} << count_width_);
      return;
    }
    gather(c, p);
  }

  void gather(const Command& c, const Program& p) {
    // The image holds addresses, the padding element none.
    const std::uint64_t none = ~std::uint64_t{0};
    const std::int64_t pixel = pixel_stride(c);
    std::vector<std::uint64_t> image(static_cast<std::size_t>(p.height * p.width * pixel));
    for (std::size_t i = 0; i < image.size(); ++i) image[i] = i;
    const numerics::PatchGeometry geometry{p.height,        p.width,  c[f_channels], pixel,
                                           p.width * pixel, p.window, p.counts[3]};
    const std::int64_t rows = p.counts[3] * p.counts[4];
    std::vector<std::uint64_t> patches(static_cast<std::size_t>(rows * geometry.k()));
    numerics::im2col(image.data(), 8, geometry, 0, rows, patches.data(), geometry.k(), &none);
    MANTISSA_CHECK(patches.size() == elements_.size(), "im2col and its loops differ in length");
    for (std::size_t i = 0; i < patches.size(); ++i) {
      Element& e = elements_[i];
      e.padding = patches[i] == none;
      if (!e.padding) e.address = (static_cast<std::uint64_t>(c[f_base]) + patches[i]) & mask_;
      saw(c_inside, !e.padding);
    }
    const trace::Window& w = p.window;
    const auto reaches = [&](std::size_t d, std::int64_t count) {
      return (count - 1) * w.stride[d] - w.before[d] + (w.kernel[d] - 1) * w.dilation[d];
    };
    saw(c_im2col);
    saw(c_padding_left, w.before[1] > 0);
    saw(c_padding_top, w.before[0] > 0);
    saw(c_padding_right, reaches(1, p.counts[3]) >= p.width);
    saw(c_padding_bottom, reaches(0, p.counts[4]) >= p.height);
    saw(c_stride, w.stride[0] > 1 || w.stride[1] > 1);
    saw(c_dilation,
        (w.dilation[0] > 1 && w.kernel[0] > 1) || (w.dilation[1] > 1 && w.kernel[1] > 1));
    saw(c_slice, c[f_gap] > 0);
  }

  std::uint64_t mask_;
  std::int64_t address_width_, count_width_;
  std::size_t next_ = 0, working_ = 0, at_ = 0;
  std::vector<Element> elements_;  // of the command that is worked on
  std::uint64_t taken_ = 0;
  bool offered_ = false, ready_ = false;
};

class DmaAgu : public Unit {
 public:
  std::string name() const override { return "dma_agu"; }
  std::string summary() const override {
    return "address generator for strided transfers and im2col";
  }
  std::vector<Parameter> parameters() const override {
    return {{"AddressWidth", 32, 8, 64, "bits"},
            {"CountWidth", 16, 5, 24, "bits of a count; coordinates have two more"}};
  }
  std::vector<Port> ports(const Parameters& p) const override {
    return agu_ports(p.at("AddressWidth"), p.at("CountWidth"));
  }
  std::vector<std::string> sources() const override { return {"dma_agu/dma_agu.sv"}; }
  std::unique_ptr<Bench> bench(const Parameters& p) const override {
    return std::make_unique<DmaAguBench>(p.at("AddressWidth"), p.at("CountWidth"));
  }
  std::vector<Proof> proofs(const Parameters&) const override {
    Proof p;
    p.name = "addresses";
    p.claim = "address and pixel are those of the nested loops, and stay until they are taken";
    p.top = name();
    p.sources = sources();
    p.parameters = {{"AddressWidth", 3}, {"CountWidth", 2}};
    p.depth = 1;
    p.mutation = {"dma_agu/dma_agu.sv", "x_q <= x_q + {2'b00, dilation_x_q}",
                  "x_q <= column_x_q + {2'b00, dilation_x_q}", "a kernel row of two columns"};
    return {p};
  }
  std::string action() const override { return "address"; }
};

const UnitRegistration registration(std::make_unique<DmaAgu>());

}  // namespace
}  // namespace mantissa::rtl
