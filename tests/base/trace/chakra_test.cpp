// SPDX-License-Identifier: Apache-2.0
// Own traces, there and back again.
#include "base/trace/chakra.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/trace/message_stream.h"
#include "tests/base/trace/chakra_file.h"
#include "tests/base/trace/sample_trace.h"

namespace mantissa::trace {
namespace {

Trace there_and_back(const Trace& t, const std::string& name) {
  const std::string path = temporary(name);
  write_chakra(t, path);
  std::vector<std::string> warnings;
  Trace back = read_chakra(path, &warnings);
  EXPECT_TRUE(warnings.empty());
  return back;
}

TEST(Chakra, every_kind_of_op_comes_back) {
  const Trace t = every_kind();
  EXPECT_TRUE(there_and_back(t, "plain.et") == t);
  EXPECT_TRUE(there_and_back(t, "packed.et.gz") == t);
  Trace other = t;  // the comparison can fail
  other.ops[3].attributes["padding"] = std::int64_t{2};
  EXPECT_FALSE(there_and_back(t, "plain.et") == other);
}

TEST(Chakra, random_graphs_come_back) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Trace t = random_trace(seed, seed * 5);
    EXPECT_TRUE(there_and_back(t, "random.et") == t) << seed;
  }
}

TEST(Chakra, extremes_come_back) {
  TraceBuilder b("");
  const auto x = b.input("name with spaces\n and gr\xc3\xbc\xc3\x9f", NumberFormat::fp32, {0, 3});
  b.op(OpKind::clamp, "", {x},
       {{"low", -std::numeric_limits<double>::infinity()}, {"high", 5e-324}});
  b.op(OpKind::slice, "s", {x}, {{"start", INT64_MIN}, {"end", INT64_MAX}, {"axis", ints({1})}});
  b.op(OpKind::fill, "f", {}, {{"shape", ints({})}}, NumberFormat::binary);
  Trace t = b.finish();
  t.rank = UINT32_MAX;
  t.ops[1].after = {0, 0};
  EXPECT_TRUE(there_and_back(t, "extremes.et") == t);
  EXPECT_TRUE(there_and_back(Trace{}, "empty.et") == Trace{});
}

TEST(Chakra, files_are_the_same_bytes_every_time) {
  write_chakra(every_kind(), temporary("a.et.gz"));
  write_chakra(every_kind(), temporary("b.et.gz"));
  EXPECT_EQ(bytes_of(temporary("a.et.gz")), bytes_of(temporary("b.et.gz")));
  EXPECT_EQ(bytes_of(temporary("a.et.gz")).substr(0, 2), "\x1f\x8b");
  EXPECT_EQ(chakra_path("resnet50", 7), "resnet50.7.et");
}

// The messages of a file, each with its length in front.
std::vector<std::string> messages(const std::string& bytes) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < bytes.size();) {
    std::size_t length = 0, head = 0;
    unsigned char byte = 0;
    do {
      byte = static_cast<unsigned char>(bytes[at + head]);
      length |= std::size_t{byte & 0x7fu} << (7 * head);
      ++head;
    } while ((byte & 0x80) != 0);
    out.push_back(bytes.substr(at, head + length));
    at += head + length;
  }
  return out;
}

TEST(Chakra, nodes_may_stand_in_any_order) {
  const Trace t = random_trace(11, 60);
  write_chakra(t, temporary("ordered.et"));
  std::vector<std::string> parts = messages(bytes_of(temporary("ordered.et")));
  std::mt19937_64 random(5);
  for (std::size_t i = parts.size() - 1; i > 1; --i) std::swap(parts[i], parts[1 + random() % i]);
  std::string shuffled;
  for (const auto& p : parts) shuffled += p;
  EXPECT_NE(shuffled, bytes_of(temporary("ordered.et")));
  EXPECT_TRUE(read_chakra(write_bytes(temporary("shuffled.et"), shuffled)) == t);
}

TEST(Chakra, keeps_data_dependencies_that_no_tensor_implies) {
  TraceBuilder b("t");
  const auto x = b.input("x", NumberFormat::fp32, {4});
  b.op(OpKind::relu, "a", {x});
  b.op(OpKind::relu, "b", {x});
  write_chakra(b.finish(), temporary("t.et"));
  std::vector<std::string> parts = messages(bytes_of(temporary("t.et")));
  ASSERT_EQ(parts.size(), 3u);
  std::string last = parts[2].substr(2) + wire::reads(0);  // its length takes two bytes
  const Trace t =
      read_chakra(write_bytes(temporary("edited.et"), parts[0] + parts[1] + wire::framed(last)));
  EXPECT_EQ(t.ops[1].after, (std::vector<OpId>{0}));
}

TEST(Chakra, shows_other_readers_what_they_ask_for) {
  TraceBuilder b("t", 2);
  const auto x = b.input("x", NumberFormat::bf16, {2, 3});
  const auto w = b.parameter("w", NumberFormat::bf16, {3, 4});
  const auto y = b.op(OpKind::matmul, "fc", {x, w});
  b.op(OpKind::all_gather, "share", {y}, {{"group_size", 4}, {"group", "tp"}});
  b.op(OpKind::send, "pass on", {y}, {{"destination", 3}, {"tag", 9}});
  write_chakra(b.finish(), temporary("t.2.et"));
  const std::string bytes = bytes_of(temporary("t.2.et"));
  const auto holds = [&](const std::string& part) { return bytes.find(part) != std::string::npos; };
  EXPECT_TRUE(
      holds(wire::number(3, 4) + wire::text(8, wire::text(1,
                                                          "[[0,0,0,6,2,\"mantissa\"],"
                                                          "[1,1,0,12,2,\"mantissa\"]]") +
                                                   wire::text(2, "[[2,3],[3,4]]") +
                                                   wire::text(3,
                                                              "[\"Tensor(c10::BFloat16)\","
                                                              "\"Tensor(c10::BFloat16)\"]"))));
  EXPECT_TRUE(holds(wire::attribute("is_cpu_op", wire::number(27, 0))));
  EXPECT_TRUE(holds(wire::attribute("num_ops", wire::number(9, 2 * 2 * 4 * 3))));          // int64
  EXPECT_TRUE(holds(wire::attribute("tensor_size", wire::number(13, 2 * (6 + 12 + 8)))));  // uint64
  EXPECT_TRUE(holds(wire::attribute("comm_type", wire::number(9, 2))));
  EXPECT_TRUE(holds(wire::attribute("comm_size", wire::number(9, 16))));
  EXPECT_TRUE(holds(wire::attribute("pg_name", wire::text(29, "tp"))));
  EXPECT_TRUE(holds(wire::attribute("comm_src", wire::number(7, 2))));  // int32
  EXPECT_TRUE(holds(wire::attribute("comm_dst", wire::number(7, 3))));
  EXPECT_TRUE(holds(wire::attribute("comm_tag", wire::number(7, 9))));
}

TEST(Chakra, refuses_to_write_what_the_format_cannot_hold) {
  const auto kind = [](Trace t) {
    try {
      write_chakra(t, temporary("bad.et"));
    } catch (const Error& e) {
      return std::string(e.kind().id());
    }
    return std::string();
  };
  TraceBuilder b("t");
  const auto x = b.input("x", NumberFormat::fp32, {2});
  b.op(OpKind::send, "s", {x}, {{"tag", std::int64_t{1} << 31}});
  Trace t = b.finish();
  EXPECT_EQ(kind(t), "chakra.attribute");
  t.ops[0].attributes["tag"] = (std::int64_t{1} << 31) - 1;
  EXPECT_EQ(kind(t), "");
  t.tensors[0].name = "\xff";
  EXPECT_EQ(kind(t), "chakra.text");
  t.tensors[0].name = "x";
  t.ops[0].inputs = {7};
  EXPECT_EQ(kind(t), "trace.dangling-tensor");
}

TEST(Chakra, says_when_a_file_cannot_be_written_or_opened) {
  EXPECT_THROW(write_chakra(Trace{}, "/nonexistent/folder/t.et"), Error);
  try {
    write_chakra(random_trace(1, 4000), "/dev/full");
    ADD_FAILURE() << "the disk was full";
  } catch (const Error& e) {
    EXPECT_EQ(&e.kind(), &file_unwritable) << e.message();
    EXPECT_EQ(e.exit(), ExitCode::resource);
  }
  try {
    read_chakra("/nonexistent.et");
    ADD_FAILURE() << "opened";
  } catch (const Error& e) {
    EXPECT_EQ(&e.kind(), &file_unreadable) << e.message();
  }
  EXPECT_THROW(read_chakra(::testing::TempDir()), Error);
}

}  // namespace
}  // namespace mantissa::trace
