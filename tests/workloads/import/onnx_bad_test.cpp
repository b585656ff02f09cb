// SPDX-License-Identifier: Apache-2.0
// ONNX models that cannot be taken, each with one clear message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/workloads/import/onnx_model_text.h"
#include "workloads/import/onnx.h"

namespace mantissa::workloads {
namespace {

using testing::HasSubstr;

// The message of the refusal, after checking its kind.
std::string refused(const OnnxBuilder& b, const char* kind,
                    const std::map<std::string, std::int64_t>& dims = {}) {
  const TemporaryFolder folder;
  folder.write("weights.bin", "0123456789abcdef");
  std::filesystem::create_directories(folder.file("inner"));
  b.save(folder.file("inner/m.onnx"));
  try {
    read_onnx(folder.file("inner/m.onnx"), dims, 1);
  } catch (const Error& error) {
    EXPECT_STREQ(error.kind().id(), kind) << error.message();
    EXPECT_THAT(error.message(), HasSubstr("m.onnx"));
    EXPECT_THAT(error.message(), testing::Not(HasSubstr("\n")));
    return error.message();
  }
  ADD_FAILURE() << "accepted";
  return "";
}

OnnxBuilder relu(int opset = 17, int type = onnx::TensorProto::FLOAT) {
  OnnxBuilder b(opset);
  b.input("x", {3}, type).output("y", {3}, type);
  b.node("Relu", {"x"}, {"y"}, "r");
  return b;
}

TEST(OnnxBad, all_unsupported_operators_are_named_in_one_message) {
  OnnxBuilder b;
  b.input("x", {1, 3, 4, 4}).output("y", {1, 3, 4, 4});
  b.node("InstanceNormalization", {"x", "s", "b"}, {"a"}, "norm1");
  b.node("Mish", {"a"}, {"c"}, "act2");
  b.node("Fused", {"c"}, {"y"}, "mine").set_domain("com.example");
  b.node("LSTM", {"x"}, {"unused"}, "not_needed");
  const std::string m = refused(b, "onnx.unsupported");
  EXPECT_THAT(m, HasSubstr("InstanceNormalization 'norm1', Mish 'act2', com.example.Fused 'mine'"));
  EXPECT_THAT(m, testing::Not(HasSubstr("not_needed")));
}

TEST(OnnxBad, operator_set_18_is_refused_by_name_and_17_taken) {
  EXPECT_THAT(refused(relu(18), "onnx.opset"), HasSubstr("operator set 18"));
  const TemporaryFolder folder;
  relu(17).save(folder.file("m.onnx"));
  EXPECT_EQ(read_onnx(folder.file("m.onnx"), {}, 1).trace.ops.size(), 1u);
}

TEST(OnnxBad, a_model_without_an_operator_set_is_refused) {
  OnnxBuilder b = relu();
  b.model().clear_opset_import();
  EXPECT_THAT(refused(b, "onnx.opset"), HasSubstr("no operator set"));
}

TEST(OnnxBad, a_file_that_is_no_model_is_refused) {
  const TemporaryFolder folder;
  for (const std::string& text :
       {std::string(), std::string("hello, world"), std::string(64, '\xff')}) {
    const auto path = folder.write("m.onnx", text);
    try {
      read_onnx(path, {}, 1);
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_STREQ(error.kind().id(), "onnx.malformed");
    }
  }
  try {
    read_onnx(folder.file("absent.onnx"), {}, 1);
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_STREQ(error.kind().id(), "workload.unreadable");
  }
}

TEST(OnnxBad, what_the_library_refuses_is_passed_on_in_one_line) {
  OnnxBuilder b = relu();
  b.node("Add", {"y", "nowhere"}, {"z"}, "dangling");
  b.output("z", {3});
  EXPECT_THAT(refused(b, "onnx.malformed"), HasSubstr("nowhere"));
}

TEST(OnnxBad, shapes_that_do_not_fit_are_refused) {
  OnnxBuilder b;
  b.input("x", {2, 3}).weight("w", {4, 5}).output("y", {2, 5});
  b.node("MatMul", {"x", "w"}, {"y"});
  refused(b, "onnx.malformed");
}

TEST(OnnxBad, an_initialiser_shorter_than_its_shape_is_refused) {
  OnnxBuilder b;
  b.input("x", {2, 3}).weight("w", {3, 5}).output("y", {2, 5});
  b.node("MatMul", {"x", "w"}, {"y"});
  b.graph().mutable_initializer(0)->set_dims(1, 6);
  EXPECT_THAT(refused(b, "onnx.malformed"), HasSubstr("'w'"));
}

TEST(OnnxBad, an_open_dimension_is_named_with_the_remedy) {
  OnnxBuilder b;
  b.input("x", {-1, 3}).output("y", {-1, 3});
  b.node("Relu", {"x"}, {"y"}, "r");
  EXPECT_THAT(refused(b, "onnx.dynamic-dimension"), HasSubstr("--set workload.dims.N=1"));
  EXPECT_THAT(refused(b, "onnx.unknown-dimension", {{"M", 2}}), HasSubstr("did you mean 'N'"));
  EXPECT_THAT(refused(relu(), "onnx.unknown-dimension", {{"N", 2}}), HasSubstr("leaves none open"));
}

TEST(OnnxBad, elements_that_are_no_numbers_are_refused) {
  OnnxBuilder b;
  b.input("x", {3}, onnx::TensorProto::STRING).output("y", {3}, onnx::TensorProto::STRING);
  b.node("Identity", {"x"}, {"y"}, "i");
  EXPECT_THAT(refused(b, "onnx.type"), HasSubstr("STRING"));
}

TEST(OnnxBad, a_computed_bound_is_refused) {
  OnnxBuilder b;
  b.input("x", {3}).input("lo", {}).output("y", {3});
  b.node("Clip", {"x", "lo"}, {"y"}, "c");
  EXPECT_THAT(refused(b, "onnx.not-constant"), HasSubstr("Clip 'c'"));
}

TEST(OnnxBad, forms_that_cannot_be_imported_are_refused) {
  OnnxBuilder b;
  b.input("x", {1, 2, 9}).weight("w", {4, 2, 3}).output("y", {1, 4, 7});
  b.node("Conv", {"x", "w"}, {"y"}, "conv1d");
  EXPECT_THAT(refused(b, "onnx.variant"), HasSubstr("conv1d"));

  OnnxBuilder reversed;
  reversed.input("x", {4}).output("y", {4}).integers("a", {-1}).integers("z", {-5});
  reversed.integers("axis", {0}).integers("step", {-1});
  reversed.node("Slice", {"x", "a", "z", "axis", "step"}, {"y"}, "flip");
  EXPECT_THAT(refused(reversed, "onnx.variant"), HasSubstr("step -1"));
}

OnnxBuilder external(const std::string& location, const char* offset, const char* length) {
  OnnxBuilder b;
  b.input("x", {1, 2}).weight("w", {2, 2}).output("y", {1, 2});
  b.node("MatMul", {"x", "w"}, {"y"});
  auto& w = *b.graph().mutable_initializer(0);
  w.clear_float_data();
  w.set_data_location(onnx::TensorProto::EXTERNAL);
  const auto entry = [&](const char* key, const std::string& value) {
    auto& e = *w.add_external_data();
    e.set_key(key);
    e.set_value(value);
  };
  entry("location", location);
  if (offset != nullptr) entry("offset", offset);
  if (length != nullptr) entry("length", length);
  return b;
}

TEST(OnnxBad, external_contents_must_lie_in_the_models_folder) {
  for (const char* location : {"../weights.bin", "/etc/passwd", "", "a/../../weights.bin", ".."}) {
    EXPECT_THAT(refused(external(location, nullptr, nullptr), "onnx.external-data"),
                HasSubstr("folder"))
        << location;
  }
}

TEST(OnnxBad, external_contents_must_exist_and_be_long_enough) {
  EXPECT_THAT(refused(external("absent.bin", nullptr, nullptr), "onnx.external-data"),
              HasSubstr("exists"));
  EXPECT_THAT(refused(external("m.onnx", "0", "99999999"), "onnx.external-data"),
              HasSubstr("at most"));
  EXPECT_THAT(refused(external("m.onnx", "-1", nullptr), "onnx.external-data"),
              HasSubstr("a number of bytes"));
}

TEST(OnnxBad, a_link_out_of_the_folder_is_followed_and_refused) {
  const TemporaryFolder folder;
  folder.write("weights.bin", "0123456789abcdef");
  std::filesystem::create_directories(folder.file("inner"));
  std::filesystem::create_symlink(folder.file("weights.bin"), folder.file("inner/link.bin"));
  external("link.bin", nullptr, nullptr).save(folder.file("inner/m.onnx"));
  try {
    read_onnx(folder.file("inner/m.onnx"), {}, 1);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_STREQ(error.kind().id(), "onnx.external-data");
  }
}

}  // namespace
}  // namespace mantissa::workloads
