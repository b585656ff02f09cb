// SPDX-License-Identifier: Apache-2.0
// A trained network as the accelerator computes it: int8 operands, int32 sums, requantisation by
// multiplier and shift (facts of base/numerics/requantize.h), after training.
//
//   weights       symmetric per output channel, s_w = max |w| / 127
//   activations   unsigned range in int8: codes 0..127, s_a = max a / 127 over calibration samples
//   biases        int32 codes of s_a s_w
//   between       y = clip(RNE(sum m / 2^s), 0, 127): the ReLU is the lower bound
//
// Every operator is one of torch.ops.mantissa, so its bits are the accelerator's, and a recorder
// sees exactly what the chip will do. The logits are the last layer's int32 sums.
//
// The network is a chain of named layers: conv*, relu*, pool* (2 x 2 maximum), flatten, logits.
//
//   const IntegerNetwork q(*net, calibration);
//   at::Tensor logits = q.forward(q.codes(x));              // int32 [N, 10]
// Errors: int8.layer for a layer that is none of these.
#pragma once

#include <vector>

#include "workloads/executor/networks/network.h"
#include "workloads/executor/recorder/recorder.h"

namespace mantissa::workloads {

inline const ErrorKind not_integer{"int8.layer", ExitCode::bad_input,
                                   "A layer that the int8 form of a network does not have."};

class IntegerNetwork {
 public:
  // `samples` as the network takes them; they set the scales of activations.
  IntegerNetwork(Model& network, const at::Tensor& samples);

  // Of inputs in [0, 1]: int8, shaped alike.
  at::Tensor codes(const at::Tensor& x) const;
  at::Tensor forward(const at::Tensor& codes) const;

  // Names what the network consists of: "conv1.weight", "conv1.bias", "conv1.multiplier", ...
  void name_parameters(Recorder& recorder) const;

  struct Layer {
    std::string name;
    at::Tensor weight, bias;  // int8, int32
    at::Tensor multiplier;    // int32 per channel; undefined: the sums go out as they are
    std::int64_t shift = 0;
    double scale = 1;  // of its outputs
    bool pool = false;
  };
  const std::vector<Layer>& layers() const { return layers_; }

 private:
  std::vector<Layer> layers_;
};

}  // namespace mantissa::workloads
