// SPDX-License-Identifier: Apache-2.0
// Whole networks through the chip in data mode: every output equals the reference executor's bit
// for bit, whatever the array, dataflow and storage.
#include <gtest/gtest.h>

#include <algorithm>

#include "arch/session/session.h"
#include "arch/units/matrix_model.h"
#include "base/numerics/evaluate.h"
#include "workloads/workload.h"

namespace mantissa::workloads {
namespace {

std::string configs(const std::string& path) {
  return std::string(MANTISSA_SOURCE_DIR) + "/configs/" + path;
}

config::Resolver presets(const std::string& folder) {
  return config::preset_folders({configs(folder)});
}

struct Case {
  std::string workload, arch;
  std::vector<std::string> workload_overrides, arch_overrides;
};

class Networks : public ::testing::TestWithParam<Case> {};

TEST_P(Networks, leave_the_chip_with_the_executors_bits) {
  const Case& c = GetParam();
  const auto arch = config::load<arch::ArchConfig>(c.arch, presets("arch"), c.arch_overrides,
                                                   {{"memory.dram", presets("memory"), "dram"}})
                        .value;
  LoadOptions load;
  load.native = arch.core.matrix.formats.front();
  load.overrides = c.workload_overrides;
  const auto workload =
      load_workload(configs("workload/" + c.workload + ".yaml"), presets("workload"), load);
  const trace::Trace& trace = workload.traces.front();

  arch::RunOptions options;
  options.fidelity = arch::Fidelity::data;
  options.operands = workload.operands;
  arch::RunResult result;
  {
    arch::Session session(arch, power::Technology::load(configs("tech/28nm.yaml")));
    result = session.run({trace}, options);
  }

  std::vector<numerics::Value> values(trace.tensors.size());
  for (trace::TensorId t = 0; t < trace.tensors.size(); ++t) {
    values[t] = numerics::Value(trace.tensors[t].format, trace.tensors[t].shape);
    if (trace.tensors[t].role != trace::Role::activation)
      values[t].data = workload.operands(trace, trace.tensors[t]);
  }
  numerics::EvaluationOrder order;
  order.matrix = arch::make_matrix_model(arch.core)->order();
  order.lanes = static_cast<unsigned>(arch.core.vector.lanes);
  numerics::evaluate_all(trace, values, order);

  ASSERT_FALSE(result.outputs.empty());
  for (const auto& output : result.outputs) {
    const auto tensor =
        std::find_if(trace.tensors.begin(), trace.tensors.end(),
                     [&](const trace::Tensor& t) { return t.name == output.tensor.name; });
    ASSERT_NE(tensor, trace.tensors.end()) << output.tensor.name;
    const auto id = static_cast<std::size_t>(tensor - trace.tensors.begin());
    ASSERT_EQ(output.bytes.size(), values[id].data.size());
    std::size_t different = 0;
    for (std::size_t i = 0; i < output.bytes.size(); ++i)
      different += output.bytes[i] != values[id].data[i] ? 1 : 0;
    EXPECT_EQ(different, 0u) << output.tensor.name << " of " << output.bytes.size() << " bytes";
    // Outputs that are all alike would make the comparison worthless.
    EXPECT_NE(std::adjacent_find(output.bytes.begin(), output.bytes.end(), std::not_equal_to<>()),
              output.bytes.end())
        << output.tensor.name;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shipped, Networks,
    ::testing::Values(Case{"resnet18", "systolic_128x128", {"input.shape=[3, 64, 64]"}, {}},
                      Case{"resnet18", "edge_16x16", {"input.shape=[3, 64, 64]"}, {}},
                      Case{"resnet18",
                           "systolic_32x32",
                           {"input.shape=[3, 32, 32]", "batch=3"},
                           {"core.matrix.dataflow=output_stationary"}},
                      Case{"resnet18", "tpu_v1", {"input.shape=[3, 64, 64]"}, {}},
                      Case{"mobilenet_v2", "systolic_32x32", {"input.shape=[3, 64, 64]"}, {}},
                      Case{"mobilenet_v2", "tpu_v4i", {"input.shape=[3, 64, 64]"}, {}},
                      Case{"bert_base", "systolic_32x32", {"length=5"}, {}},
                      Case{"bert_base", "tpu_v2", {"length=3"}, {}},
                      Case{"gpt2_small", "tpu_v1", {"phase=decode", "context=7"}, {}},
                      Case{"gpt2_small",
                           "systolic_128x128",
                           {"length=4"},
                           {"core.matrix.dataflow=input_stationary"}},
                      Case{"lstm", "edge_16x16", {"length=3"}, {}},
                      Case{"dlrm_mlp", "tpu_v3", {"batch=4"}, {}},
                      Case{"resnet18",
                           "ipu_small",
                           {"input.shape=[3, 32, 32]", "format=int4"},
                           {"core.matrix.formats=[fp16, int4]"}},
                      Case{"squeezenet",
                           "ipu_big",
                           {"input.shape=[3, 64, 64]", "format=int8", "weight_format=int4"},
                           {"core.matrix.formats=[int8, int4]"}}),
    [](const auto& info) {
      return info.param.workload + "_on_" + info.param.arch + "_" + std::to_string(info.index);
    });

}  // namespace
}  // namespace mantissa::workloads
