// SPDX-License-Identifier: Apache-2.0
#include "base/trace/safetensors.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "base/trace/message_stream.h"
#include "tests/base/trace/chakra_file.h"

namespace mantissa::trace {
namespace {

std::string file_of(const std::string& json, const std::string& data) {
  const std::uint64_t n = json.size();
  return std::string(reinterpret_cast<const char*>(&n), 8) + json + data;
}

std::string opened(const std::string& bytes) {
  const std::string path = write_bytes(temporary("t.safetensors"), bytes);
  try {
    SafetensorsFile file(path);
  } catch (const Error& e) {
    return e.kind().id();
  }
  return "ok";
}

const char* two =
    R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[],"data_offsets":[8,9]}})";

TEST(Safetensors, reads_a_file_written_by_hand) {
  const float values[2] = {1.5f, -2.0f};
  const std::string data = std::string(reinterpret_cast<const char*>(values), 8) + "\x07";
  const std::string path =
      write_bytes(temporary("t.safetensors"), file_of(std::string(two) + "   ", data));
  SafetensorsFile file(path);
  ASSERT_EQ(file.entries().size(), 2u);
  EXPECT_EQ(file.entry("a").shape, (Shape{2}));
  EXPECT_EQ(file.entry("b").shape, Shape{});
  EXPECT_EQ(file.values<float>("a"), (std::vector<float>{1.5f, -2.0f}));
  EXPECT_EQ(file.values<std::uint8_t>("b"), (std::vector<std::uint8_t>{7}));
  float second = 0;
  file.read(file.entry("a"), &second, 4, 4);
  EXPECT_EQ(second, -2.0f);
  EXPECT_THROW(file.read(file.entry("a"), &second, 6, 4), InternalError);
  EXPECT_THROW(file.values<double>("a"), Error);
  EXPECT_TRUE(file.has("b"));
  try {
    file.entry("aa");
    ADD_FAILURE() << "found";
  } catch (const Error& e) {
    EXPECT_EQ(&e.kind(), &safetensors_missing);
  }
}

TEST(Safetensors, every_format_comes_back) {
  std::mt19937_64 random(1);
  std::vector<std::vector<std::uint8_t>> contents;
  std::vector<TensorContents> tensors;
  for (const NumberFormatInfo& row : number_formats()) {
    for (const Shape& shape : {Shape{3, 5}, Shape{}, Shape{4, 0}, Shape{16}}) {
      std::vector<std::uint8_t> bytes(storage_bytes(row.format, elements(shape)));
      for (auto& b : bytes) b = static_cast<std::uint8_t>(random());
      contents.push_back(std::move(bytes));
      tensors.push_back({std::string(row.name) + " " + text(shape), row.format, shape, nullptr});
    }
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) tensors[i].bytes = contents[i].data();
  write_safetensors(temporary("all.safetensors"), tensors, {{"made by", "test"}});
  SafetensorsFile file(temporary("all.safetensors"));
  ASSERT_EQ(file.entries().size(), tensors.size());
  EXPECT_EQ(file.metadata().at("made by"), "test");
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const SafetensorsEntry& e = file.entry(tensors[i].name);
    EXPECT_EQ(e.format, tensors[i].format) << e.name;
    EXPECT_EQ(e.shape, tensors[i].shape) << e.name;
    std::vector<std::uint8_t> back;
    for (std::byte b : file.bytes(e.name)) back.push_back(std::to_integer<std::uint8_t>(b));
    EXPECT_EQ(back, contents[i]) << e.name;
  }
}

TEST(Safetensors, data_and_wide_elements_are_aligned) {
  const std::uint8_t bytes[64] = {};
  write_safetensors(temporary("t.safetensors"), {{"a", NumberFormat::int8, {3}, bytes},
                                                 {"b", NumberFormat::fp64, {2}, bytes},
                                                 {"c", NumberFormat::fp16, {5}, bytes}});
  const std::string all = bytes_of(temporary("t.safetensors"));
  std::uint64_t n = 0;
  std::memcpy(&n, all.data(), 8);
  EXPECT_EQ(n % 8, 0u);
  SafetensorsFile file(temporary("t.safetensors"));
  EXPECT_EQ(file.entry("b").begin, 0u);
  EXPECT_EQ(file.entry("c").begin, 16u);
  EXPECT_EQ(file.entry("a").begin, 26u);
}

TEST(Safetensors, an_empty_table_is_a_file) {
  EXPECT_EQ(opened(file_of("{}", "")), "ok");
  write_safetensors(temporary("e.safetensors"), {});
  EXPECT_TRUE(SafetensorsFile(temporary("e.safetensors")).entries().empty());
}

TEST(Safetensors, threads_may_read_together) {
  std::vector<std::int32_t> v(50000);
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<std::int32_t>(i * 7);
  write_safetensors(temporary("t.safetensors"), {{"v", NumberFormat::int32, {50000}, v.data()}});
  const SafetensorsFile file(temporary("t.safetensors"));
  std::vector<std::int32_t> a, b;
  std::thread other([&] { a = file.values<std::int32_t>("v"); });
  b = file.values<std::int32_t>("v");
  other.join();
  EXPECT_EQ(a, v);
  EXPECT_EQ(b, v);
}

TEST(BadSafetensors, every_truncation_is_noticed) {
  const std::string whole = file_of(two, "123456789");
  EXPECT_EQ(opened(whole), "ok");
  for (std::size_t n = 0; n < whole.size(); ++n) {
    EXPECT_EQ(opened(whole.substr(0, n)), "safetensors.truncated") << n;
  }
  EXPECT_EQ(opened(whole + "x"), "safetensors.layout");
}

TEST(BadSafetensors, headers_are_short_json_objects) {
  EXPECT_EQ(opened(file_of("", "")), "safetensors.header");
  EXPECT_EQ(opened(file_of("[]", "")), "safetensors.header");
  EXPECT_EQ(opened(file_of(" {}", "")), "safetensors.header");
  EXPECT_EQ(opened(file_of("{}\n", "")), "safetensors.header");
  EXPECT_EQ(opened(file_of("{} {}", "")), "safetensors.header");
  EXPECT_EQ(opened(file_of("{\"\xff\":{}}", "")), "safetensors.header");
  EXPECT_EQ(opened(file_of(R"({"a":3})", "")), "safetensors.header");
  EXPECT_EQ(opened(file_of(R"({"a":[]})", "")), "safetensors.header");
  EXPECT_EQ(opened(file_of(R"({"__metadata__":{"k":1}})", "")), "safetensors.header");
  EXPECT_EQ(opened(file_of(R"({"__metadata__":{"k":"v"}})", "")), "ok");
  std::uint64_t n = 100'000'001;
  EXPECT_EQ(opened(std::string(reinterpret_cast<const char*>(&n), 8) + "{}"), "safetensors.header");
  n = 100'000'000;  // the longest legal one, which the file does not hold
  EXPECT_EQ(opened(std::string(reinterpret_cast<const char*>(&n), 8) + "{}"),
            "safetensors.truncated");
}

TEST(BadSafetensors, names_are_unique_everywhere) {
  const std::string e = R"({"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  EXPECT_EQ(opened(file_of("{\"a\":" + e + ",\"b\":" + e + "}", "")), "ok");
  EXPECT_EQ(opened(file_of("{\"a\":" + e + ",\"a\":" + e + "}", "")), "safetensors.duplicate");
  EXPECT_EQ(opened(file_of(R"({"__metadata__":{"k":"v","k":"v"}})", "")), "safetensors.duplicate");
  EXPECT_EQ(
      opened(file_of(R"({"a":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}})", "")),
      "safetensors.duplicate");
}

std::string one(const std::string& fields, const std::string& data = "") {
  return opened(file_of("{\"a\":{" + fields + "}}", data));
}

TEST(BadSafetensors, entries_have_three_fields_of_the_right_types) {
  EXPECT_EQ(one(R"("dtype":"F4","shape":[2],"data_offsets":[0,1])", "x"), "ok");
  EXPECT_EQ(one(R"("dtype":"F4","shape":[3],"data_offsets":[0,1])", "x"), "safetensors.entry");
  EXPECT_EQ(one(R"("dtype":"F33","shape":[0],"data_offsets":[0,0])"), "safetensors.entry");
  EXPECT_EQ(one(R"("shape":[0],"data_offsets":[0,0])"), "safetensors.entry");
  EXPECT_EQ(one(R"("dtype":"U8","data_offsets":[0,0])"), "safetensors.entry");
  EXPECT_EQ(one(R"("dtype":"U8","shape":[0])"), "safetensors.entry");
  EXPECT_EQ(one(R"("dtype":"U8","shape":[-1],"data_offsets":[0,0])"), "safetensors.entry");
  EXPECT_EQ(one(R"("dtype":"U8","shape":[1.0],"data_offsets":[0,1])", "x"), "safetensors.entry");
  EXPECT_EQ(one(R"("dtype":"U8","shape":[[1]],"data_offsets":[0,1])", "x"), "safetensors.entry");
  EXPECT_EQ(one(R"("dtype":"U8","shape":{},"data_offsets":[0,0])"), "safetensors.entry");
  EXPECT_EQ(one(R"("dtype":null,"shape":[0],"data_offsets":[0,0])"), "safetensors.entry");
  EXPECT_EQ(one(R"("dtype":"U8","shape":true,"data_offsets":[0,0])"), "safetensors.entry");
  EXPECT_EQ(one(R"("dtype":"U8","shape":[0],"data_offsets":[0])"), "safetensors.entry");
  EXPECT_EQ(one(R"("dtype":"U8","shape":[0],"data_offsets":[1,0])"), "safetensors.entry");
  EXPECT_EQ(one(R"("dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1)"), "safetensors.entry");
  EXPECT_EQ(one(R"("dtype":"U8","shape":[0],"data_offsets":[0,18446744073709551616])"),
            "safetensors.entry");
  // 2^32 * 2^32 wraps to 0 bytes when it is not checked.
  EXPECT_EQ(one(R"("dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0])"),
            "safetensors.entry");
}

TEST(BadSafetensors, data_are_contiguous_and_as_long_as_their_shapes) {
  EXPECT_EQ(one(R"("dtype":"U8","shape":[2],"data_offsets":[0,1])", "x"), "safetensors.layout");
  EXPECT_EQ(one(R"("dtype":"U8","shape":[1],"data_offsets":[1,2])", "xx"), "safetensors.layout");
  const auto pair = [](const char* first, const char* second) {
    const std::string u8 = R"("dtype":"U8","shape":[2],"data_offsets":)";
    return opened(file_of("{\"a\":{" + u8 + first + "},\"b\":{" + u8 + second + "}}", "xxxx"));
  };
  EXPECT_EQ(pair("[0,2]", "[2,4]"), "ok");
  EXPECT_EQ(pair("[2,4]", "[0,2]"), "ok");
  EXPECT_EQ(pair("[0,2]", "[1,3]"), "safetensors.layout");
  EXPECT_EQ(pair("[0,2]", "[3,5]"), "safetensors.layout");
  EXPECT_EQ(pair("[0,2]", "[0,2]"), "safetensors.layout");
}

TEST(BadSafetensors, own_formats_match_their_bytes) {
  const auto with = [](const std::string& format) {
    return opened(file_of("{\"__metadata__\":{\"mantissa.format.a\":\"" + format +
                              R"("},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})",
                          "xx"));
  };
  EXPECT_EQ(with("int4 3"), "ok");
  EXPECT_EQ(with("int4 2x2"), "ok");
  EXPECT_EQ(with("int4 5"), "safetensors.entry");
  EXPECT_EQ(with("int5 3"), "safetensors.entry");
  EXPECT_EQ(with("int4"), "safetensors.entry");
  EXPECT_EQ(with("int4 4294967296x4294967296x3"), "safetensors.entry");
}

TEST(BadSafetensors, writer_refuses_what_a_reader_would) {
  const auto kind = [](const std::vector<TensorContents>& tensors, const std::string& path) {
    try {
      write_safetensors(path, tensors);
    } catch (const Error& e) {
      return std::string(e.kind().id());
    }
    return std::string();
  };
  const std::vector<std::uint8_t> v(1 << 16);
  const TensorContents a{"a", NumberFormat::int8, {1}, v.data()};
  const std::string path = temporary("t.safetensors");
  EXPECT_EQ(kind({a, a}, path), "safetensors.duplicate");
  EXPECT_EQ(kind({{"__metadata__", NumberFormat::int8, {1}, v.data()}}, path),
            "safetensors.duplicate");
  EXPECT_EQ(kind({{"\xff", NumberFormat::int8, {1}, v.data()}}, path), "safetensors.header");
  EXPECT_EQ(kind({{"a", NumberFormat::int8, {-1}, v.data()}}, path), "trace.size");
  EXPECT_EQ(kind({a}, "/nonexistent/t.safetensors"), "trace.write");
  EXPECT_EQ(kind({{"a", NumberFormat::int8, {1 << 16}, v.data()}}, "/dev/full"), "trace.write");
  try {
    SafetensorsFile missing("/nonexistent.safetensors");
    ADD_FAILURE() << "opened";
  } catch (const Error& e) {
    EXPECT_EQ(&e.kind(), &file_unreadable);
  }
  EXPECT_THROW(SafetensorsFile folder(::testing::TempDir()), Error);
}

}  // namespace
}  // namespace mantissa::trace
