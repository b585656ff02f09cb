// SPDX-License-Identifier: Apache-2.0
// Workloads of every origin through the one door that the rest of the program uses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/trace/chakra.h"
#include "base/trace/safetensors.h"
#include "tests/workloads/import/onnx_model_text.h"
#include "tests/workloads/networks/network_text.h"
#include "workloads/workload.h"

namespace mantissa::workloads {
namespace {

using testing::HasSubstr;
using trace::NumberFormat;

const std::string presets = std::string(MANTISSA_SOURCE_DIR) + "/configs/workload/";

LoadedWorkload load(const std::string& path, std::vector<std::string> overrides = {},
                    std::uint32_t ranks = 1) {
  LoadOptions options;
  options.ranks = ranks;
  options.overrides = std::move(overrides);
  return load_workload(path, config::preset_folders({presets}), options);
}

std::string refused(const std::string& path, std::vector<std::string> overrides, const char* kind,
                    std::uint32_t ranks = 1) {
  try {
    load(path, std::move(overrides), ranks);
  } catch (const Error& error) {
    EXPECT_STREQ(error.kind().id(), kind) << error.message();
    return error.message();
  }
  ADD_FAILURE() << "accepted " << path;
  return "";
}

std::uint64_t macs(const LoadedWorkload& w) {
  std::uint64_t n = 0;
  for (const auto& t : w.traces) n += t.macs();
  return n;
}

TEST(Workload, every_shipped_file_loads_and_validates) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(presets)) {
    if (entry.is_directory()) continue;  // sets of embedding tables
    const std::string path = entry.path().string();
    EXPECT_NO_THROW(validate_workload(path, config::preset_folders({presets}))) << path;
    const LoadedWorkload w = load(path);
    EXPECT_EQ(w.name, entry.path().stem().string());
    ASSERT_EQ(w.traces.size(), 1u);
    EXPECT_EQ(w.traces[0].name, w.name);
    EXPECT_TRUE(w.synthetic_operands);
    EXPECT_NO_THROW(trace::check(w.traces[0]));
    EXPECT_NO_THROW(config::read_text(w.resolved_yaml, "resolved"));
    ++files;
  }
  EXPECT_GE(files, 14u);
}

TEST(Workload, a_parameter_of_the_file_is_set_by_its_short_name) {
  EXPECT_EQ(macs(load(presets + "bert_base.yaml", {"length=16"})), 84934656u * 16 + 18432u * 256);
  EXPECT_EQ(macs(load(presets + "bert_base.yaml", {"parameters.length=16"})),
            84934656u * 16 + 18432u * 256);
  EXPECT_EQ(macs(load(presets + "resnet18.yaml", {"batch=2"})), 2 * 1814073344ull);
}

TEST(Workload, the_last_of_two_overrides_wins_and_lists_may_be_given) {
  EXPECT_EQ(macs(load(presets + "lstm.yaml", {"length=3", "length=4"})), 4u * 1662976);
  const TemporaryFolder folder;
  const auto net = folder.write("n.yaml",
                                "kind: network\nversion: 1\nparameters: {sizes: [2]}\n"
                                "input: {shape: [4]}\nlayers: [{mlp: {features: $sizes}}]\n");
  EXPECT_EQ(macs(load(net, {"sizes=[3, 5]"})), 4u * 3 + 3 * 5);
}

TEST(Workload, overrides_of_what_is_not_there_name_what_is) {
  EXPECT_THAT(refused(presets + "bert_base.yaml", {"lenght=3"}, "workload.no-such-parameter"),
              HasSubstr("did you mean 'length'"));
  EXPECT_THAT(refused(presets + "resnet50.yaml", {"length=3"}, "workload.no-such-parameter"),
              HasSubstr("--set"));
  refused(presets + "bert_base.yaml", {"parameters.lenght=3"}, "workload.no-such-parameter");
  refused(presets + "scalesim_resnet18.csv", {"batch=3"}, "workload.no-such-parameter");
  refused(presets + "bert_base.yaml", {"length=0"}, "config.range");
  refused(presets + "bert_base.yaml", {"batch=x"}, "config.number");
  refused(presets + "gpt2_small.yaml", {"phase=decod"}, "workload.unknown-case");
  refused(presets + "gpt2_small.yaml", {"phase=decode", "context=1024"}, "workload.layer-input");
}

TEST(Workload, a_batch_is_split_over_ranks_the_first_taking_the_rest) {
  const LoadedWorkload w = load(presets + "resnet18.yaml", {"batch=7"}, 3);
  ASSERT_EQ(w.traces.size(), 3u);
  const std::int64_t expected[] = {3, 2, 2};
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(w.traces[i].rank, i);
    EXPECT_EQ(w.traces[i].tensors[0].shape[0], expected[i]);
  }
  EXPECT_EQ(macs(w), 7 * 1814073344ull);
  EXPECT_TRUE(w.warnings.empty());
}

TEST(Workload, ranks_without_a_sample_get_no_trace_and_a_warning_says_so) {
  const LoadedWorkload w = load(presets + "lstm.yaml", {"batch=2"}, 4);
  EXPECT_EQ(w.traces.size(), 2u);
  ASSERT_EQ(w.warnings.size(), 1u);
  EXPECT_THAT(w.warnings[0], HasSubstr("2 of 4 cores"));
}

TEST(Workload, a_program_with_collectives_runs_on_every_rank_and_one_without_on_one) {
  const LoadedWorkload w = load(presets + "example_ops.yaml", {}, 4);
  ASSERT_EQ(w.traces.size(), 4u);
  EXPECT_EQ(w.traces[3].rank, 3u);
  EXPECT_EQ(w.traces[3].ops, w.traces[0].ops);
  EXPECT_EQ(load(presets + "scalesim_resnet18.csv", {}, 4).traces.size(), 1u);
}

TEST(Workload, the_resolved_configuration_tells_workloads_apart) {
  const auto yaml = [&](std::vector<std::string> overrides) {
    return load(presets + "bert_base.yaml", std::move(overrides)).resolved_yaml;
  };
  EXPECT_EQ(yaml({}), yaml({"length=128"}));
  EXPECT_NE(yaml({}), yaml({"length=129"}));
  EXPECT_NE(yaml({}), yaml({"seed=2"}));
  EXPECT_THAT(yaml({}), HasSubstr("activation_scale"));
  // Saved and loaded again it is the same workload.
  const TemporaryFolder folder;
  const auto again = load(folder.write("bert_base.yaml", yaml({"length=9"})));
  EXPECT_EQ(again.resolved_yaml, yaml({"length=9"}));
  EXPECT_EQ(again.traces, load(presets + "bert_base.yaml", {"length=9"}).traces);
}

TEST(Workload, a_network_may_inherit_from_a_preset) {
  const TemporaryFolder folder;
  const auto path = folder.write(
      "mine.yaml", "version: 1\nbase: bert_base\nformat: bf16\nparameters: {length: 4}\n");
  const LoadedWorkload w = load(path);
  EXPECT_EQ(w.name, "mine");
  EXPECT_EQ(w.traces[0].tensors[0].format, NumberFormat::bf16);
  EXPECT_EQ(macs(w), 84934656u * 4 + 18432u * 16);
}

TEST(Workload, kinds_and_file_types_are_told_apart) {
  const TemporaryFolder folder;
  EXPECT_THAT(refused(folder.write("a.yaml", "kind: netwrk\nversion: 1\n"), {}, "workload.kind"),
              HasSubstr("did you mean 'network'"));
  refused(folder.write("b.yaml", "version: 1\nlayers: []\n"), {}, "config.missing-key");
  EXPECT_THAT(refused(folder.write("a.pt", "x"), {}, "workload.file-type"), HasSubstr(".onnx"));
  refused(folder.file("absent"), {}, "workload.file-type");
  refused(folder.file("absent.csv"), {}, "workload.unreadable");
  refused(folder.file("absent.yaml"), {}, "config.unreadable");
}

TEST(Workload, a_csv_takes_a_format) {
  const auto path = presets + "scalesim_resnet18.csv";
  EXPECT_EQ(load(path, {"format=bf16"}).traces[0].tensors[0].format, NumberFormat::bf16);
  EXPECT_EQ(load(path).traces[0].tensors[0].format, NumberFormat::int8);
  refused(path, {"format=bf17"}, "config.choice");
}

TEST(Workload, an_execution_trace_comes_back_as_it_was_written) {
  const TemporaryFolder folder;
  const LoadedWorkload w = load(presets + "resnet18.yaml");
  trace::write_chakra(w.traces[0], folder.file("resnet18.et"));
  const LoadedWorkload back = load(folder.file("resnet18.et"));
  EXPECT_EQ(back.traces, w.traces);
  EXPECT_TRUE(back.synthetic_operands);
  trace::write_chakra(w.traces[0], folder.file("resnet18.et.gz"));
  EXPECT_EQ(load(folder.file("resnet18.et.gz")).traces, w.traces);
}

TEST(Workload, operands_beside_a_trace_are_found_and_nothing_is_drawn) {
  const TemporaryFolder folder;
  LoadedWorkload w = load(presets + "lstm.yaml", {"length=1"});
  write_operands(w.traces[0], 1, folder.file("lstm.safetensors"));
  w.traces[0].operands_file = "lstm.safetensors";
  trace::write_chakra(w.traces[0], folder.file("lstm.et"));
  const LoadedWorkload back = load(folder.file("lstm.et"));
  EXPECT_FALSE(back.synthetic_operands);
  EXPECT_EQ(back.traces[0].operands_file, folder.file("lstm.safetensors"));
  EXPECT_NO_THROW(trace::SafetensorsFile(back.traces[0].operands_file));
}

TEST(Workload, traces_by_rank_are_found_by_their_prefix) {
  const TemporaryFolder folder;
  const LoadedWorkload w = load(presets + "example_ops.yaml", {}, 3);
  for (const auto& t : w.traces) {
    trace::write_chakra(t, trace::chakra_path(folder.file("run"), t.rank));
  }
  EXPECT_EQ(load(folder.file("run"), {}, 3).traces.size(), 3u);
  EXPECT_EQ(load(folder.file("run"), {}, 8).traces.size(), 3u);
  EXPECT_NO_THROW(validate_workload(folder.file("run"), {}));
  EXPECT_THAT(refused(folder.file("run"), {}, "workload.too-many-ranks", 2), HasSubstr("3 ranks"));
  std::filesystem::remove(folder.file("run.1.et"));
  EXPECT_THAT(refused(folder.file("run"), {}, "workload.missing-rank", 3), HasSubstr("run.1.et"));
}

TEST(Workload, an_onnx_model_brings_its_own_parameters) {
  const TemporaryFolder folder;
  OnnxBuilder b;
  b.input("x", {-1, 2}).weight("w", {2, 2}).output("y", {-1, 2});
  b.node("MatMul", {"x", "w"}, {"y"});
  b.save(folder.file("model.onnx"));
  const LoadedWorkload w = load(folder.file("model.onnx"), {"dims.N=3"});
  EXPECT_EQ(w.name, "model");
  EXPECT_EQ(macs(w), 12u);
  EXPECT_FALSE(w.synthetic_operands);
  ASSERT_TRUE(w.operands);
  EXPECT_EQ(w.operands(w.traces[0], w.traces[0].tensors[0]).size(), 24u);
  EXPECT_NE(w.resolved_yaml, load(folder.file("model.onnx"), {"dims.N=4"}).resolved_yaml);
  refused(folder.file("model.onnx"), {}, "onnx.dynamic-dimension");
  refused(folder.file("model.onnx"), {"dims.N=0"}, "config.range");
  refused(folder.file("model.onnx"), {"dims=3"}, "config.wrong-type");
}

TEST(Workload, what_can_be_set_is_listed_with_a_line_of_doc) {
  std::vector<std::string> names;
  for (const auto& p : workload_parameters()) {
    names.push_back(p.name);
    EXPECT_FALSE(p.doc.empty()) << p.name;
  }
  for (const char* name : {"batch", "length", "format", "seed", "phase", "context", "dims"}) {
    EXPECT_THAT(names, testing::Contains(name));
  }
}

}  // namespace
}  // namespace mantissa::workloads
