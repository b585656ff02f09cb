// SPDX-License-Identifier: Apache-2.0
// The networks of the suite as ordinary modules of libtorch, by name.
//
//   auto net = make_network("resnet18", {});
//   net->eval();
//   const torch::NoGradGuard no_gradients;
//   at::Tensor scores = net->forward(torch::zeros({1, 3, 224, 224}));     // [1,1000]
//
// Names, shapes and parameter counts (running statistics do not count):
//
//   resnet18              [N,3,224,224]   11,689,512   He et al. 2016
//   resnet50              [N,3,224,224]   25,557,032   version 1.5: the stride in the 3x3
//   mobilenet_v2          [N,3,224,224]    3,504,872   Sandler et al. 2018
//   vgg16                 [N,3,224,224]  138,357,544   Simonyan and Zisserman 2015, D
//   inception_v3          [N,3,299,299]   23,834,568   Szegedy et al. 2016, no auxiliary head
//   squeezenet            [N,3,224,224]    1,248,424   Iandola et al. 2016; squeezenet_1_1:
//                                          1,235,496
//   bert_base             [N,L,768]       85,054,464   Devlin et al. 2018, the encoder alone
//   bert_base_tokens      [N,L] int64    109,482,240   with embeddings and pooler
//   gpt2_small            [N,L] int64    124,439,808   Radford et al. 2019
//   lstm                  [N,L,300]        1,665,024   one bias per gate
//   dlrm                  [N,13]             475,985   Naumov et al. 2019, the MLPs alone; with
//                                                      options.rows also tables
//   simplenet             [N,3,32,32]      5,498,378   facts of MLSys 2021, arXiv 2006.13977
//   simplenet_mnist       [N,1,28,28]      1,082,826   the same, half as wide
//   digits_cnn            [N,1,8,8]           15,498   group norm
//   digits_mlp            [N,64]               6,570
//
// resnet18 to dlrm, where configs/workload has a network of that name (dlrm_mlp for dlrm), record
// as the trace of that network in fp32, node for node.
//
// Contents follow from the seed alone: no generator of libtorch is touched (weights.h).
// Errors: executor.unknown-network, executor.input.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "workloads/executor/torch.h"

namespace mantissa::workloads {

inline const ErrorKind no_such_network{"executor.unknown-network", ExitCode::bad_input,
                                       "A network that the executor does not have."};

inline const ErrorKind wrong_input{"executor.input", ExitCode::bad_input,
                                   "An input of a shape or type that a network does not take."};

// A module of one tensor to one tensor.
class Model : public torch::nn::Module {
 public:
  virtual at::Tensor forward(at::Tensor x) = 0;
};

struct NetworkOptions {
  std::uint64_t seed = 1;
  bool weights = true;             // false: all zero, at no cost
  std::int64_t classes = 0;        // of classifiers; 0: as published
  bool norms = true;               // of simplenet and digits_cnn; false: left out
  bool scale_from_one = true;      // group norms keep a' and scale by 1 + a'; false: by a weight
  std::int64_t batch = 1;          // of the states that lstm, gpt2_small and dlrm start from
  std::int64_t context = 0;        // gpt2_small: earlier positions; forward then takes one token
  bool mlperf = false;             // dlrm: the sizes of MLPerf, not those for Criteo Kaggle
  std::vector<std::int64_t> rows;  // dlrm: rows of each of its 26 tables; empty: no tables
};

std::shared_ptr<Model> make_network(const std::string& name, const NetworkOptions& options);

// An input that a network takes, of one sample; other batches, and mostly other sizes of images and
// lengths, will do as well.
struct ExampleInput {
  std::vector<std::int64_t> shape;
  std::size_t fixed = 0;   // the dimension whose size the first layer demands; 0: none
  std::int64_t words = 0;  // > 0: int64 indices below this; 0: fp32
};
ExampleInput example_input(const std::string& name);
// "[1,3,224,224]", or "[1,128] of indices below 50257".
std::string text(const ExampleInput& input);

// network.forward(x); what libtorch says against the input is an Error(wrong_input) with the
// network's name, the shape and the example.
at::Tensor forward_checked(Model& network, const std::string& name, const at::Tensor& x);

// All names, sorted.
std::vector<std::string> network_names();

// Elements of all parameters.
std::int64_t parameter_count(const torch::nn::Module& module);

// The families, by name. Parameters are zero.
using Networks =
    std::vector<std::pair<std::string, std::shared_ptr<Model> (*)(const NetworkOptions&)>>;
Networks residual_networks();
Networks plain_networks();
Networks inception_networks();
Networks transformer_networks();
Networks recurrent_networks();
Networks recommendation_networks();

}  // namespace mantissa::workloads
