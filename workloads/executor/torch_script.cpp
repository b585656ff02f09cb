// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/torch_script.h"

#include <optional>
#include <utility>

#include "base/config/kinds.h"
#include "base/numerics/random_fill.h"
#include "workloads/executor/recorder/recorder.h"
#include "workloads/executor/tensor.h"
#include "workloads/import/file_type.h"
#include "workloads/overrides.h"

namespace mantissa::workloads {

namespace {

// What libtorch says in many lines, of C++ and of TorchScript, ends in the line that tells.
std::string last_words(const char* what) {
  std::string text = what, line;
  const std::size_t trace = text.find("\nException raised from");
  if (trace != std::string::npos) text.resize(trace);
  std::size_t start = text.rfind("Error: ");
  start = start == std::string::npos ? 0 : start + 7;
  line = text.substr(start, text.find('\n', start) - start);
  return line.empty() ? "no reason given" : line;
}

torch::jit::Module load_model(const std::string& path) {
  try {
    torch::jit::Module model = torch::jit::load(path, at::kCPU);
    model.eval();
    return model;
  } catch (const std::exception& e) {
    throw Error(not_torch_script)
        .at(path)
        .say("libtorch cannot read it: " + last_words(e.what()))
        .expected("a model saved by torch.jit.save");
  }
}

// `forward` is called with one tensor; whatever else it takes must have a default.
void check_arguments(const torch::jit::Module& model, const std::string& path) {
  const auto method = model.find_method("forward");
  if (!method) {
    throw Error(model_input).at(path).say("the model has no forward").expected("forward(x)");
  }
  std::size_t needed = 0;
  std::string names;
  for (const c10::Argument& a : method->function().getSchema().arguments()) {
    if (a.name() == "self" || a.default_value()) continue;
    names += (needed++ == 0 ? "" : ", ") + a.name();
  }
  if (needed != 1) {
    throw Error(model_input)
        .at(path)
        .read("forward(" + names + ")")
        .expected("a forward of one tensor")
        .remedy("trace or script a module that takes one and knows the others");
  }
}

at::Tensor example(const TorchScriptConfig& c, const std::string& path) {
  const auto format = trace::number_format(c.format);
  const auto type = format ? scalar_type(*format) : std::nullopt;
  if (!type) {
    throw Error(model_input)
        .at(Place{path, 0, 0, "--set workload.format"})
        .read(c.format)
        .expected("bool, int8, uint8, int16, int32, int64, fp16, bf16, fp32 or fp64");
  }
  if (!trace::is_float(*format)) return torch::zeros(c.input, *type);
  numerics::Value x(trace::NumberFormat::fp32, c.input);
  x.data = numerics::fill_random(x.format, x.shape, static_cast<std::uint64_t>(c.seed), "input");
  return tensor_of(x).to(*type);
}

void read_outputs(Recorder& recorder, const c10::IValue& value) {
  if (value.isTensor()) {
    if (value.toTensor().defined()) recorder.output(value.toTensor());
  } else if (value.isList()) {
    for (const c10::IValue& v : value.toListRef()) read_outputs(recorder, v);
  } else if (value.isTuple()) {
    for (const c10::IValue& v : value.toTupleRef().elements()) read_outputs(recorder, v);
  } else if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict()) read_outputs(recorder, entry.value());
  }
}

void run(Recorder& recorder, torch::jit::Module& model, const at::Tensor& x,
         const std::string& path) {
  try {
    c10::IValue y;
    {
      const auto on = recorder.record();
      y = model.forward({x});
    }
    read_outputs(recorder, y);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& e) {
    throw Error(model_failed)
        .at(path)
        .say("the model fails with an input of " + trace::text(shape_of(x)) + ": " +
             last_words(e.what()))
        .remedy("--set workload.input=[...] says another shape, workload.format another type");
  }
}

config::Node read_torch_script(const std::string& path, const LoadOptions& options,
                               LoadedWorkload& out) {
  const config::Node set = overrides_alone(path, options.overrides, {"input", "format", "seed"});
  if (set.find("input") == nullptr) {
    throw Error(config::missing_key)
        .at(path)
        .say("a TorchScript model does not say what it is called with")
        .remedy(
            "--set workload.input=[1,3,224,224] says the shape, workload.format=int64 that "
            "it holds indices");
  }
  const auto c = TorchScriptConfig::schema().parse(set, "workload");
  torch::jit::Module model = load_model(path);
  check_arguments(model, path);

  const torch::NoGradGuard no_gradients;
  torch::jit::setGraphExecutorOptimize(false);  // operators as the model has them
  const at::Tensor x = example(c, path);
  Recorder recorder({out.name, 0, Contents::sources});
  recorder.parameters(model);
  recorder.input("input", x);
  run(recorder, model, x, path);

  out.seed = static_cast<std::uint64_t>(c.seed);
  const auto id = recorder.id(x);
  out.warnings = recorder.warnings();
  out.traces.push_back(recorder.finish());
  const std::string input = id ? out.traces.front().tensor(*id).name : "";
  out.operands = [kept = recorder.source(), drawn = synthetic_operands(out.seed), input](
                     const trace::Trace& trace, const trace::Tensor& tensor) {
    return tensor.name == input ? drawn(trace, tensor) : kept(trace, tensor);
  };
  out.synthetic_operands = false;
  return TorchScriptConfig::schema().write(c);
}

const FileTypeRegistration registration({".pt", "TorchScript", read_torch_script});

}  // namespace

const config::Schema<TorchScriptConfig>& TorchScriptConfig::schema() {
  static const auto s =
      config::Schema<TorchScriptConfig>("TorchScript model")
          .required("input", &TorchScriptConfig::input, config::at_least(1),
                    "Shape of the tensor that the model is called with.")
          .optional("format", &TorchScriptConfig::format,
                    "Its number format; int64 or int32: indices.")
          .optional("seed", &TorchScriptConfig::seed, config::range(0, 9007199254740992.0),
                    "Of the contents of the input.");
  return s;
}

}  // namespace mantissa::workloads
