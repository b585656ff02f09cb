// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/torch_script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/numerics/evaluate.h"
#include "base/trace/vocabulary.h"
#include "workloads/executor/tensor.h"
#include "workloads/import/file_type.h"

namespace mantissa::workloads {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class TorchScript : public testing::Test {
 protected:
  TorchScript() { fs::create_directories(folder_); }
  ~TorchScript() override { fs::remove_all(folder_); }

  std::string file(const std::string& name) const { return (folder_ / name).string(); }

  std::string saved(const std::string& source) const {
    torch::jit::Module model("Model");
    model.register_parameter("weight", torch::tensor({{1.0f, 2.0f}, {-3.0f, 4.0f}}), false);
    model.register_buffer("offset", torch::tensor({0.5f, -0.25f}));
    model.define(source);
    model.save(file("model.pt"));
    return file("model.pt");
  }

  static LoadedWorkload load(const std::string& path, const std::vector<std::string>& overrides) {
    LoadOptions options;
    options.overrides = overrides;
    return load_workload(path, config::preset_folders({}), options);
  }

  static std::string refused(const std::string& path, const std::vector<std::string>& overrides,
                             const std::string& kind) {
    try {
      load(path, overrides);
    } catch (const Error& e) {
      EXPECT_EQ(e.kind().id(), kind) << e.message();
      EXPECT_EQ(e.message().find('\n'), std::string::npos) << e.message();
      return e.message();
    }
    ADD_FAILURE() << kind << " was not refused";
    return "";
  }

 private:
  fs::path folder_ = fs::temp_directory_path() / ("mantissa_pt_" + std::to_string(::getpid()));
};

const char* affine =
    "def forward(self, x):\n"
    "  if x.size(0) > 2:\n"
    "    return torch.relu(torch.matmul(x, self.weight) + self.offset).view(-1)\n"
    "  return x\n";

TEST_F(TorchScript, RunsOnceAndKeepsTheContentsOfTheModel) {
  const std::string path = saved(affine);
  const LoadedWorkload w = load(path, {"input=[3,2]", "seed=9"});
  ASSERT_EQ(w.traces.size(), 1u);
  const trace::Trace& t = w.traces.front();
  std::vector<std::string> kinds;
  for (const trace::Op& op : t.ops) kinds.push_back(trace::name(op.kind));
  ASSERT_THAT(kinds, ElementsAre("matmul", "add", "relu", "reshape"));
  EXPECT_THAT(w.warnings, testing::IsEmpty());
  EXPECT_FALSE(w.synthetic_operands);
  EXPECT_EQ(w.name, "model");
  EXPECT_EQ(w.seed, 9u);
  EXPECT_EQ(t.parameters(), 4u);
  EXPECT_THAT(w.resolved_yaml, HasSubstr("TorchScript"));

  // The trace with its operands computes what the model computes.
  std::vector<numerics::Value> values;
  at::Tensor x;
  for (const trace::Tensor& tensor : t.tensors) {
    values.emplace_back(tensor.format, tensor.shape);
    if (tensor.role == trace::Role::activation) continue;
    values.back().data = w.operands(t, tensor);
    if (tensor.name == "input") x = tensor_of(values.back());
  }
  numerics::evaluate_all(t, values, numerics::EvaluationOrder{});
  torch::jit::Module model = torch::jit::load(path);
  const at::Tensor y = model.forward({x}).toTensor();
  EXPECT_TRUE(torch::allclose(tensor_of(values[t.ops.back().outputs[0]]), y, 1e-6, 1e-6));
  // Another seed, another input.
  const LoadedWorkload other = load(path, {"input=[3,2]"});
  EXPECT_NE(other.operands(t, t.tensor(t.ops[0].inputs[0])),
            w.operands(t, t.tensor(t.ops[0].inputs[0])));
}

TEST_F(TorchScript, TakesIndicesAsIntegers) {
  const std::string path =
      saved("def forward(self, x):\n  return torch.embedding(self.weight, x).sum(1)\n");
  const LoadedWorkload w = load(path, {"input=[2,5]", "format=int64"});
  EXPECT_EQ(w.traces.front().ops.front().kind, trace::OpKind::embedding);
  EXPECT_THAT(refused(path, {"input=[2,5]"}, "executor.model"), HasSubstr("2x5"));
}

TEST_F(TorchScript, ReadsEveryResultOfTheModel) {
  const std::string path =
      saved("def forward(self, x):\n  return x.t(), [x.exp(), x + 1], {'b': x.abs()}\n");
  const LoadedWorkload w = load(path, {"input=[2,5]"});
  EXPECT_EQ(w.traces.front().ops.size(), 4u);  // the transpose as well
}

TEST_F(TorchScript, WarnsOfOperatorsWithoutARow) {
  const std::string path =
      saved("def forward(self, x):\n  return torch.cosh(x) + torch.cosh(x + 1)\n");
  EXPECT_THAT(load(path, {"input=[2,2]"}).warnings,
              ElementsAre(HasSubstr("operator 'cosh' has no row in the vocabulary: 2 generic")));
}

TEST_F(TorchScript, RefusesWhatIsNoModel) {
  std::ofstream(file("text.pt")) << "no model";
  EXPECT_THAT(refused(file("text.pt"), {"input=[1]"}, "executor.torch-script"),
              HasSubstr("torch.jit.save"));
  std::ofstream(file("empty.pt"));
  refused(file("empty.pt"), {"input=[1]"}, "executor.torch-script");
  refused(file("absent.pt"), {"input=[1]"}, "executor.torch-script");
  const std::string path = saved(affine);
  fs::resize_file(path, fs::file_size(path) - 100);
  refused(path, {"input=[3,2]"}, "executor.torch-script");
}

TEST_F(TorchScript, RefusesInputsThatDoNotFit) {
  const std::string path = saved(affine);
  EXPECT_THAT(refused(path, {"input=[3,5]"}, "executor.model"), HasSubstr("3x5"));
  EXPECT_THAT(refused(path, {}, "config.missing-key"), HasSubstr("workload.input="));
  refused(path, {"input=[3,0]"}, "config.range");
  refused(path, {"input=[3,2]", "batch=2"}, "workload.no-such-parameter");
  EXPECT_THAT(refused(path, {"input=[3,2]", "format=fp8_e4m3"}, "executor.model-input"),
              HasSubstr("fp16"));
  EXPECT_THAT(refused(saved("def forward(self, x, y):\n  return x + y\n"), {"input=[3,2]"},
                      "executor.model-input"),
              HasSubstr("forward(x, y)"));
  EXPECT_THAT(
      refused(saved("def other(self, x):\n  return x\n"), {"input=[3,2]"}, "executor.model-input"),
      HasSubstr("no forward"));
}

TEST_F(TorchScript, IsNamedWhereATypeOfFileIsUnknown) {
  EXPECT_THAT(refused(file("a.pth"), {}, "workload.file-type"), HasSubstr(".pt (TorchScript)"));
  EXPECT_NE(file_type(".pt"), nullptr);
  EXPECT_EQ(file_type(".pth"), nullptr);
}

}  // namespace
}  // namespace mantissa::workloads
