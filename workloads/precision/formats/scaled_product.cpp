// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/formats/scaled_product.h"

#include "base/numerics/quantize/post_processing.h"

namespace mantissa::workloads {

using numerics::QuantizedTensor;

// Fully connected layers are convolutions of one position: every row of x an image of one pixel.
struct ScaledProduct::Geometry {
  std::int64_t images = 1, channels = 1, height = 1, width = 1;  // channels of a group
  std::int64_t rows = 1, columns = 1;                            // of the kernel
  std::int64_t out_height = 1, out_width = 1, outputs = 1;       // outputs of a group
  std::int64_t stride = 1, top = 0, left = 0, groups = 1;
  std::int64_t vectors = 1, padded = 1;  // of one position

  std::int64_t positions() const { return rows * columns; }
  std::int64_t pixels() const { return height * width; }
  std::int64_t out_pixels() const { return out_height * out_width; }
  std::int64_t k() const { return positions() * padded; }
};

ScaledProduct::ScaledProduct(const Product& layer, const numerics::VectorMac& mac)
    : layer_(layer), mac_(mac) {}

ScaledProduct::Geometry ScaledProduct::geometry(const at::Tensor& x) const {
  const at::Tensor& w = layer_.weight();
  const Product::Window window = layer_.window();
  Geometry g;
  g.groups = window.groups;
  g.outputs = w.size(0) / g.groups;
  g.channels = w.size(1);
  if (window.kernel.empty()) {
    g.images = x.numel() / g.channels;
  } else {
    g.images = x.size(0);
    g.height = x.size(2);
    g.width = x.size(3);
    g.rows = window.kernel[0];
    g.columns = window.kernel[1];
    g.stride = window.stride;
    g.top = window.padding[0];
    g.left = window.padding[1];
    g.out_height = (g.height + 2 * g.top - g.rows) / g.stride + 1;
    g.out_width = (g.width + 2 * g.left - g.columns) / g.stride + 1;
  }
  const std::int64_t v = mac_.vector_length;
  g.vectors = (g.channels + v - 1) / v;
  g.padded = g.vectors * v;
  return g;
}

ScaledProduct::Rows ScaledProduct::weight_rows(const QuantizedTensor& w, const Geometry& g) const {
  const std::int64_t outputs = g.outputs * g.groups, positions = g.positions();
  Rows rows;
  rows.elements.resize(static_cast<std::size_t>(outputs * g.k()));
  rows.scales.resize(w.scales.empty() ? 0
                                      : static_cast<std::size_t>(outputs * positions * g.vectors));
  for (std::int64_t o = 0; o < outputs; ++o)
    for (std::int64_t p = 0; p < positions; ++p) {
      const std::int64_t row = o * positions + p;
      for (std::int64_t c = 0; c < g.channels; ++c)
        rows.elements[static_cast<std::size_t>(row * g.padded + c)] =
            w.elements[static_cast<std::size_t>((o * g.channels + c) * positions + p)];
      for (std::int64_t j = 0; j < g.vectors && !w.scales.empty(); ++j)
        rows.scales[static_cast<std::size_t>(row * g.vectors + j)] =
            w.scales[static_cast<std::size_t>((o * g.vectors + j) * positions + p)];
    }
  return rows;
}

// Of one image and group: a row per output pixel.
ScaledProduct::Rows ScaledProduct::input_rows(const QuantizedTensor& a, const Geometry& g,
                                              std::int64_t image, std::int64_t group) const {
  Rows rows;
  rows.elements.resize(static_cast<std::size_t>(g.out_pixels() * g.k()));
  if (!a.scales.empty())
    rows.scales.resize(static_cast<std::size_t>(g.out_pixels() * g.positions() * g.vectors));
  const std::int64_t line = image * g.groups + group;
  std::int64_t row = 0;  // of one position
  for (std::int64_t y = 0; y < g.out_height; ++y)
    for (std::int64_t x = 0; x < g.out_width; ++x)
      for (std::int64_t r = 0; r < g.rows; ++r)
        for (std::int64_t s = 0; s < g.columns; ++s, ++row) {
          const std::int64_t from_y = y * g.stride - g.top + r, from_x = x * g.stride - g.left + s;
          if (from_y < 0 || from_y >= g.height || from_x < 0 || from_x >= g.width) continue;
          const std::int64_t pixel = from_y * g.width + from_x;
          for (std::int64_t c = 0; c < g.channels; ++c)
            rows.elements[static_cast<std::size_t>(row * g.padded + c)] =
                a.elements[static_cast<std::size_t>((line * g.channels + c) * g.pixels() + pixel)];
          for (std::int64_t j = 0; j < g.vectors && !a.scales.empty(); ++j)
            rows.scales[static_cast<std::size_t>(row * g.vectors + j)] =
                a.scales[static_cast<std::size_t>((line * g.vectors + j) * g.pixels() + pixel)];
        }
  return rows;
}

std::uint64_t ScaledProduct::padding_vectors(const at::Tensor& x) const {
  const Geometry g = geometry(x);
  const auto inside = [&](std::int64_t outputs, std::int64_t taps, std::int64_t before,
                          std::int64_t extent) {
    std::int64_t count = 0;
    for (std::int64_t y = 0; y < outputs; ++y)
      for (std::int64_t r = 0; r < taps; ++r) {
        const std::int64_t from = y * g.stride - before + r;
        count += from >= 0 && from < extent ? 1 : 0;
      }
    return count;
  };
  const std::int64_t all = g.out_pixels() * g.positions();
  const std::int64_t real = inside(g.out_height, g.rows, g.top, g.height) *
                            inside(g.out_width, g.columns, g.left, g.width);
  return static_cast<std::uint64_t>(g.images * g.groups * g.outputs * g.vectors * (all - real));
}

at::Tensor ScaledProduct::forward(const QuantizedTensor& weights, const QuantizedTensor& inputs,
                                  const at::Tensor& x, numerics::VectorMacCounts& counts) const {
  const Geometry g = geometry(x);
  const Rows w = weight_rows(weights, g);
  const at::Tensor& bias = layer_.bias();
  const std::int64_t outputs = g.outputs * g.groups, pixels = g.out_pixels();
  // [image, group, pixel, output of the group]
  at::Tensor y = torch::empty({g.images, g.groups, pixels, g.outputs});
  auto* to = y.data_ptr<float>();
  std::vector<std::int64_t> acc(static_cast<std::size_t>(pixels * g.outputs));
  for (std::int64_t image = 0; image < g.images; ++image)
    for (std::int64_t group = 0; group < g.groups; ++group) {
      const Rows a = input_rows(inputs, g, image, group);
      const std::int64_t first = group * g.outputs;
      const std::int64_t scales_of_row = g.positions() * g.vectors;
      numerics::vector_scaled_gemm(
          mac_, {a.elements.data(), a.scales.empty() ? nullptr : a.scales.data()},
          {w.elements.data() + first * g.k(),
           w.scales.empty() ? nullptr : w.scales.data() + first * scales_of_row},
          acc.data(), pixels, g.outputs, g.k(), false, counts);
      numerics::OutputScaling scaling;
      scaling.weight_coarse = weights.coarse.data() + first;
      scaling.activation_coarse = inputs.coarse.front();
      if (bias.defined()) scaling.bias = bias.data_ptr<float>() + first;
      numerics::dequantize_sums(mac_, acc.data(), pixels, g.outputs, scaling,
                                to + (image * g.groups + group) * pixels * g.outputs);
    }
  if (layer_.window().kernel.empty()) {
    std::vector<std::int64_t> shape = x.sizes().vec();
    shape.back() = outputs;
    return y.reshape(shape);
  }
  return y.permute({0, 1, 3, 2})
      .reshape({g.images, outputs, g.out_height, g.out_width})
      .contiguous();
}

}  // namespace mantissa::workloads
