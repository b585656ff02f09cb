// SPDX-License-Identifier: Apache-2.0
#include "workloads/workload.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "base/config/kinds.h"
#include "base/trace/vocabulary.h"
#include "workloads/errors.h"
#include "workloads/import/execution_trace.h"
#include "workloads/import/file_type.h"
#include "workloads/import/onnx.h"
#include "workloads/import/scale_sim.h"
#include "workloads/networks/network.h"
#include "workloads/networks/op_list.h"
#include "workloads/overrides.h"

namespace mantissa::workloads {

using config::Node;

namespace {

namespace fs = std::filesystem;

// What can be set of a workload that is no YAML.
struct ImportConfig {
  std::int64_t seed = 1;
  static const config::Schema<ImportConfig>& schema() {
    static const auto s =
        config::Schema<ImportConfig>("Imported workload")
            .optional("seed", &ImportConfig::seed, config::range(0, 9007199254740992.0),
                      "Of synthetic operands.");
    return s;
  }
};

// Whole files: imports are hashed, so that results know which bytes they belong to.
std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || fs::is_directory(path)) {
    throw Error(unreadable).at(path).say("the workload cannot be read").expected("a readable file");
  }
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Name without folder and extension: resnet50 for a/resnet50.yaml and a/resnet50.0.et.gz.
std::string stem(const std::string& path) {
  const std::string file = fs::path(path).filename().string();
  return file.substr(0, file.find('.', 1));
}

// The saved form of an import: what was set, and which bytes it was read from.
std::string resolved_import(Node config, const std::string& format, const std::string& bytes) {
  config.set("import", Node::scalar(format));
  config.set("content_hash", Node::scalar(config::content_hash(bytes), {}, true));
  return config.yaml();
}

bool has_collectives(const trace::Trace& trace) {
  return std::any_of(trace.ops.begin(), trace.ops.end(), [](const trace::Op& op) {
    return trace::spec(op.kind).op_class == trace::OpClass::collective;
  });
}

// One program on many ranks, if they have anything to say to each other.
void spread(LoadedWorkload& out, std::uint32_t ranks) {
  if (out.traces.size() != 1 || !has_collectives(out.traces.front())) return;
  for (std::uint32_t rank = 1; rank < ranks; ++rank) {
    out.traces.push_back(out.traces.front());
    out.traces.back().rank = rank;
  }
}

// The batch in parts of equal size, the first ranks taking one more sample if it does not divide.
void build_network(const Node& document, const LoadOptions& options, LoadedWorkload& out) {
  const Network network(document);
  const NetworkConfig& c = network.config();
  if (!c.name.empty()) out.name = c.name;
  out.seed = static_cast<std::uint64_t>(c.seed);
  const std::int64_t ranks = std::min<std::int64_t>(options.ranks, c.batch);
  std::int64_t first = 0;
  for (std::int64_t rank = 0; rank < ranks; ++rank) {
    const std::int64_t samples = c.batch / ranks + (rank < c.batch % ranks ? 1 : 0);
    out.traces.push_back(
        network.build(options.native, first, samples, static_cast<std::uint32_t>(rank)));
    first += samples;
  }
  if (ranks < options.ranks) {
    out.warnings.push_back(
        "a batch of " + std::to_string(c.batch) + " leaves " +
        std::to_string(options.ranks - ranks) + " of " + std::to_string(options.ranks) +
        " cores without work; --set workload.batch=" + std::to_string(options.ranks) +
        " occupies all");
  }
  out.resolved_yaml = Node::merge(NetworkConfig::schema().write(c), document).yaml();
}

void build_ops(const Node& document, const LoadOptions& options, LoadedWorkload& out) {
  out.traces.push_back(build_op_list(document, options.native, options.ranks));
  const OpListConfig c = read_op_list_config(document);
  if (!c.name.empty()) out.name = c.name;
  out.seed = static_cast<std::uint64_t>(c.seed);
  out.resolved_yaml = Node::merge(OpListConfig::schema().write(c), document).yaml();
}

// `kind` decides which schema reads the rest.
void load_yaml(const std::string& path, const config::Resolver& presets, const LoadOptions& options,
               LoadedWorkload& out) {
  const Node document = load_with_overrides(path, presets, options.overrides).node;
  const Node* kind = document.find("kind");
  if (kind == nullptr || !kind->is_scalar()) {
    throw Error(config::missing_key)
        .at(kind == nullptr ? document.place() : kind->place())
        .say("a workload needs the key 'kind'")
        .expected("kind: network, or kind: ops");
  }
  if (kind->text() == "network") return build_network(document, options, out);
  if (kind->text() == "ops") return build_ops(document, options, out);
  throw Error(unknown_kind)
      .at(kind->place())
      .read(kind->text())
      .expected("network or ops")
      .nearest(nearest_name(kind->text(), {"network", "ops"}));
}

// A topology has no parameters besides these two.
void load_csv(const std::string& path, const LoadOptions& options, LoadedWorkload& out) {
  const auto c = ScaleSimConfig::schema().parse(
      overrides_alone(path, options.overrides, {"format", "seed"}), "workload");
  const auto format = c.format == "native" ? options.native : trace::number_format(c.format);
  if (!format) {
    throw Error(config::unknown_choice)
        .at(Place{path, 0, 0, "--set workload.format"})
        .read(c.format)
        .expected("a number format, or native");
  }
  const std::string text = read_bytes(path);
  out.seed = static_cast<std::uint64_t>(c.seed);
  out.traces.push_back(read_scale_sim(text, path, *format));
  out.resolved_yaml = resolved_import(ScaleSimConfig::schema().write(c), "scale_sim", text);
}

// dims: {N: 1, length: 128}
std::map<std::string, std::int64_t> dimensions_of(const Node* dims) {
  std::map<std::string, std::int64_t> out;
  if (dims == nullptr) return out;
  config::expect_map(*dims, "dims");
  for (const auto& [name, value] : dims->entries()) {
    out[name] = config::Codec<std::int64_t>::parse(value, "dims." + name, config::at_least(1));
  }
  return out;
}

void load_onnx(const std::string& path, const LoadOptions& options, LoadedWorkload& out) {
  Node given = overrides_alone(path, options.overrides, {"dims", "seed"});
  const auto dimensions = dimensions_of(given.find("dims"));
  Node plain = given;
  plain.erase("dims");
  const auto c = ImportConfig::schema().parse(plain, "workload");
  out.seed = static_cast<std::uint64_t>(c.seed);
  OnnxWorkload onnx = read_onnx(path, dimensions, out.seed);
  out.traces.push_back(std::move(onnx.trace));
  out.operands = std::move(onnx.operands);
  out.synthetic_operands = false;
  out.resolved_yaml = resolved_import(Node::merge(ImportConfig::schema().write(c), given), "onnx",
                                      read_bytes(path));
}

// Traces say everything themselves; only what they leave out is drawn from the seed.
void load_traces(const std::string& path, const LoadOptions& options, LoadedWorkload& out) {
  const auto c =
      ImportConfig::schema().parse(overrides_alone(path, options.overrides, {"seed"}), "workload");
  out.seed = static_cast<std::uint64_t>(c.seed);
  out.traces = read_execution_traces(path, out.warnings);
  if (out.traces.size() > options.ranks) {
    throw Error(too_many_ranks)
        .at(path)
        .read(std::to_string(out.traces.size()) + " ranks")
        .expected("at most " + std::to_string(options.ranks) + ", the cores of the architecture")
        .remedy("Say --set chips=" + std::to_string(out.traces.size()) + ", or another size.");
  }
  out.synthetic_operands =
      std::all_of(out.traces.begin(), out.traces.end(),
                  [](const trace::Trace& t) { return t.operands_file.empty(); });
  std::string hashes;
  for (const trace::Trace& t : out.traces) {
    const std::string file =
        is_execution_trace(path) ? path : path + "." + std::to_string(t.rank) + ".et";
    hashes += config::content_hash(read_bytes(fs::exists(file) ? file : file + ".gz"));
  }
  out.resolved_yaml = resolved_import(ImportConfig::schema().write(c), "chakra", hashes);
}

}  // namespace

LoadedWorkload load_workload(const std::string& path, const config::Resolver& presets,
                             const LoadOptions& options) {
  LoadedWorkload out;
  out.name = stem(path);
  out.synthetic_operands = true;
  const std::string extension = fs::path(path).extension().string();
  if (extension == ".yaml" || extension == ".yml") {
    load_yaml(path, presets, options, out);
  } else if (extension == ".csv") {
    load_csv(path, options, out);
  } else if (extension == ".onnx") {
    load_onnx(path, options, out);
  } else if (is_execution_trace(path) || is_trace_prefix(path)) {
    load_traces(path, options, out);
  } else if (const FileType* type = file_type(extension)) {
    const Node set = type->read(path, options, out);
    out.resolved_yaml = resolved_import(set, type->name, read_bytes(path));
  } else {
    std::string others;
    for (const FileType* t : file_types()) others += t->extension + " (" + t->name + "), ";
    throw Error(unknown_file_type)
        .at(path)
        .read(extension.empty() ? "no extension" : extension)
        .expected(".yaml, .csv (SCALE-Sim), .onnx, " + others +
                  ".et, .et.gz, or the prefix of PREFIX.0.et");
  }
  spread(out, options.ranks);
  for (trace::Trace& t : out.traces) t.name = out.name;
  if (out.synthetic_operands) out.operands = synthetic_operands(out.seed);
  return out;
}

void validate_workload(const std::string& path, const config::Resolver& presets) {
  std::vector<std::string> warnings;
  const std::string extension = fs::path(path).extension().string();
  const bool named =
      extension == ".yaml" || extension == ".yml" || extension == ".csv" || extension == ".onnx";
  if (!named && (is_execution_trace(path) || is_trace_prefix(path))) {
    read_execution_traces(path, warnings);  // for however many cores
  } else {
    load_workload(path, presets, {});
  }
}

std::vector<config::ParameterInfo> workload_parameters() {
  std::vector<config::ParameterInfo> all = NetworkConfig::schema().parameters();
  const auto own = [&](const char* name, config::ParameterInfo info, const char* doc) {
    info.name = name;
    info.doc = doc;
    all.push_back(std::move(info));
  };
  const auto integer = config::ParameterInfo::of(config::ValueKind::integer, "integer");
  const auto one_of = config::ParameterInfo::of_choices;
  own("length", integer, "Tokens per sequence (bert_base, gpt2_small, lstm).");
  own("context", integer, "Tokens whose keys and values are cached (gpt2_small, decode).");
  own("phase", one_of({"prefill", "decode"}),
      "A whole prompt, or one token after it (gpt2_small).");
  own("model", one_of({"criteo_kaggle", "mlperf"}), "Whose layer sizes (dlrm_mlp).");
  own("dims", config::ParameterInfo::of(config::ValueKind::section, "section"),
      "Sizes of dimensions that an ONNX model leaves open, by name.");
  own("input", config::ParameterInfo::list_of(integer),
      "Shape of the input of a TorchScript model, [1, 3, 224, 224].");
  return all;
}

}  // namespace mantissa::workloads
