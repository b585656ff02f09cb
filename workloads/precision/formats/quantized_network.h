// SPDX-License-Identifier: Apache-2.0
// Any network in any format: its convolutions and fully connected layers compute in the formats of
// layer_format.h while one of these lives, everything else stays fp32.
//
//   QuantizedNetwork quantized(*net, formats);
//   quantized.calibrate(samples);                  // ranges of activations, if anything needs them
//   at::Tensor y = net->forward(x);                // PTQ; with gradients on: training (QAT)
//
// Weights are quantised once and again when they change in training; activations whenever they
// come. Two ways to compute:
//
//   values    operands as the format keeps them, products and sums in fp32: any format, trainable,
//             recorded as nodes fake_quantize before conv2d and matmul
//   datapath  integer codes through the vector MAC (base/numerics/quantize/vector_mac.h) with its
//             rounded scale products and narrow accumulator: the bits of rtl/vsq, then
//             acc * (gw * ga * 2^k) + bias in fp32. Integer schemes alone; not differentiable.
//
// Products of two activations (attention) and tables are not layers, and stay fp32.
// Errors: formats.layer, a name that is no layer's; formats.calibration, ranges that nobody has
// calibrated; formats.datapath; quantize.not-finite, naming layer and operand.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "workloads/executor/networks/layers.h"
#include "workloads/precision/formats/layer_format.h"

namespace mantissa::workloads {

inline const ErrorKind unknown_layer_of_network{
    "formats.layer", ExitCode::bad_input, "A format for a layer that the network does not have."};
inline const ErrorKind not_calibrated{
    "formats.calibration", ExitCode::bad_input,
    "A network whose activations have no ranges, since no sample has come by their layer."};
inline const ErrorKind no_datapath{
    "formats.datapath", ExitCode::bad_input,
    "A format that the vector MAC of integers does not compute (floats, block formats)."};

enum class Arithmetic { values, datapath };

// What one layer's vector MACs have done (datapath).
struct LayerCounts {
  std::string layer, scheme;
  bool is_signed = true;  // its activations
  numerics::VectorMacCounts mac;
  std::uint64_t clipped_scales = 0, activation_scales = 0;
  std::uint64_t macs = 0;  // multiply-accumulates of the samples that calibrated it, any arithmetic
  std::uint64_t padding = 0;  // of the vectors, those beyond the edges of images

  // Of the vectors within images, those whose scale product was zero. What lies beyond is zero in
  // every format, with or without scales that tell.
  double gated_share() const {
    const std::uint64_t told = activation_scales > 0 ? padding : 0, real = mac.vectors - padding;
    return real == 0 ? 0 : static_cast<double>(mac.gated - told) / static_cast<double>(real);
  }
};

class QuantizedNetwork {
 public:
  QuantizedNetwork(Model& network, const LayerFormats& formats,
                   Arithmetic arithmetic = Arithmetic::values);
  ~QuantizedNetwork();
  QuantizedNetwork(const QuantizedNetwork&) = delete;
  QuantizedNetwork& operator=(const QuantizedNetwork&) = delete;

  // Sees the inputs of all layers in fp32; more samples continue fewer.
  void calibrate(const at::Tensor& samples);

  // In the order of the network's modules.
  std::vector<LayerCounts> counts() const;

  class Layer;

 private:
  Model& network_;
  std::vector<std::unique_ptr<Layer>> layers_;
};

// 10 log10 (sum x^2 / sum (x - y)^2) in dB; infinite where they are equal.
double output_sqnr(const at::Tensor& x, const at::Tensor& y);

}  // namespace mantissa::workloads
