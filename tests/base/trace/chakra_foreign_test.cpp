// SPDX-License-Identifier: Apache-2.0
// Traces of other producers, and damaged ones.
#include <gtest/gtest.h>
#include <zlib.h>

#include "base/trace/chakra.h"
#include "base/trace/message_stream.h"
#include "base/trace/vocabulary.h"
#include "tests/base/trace/chakra_file.h"
#include "tests/base/trace/sample_trace.h"

namespace mantissa::trace {
namespace {

using wire::after;
using wire::attribute;
using wire::metadata;
using wire::node;
using wire::reads;

constexpr int invalid_node = 0, metadata_node = 1, load = 2, store = 3, comp = 4, send = 5,
              recv = 6, coll = 7;

Trace read(const std::string& bytes, std::vector<std::string>* warnings = nullptr) {
  return read_chakra(write_bytes(temporary("foreign.3.et"), bytes), warnings);
}

// The message of the Error of this kind that reading must throw.
std::string refusal(const ErrorKind& kind, const std::string& bytes) {
  try {
    read(bytes);
  } catch (const Error& e) {
    EXPECT_STREQ(e.kind().id(), kind.id()) << e.message();
    return e.message();
  }
  ADD_FAILURE() << "accepted; expected " << kind.id();
  return "";
}

void expect_in(const std::string& message, std::initializer_list<const char*> words) {
  for (const char* word : words) EXPECT_NE(message.find(word), std::string::npos) << message;
}

const std::string cost =
    attribute("num_ops", wire::number(9, 100)) + attribute("tensor_size", wire::number(13, 200));

TEST(ForeignChakra, computation_becomes_generic_in_dependency_order) {
  const Trace t = read(metadata(wire::text(2, wire::text(1, "schema") + wire::text(29, "1.0"))) +
                       node(30, "last", comp, cost + reads(20) + after(10) + after(20)) +
                       node(20, "layer", comp, cost + reads(10)) + node(10, "layer", comp, cost));
  EXPECT_EQ(t.name.substr(t.name.size() - 7), "foreign");
  EXPECT_EQ(t.rank, 3u);
  EXPECT_EQ(t.metadata.at("schema"), "1.0");
  ASSERT_EQ(t.ops.size(), 3u);
  EXPECT_EQ(t.ops[0].name, "layer");
  EXPECT_EQ(t.ops[1].name, "layer#20");
  EXPECT_EQ(t.ops[1].after, (std::vector<OpId>{0}));
  EXPECT_EQ(t.ops[2].after, (std::vector<OpId>{0, 1}));
  EXPECT_EQ(t.ops[2].kind, OpKind::generic);
  EXPECT_EQ(t.ops[2].integer("elements", 0), 100);
  EXPECT_EQ(t.ops[2].integer("bytes", 0), 200);
}

TEST(ForeignChakra, any_integer_member_will_do) {
  const std::vector<std::string> members{wire::number(7, 5),
                                         wire::number(9, 5),
                                         wire::number(11, 5),
                                         wire::number(13, 5),
                                         wire::number(15, 10) /* zigzag */,
                                         wire::number(17, 10),
                                         wire::fixed64(21, 5),
                                         wire::fixed64(25, 5)};
  for (const std::string& m : members) {
    const Trace t = read(metadata() + node(1, "n", comp, attribute("num_ops", m)));
    EXPECT_EQ(t.ops.at(0).integer("elements", 0), 5);
  }
  expect_in(refusal(chakra_attribute,
                    metadata() + node(1, "n", comp, attribute("num_ops", wire::text(29, "5")))),
            {"byte offset 8", "node 1", "num_ops=5"});
  expect_in(
      refusal(chakra_attribute,
              metadata() + node(1, "n", comp, attribute("num_ops", wire::number(13, 1ull << 63)))),
      {"2^63-1"});
}

TEST(ForeignChakra, communication_keeps_type_size_and_group) {
  const std::string size = attribute("comm_size", wire::number(9, 4096));
  const Trace t = read(
      metadata() +
      node(1, "ar", coll,
           size + attribute("comm_type", wire::number(9, 0)) +
               attribute("pg_name", wire::text(29, "dp")) +
               attribute("involved_dim", wire::text(28, wire::text(1, std::string("\1\0\1", 3))))) +
      node(2, "rs", coll, size + attribute("comm_type", wire::number(9, 8))) +
      node(3, "s", send,
           size + attribute("comm_dst", wire::number(7, 4)) +
               attribute("comm_tag", wire::number(7, 6))) +
      node(4, "r", recv, size + attribute("comm_src", wire::number(7, 5))) +
      node(5, "b", coll, attribute("comm_type", wire::number(9, 9))));
  EXPECT_EQ(t.ops[0].kind, OpKind::all_reduce);
  EXPECT_EQ(t.ops[0].integer("bytes", 0), 4096);
  EXPECT_EQ(t.ops[0].text("group", ""), "dp");
  EXPECT_EQ(t.ops[0].integers("involved_dim", {}), (std::vector<std::int64_t>{1, 0, 1}));
  EXPECT_EQ(t.ops[1].kind, OpKind::reduce_scatter);
  EXPECT_EQ(t.ops[2].integer("destination", 0), 4);
  EXPECT_EQ(t.ops[2].integer("tag", 0), 6);
  EXPECT_EQ(t.ops[3].integer("source", 0), 5);
  EXPECT_EQ(t.ops[4].kind, OpKind::barrier);
}

TEST(ForeignChakra, warns_about_what_it_bends) {
  std::vector<std::string> warnings;
  const Trace t =
      read(metadata() + node(1, "gather", coll, attribute("comm_type", wire::number(9, 3))) +
               node(2, "idle", comp) + node(3, "odd", invalid_node) + node(4, "load", load) +
               node(5, "timed", comp, wire::number(7, 12)),
           &warnings);
  EXPECT_EQ(t.ops.size(), 4u);
  EXPECT_EQ(t.ops[0].kind, OpKind::all_gather);
  EXPECT_EQ(t.ops[3].integer("duration_us", 0), 12);
  ASSERT_EQ(warnings.size(), 5u);
  expect_in(warnings[0], {"node 1 'gather'", "all_gather"});
  expect_in(warnings[1], {"no comm_size"});
  expect_in(warnings[2], {"node 2 'idle'"});
  expect_in(warnings[3], {"node 3 'odd'", "skipped"});
  expect_in(warnings[4], {"node 4 'load'"});
}

TEST(ForeignChakra, every_collective_has_a_kind_and_others_are_refused) {
  for (std::uint64_t type = 0; type < 10; ++type) {
    EXPECT_EQ(
        spec(read(metadata() + node(1, "c", coll, attribute("comm_type", wire::number(9, type))))
                 .ops.at(0)
                 .kind)
            .op_class,
        OpClass::collective);
  }
  refusal(chakra_node_type,
          metadata() + node(1, "c", coll, attribute("comm_type", wire::number(9, 10))));
  refusal(chakra_node_type, metadata() + node(1, "n", 8));
  expect_in(refusal(chakra_attribute, metadata() + node(1, "c", coll)), {"no comm_type"});
}

TEST(ForeignChakra, dependencies_pass_through_metadata_nodes) {
  const Trace t =
      read(metadata() + node(1, "a", comp, cost) + node(2, "b", store, cost) +
           node(3, "m", metadata_node, after(1) + after(2)) +
           node(4, "mm", metadata_node, after(3)) + node(5, "c", comp, cost + reads(4) + reads(3)));
  ASSERT_EQ(t.ops.size(), 3u);
  EXPECT_EQ(t.ops[2].after, (std::vector<OpId>{0, 1}));
}

TEST(ForeignChakra, come_back_after_being_written) {
  const Trace t = read(metadata() + node(7, "a", comp, cost) + node(9, "b", load, cost + reads(7)));
  write_chakra(t, temporary("own.et"));
  EXPECT_TRUE(read_chakra(temporary("own.et")) == t);
}

TEST(DamagedChakra, cycles_are_listed) {
  const std::string message = refusal(
      chakra_cycle, metadata() + node(1, "free", comp, cost) + node(9, "a", comp, cost + reads(4)) +
                        node(4, "b", comp, cost + after(7)) +
                        node(7, "c", comp, cost + reads(9) + reads(1)) +
                        node(8, "behind", comp, cost + reads(9)));
  expect_in(message, {"4 after 7 after 9 after 4"});
  EXPECT_EQ(message.find("8 after"), std::string::npos) << message;
  refusal(chakra_cycle, metadata() + node(1, "self", comp, cost + after(1)));
}

TEST(DamagedChakra, long_cycles_are_cut_short) {
  std::string bytes = metadata();
  for (std::uint64_t i = 0; i < 40; ++i) {
    bytes += node(i, "n", comp, cost + reads((i + 1) % 40));
  }
  expect_in(refusal(chakra_cycle, bytes), {"0 after 1 after 2", "24 more"});
}

TEST(DamagedChakra, parents_exist_and_ids_are_unique) {
  expect_in(refusal(chakra_missing_parent, metadata() + node(1, "a", comp, cost + reads(6))),
            {"byte offset 8", "node 1", "node id 6"});
  expect_in(refusal(chakra_duplicate_id, metadata() + node(1, "a", comp) + node(1, "b", comp)),
            {"node id 1", "node at byte 8"});
}

TEST(DamagedChakra, begins_with_metadata) {
  refusal(chakra_first_message, "");
  refusal(chakra_first_message, node(1, "a", comp, cost));
  refusal(chakra_first_message, wire::framed(""));
  refusal(chakra_first_message, node(0, "", comp));
}

TEST(DamagedChakra, lengths_are_varints_of_32_bits_and_sane) {
  expect_in(refusal(bad_varint, metadata() + "\xff\xff\xff\xff\xff\x01"), {"byte offset 8"});
  refusal(bad_varint, metadata() + "\xff\xff\xff\xff\x1f");
  expect_in(refusal(bad_length, metadata() + "\xff\xff\xff\xff\x0f"), {"4294967295 bytes"});
  // 256 MiB is allowed, but must be there: refused without reserving it.
  expect_in(refusal(truncated, metadata() + wire::varint(256u << 20) + "abc"),
            {"byte offset 8", "268435456 bytes"});
  refusal(bad_length, metadata() + wire::varint((256u << 20) + 1));
}

TEST(DamagedChakra, messages_are_nodes) {
  expect_in(refusal(chakra_message, metadata() + wire::framed("\x0a")), {"byte offset 8"});
  refusal(chakra_message, metadata() + node(1, "\xff", comp));
}

TEST(DamagedChakra, own_attributes_are_well_formed) {
  const auto own = [&](const std::string& more) {
    return metadata() +
           node(0, "n", comp, attribute("mantissa.kind", wire::text(29, "fill")) + more);
  };
  const std::string list = wire::text(10, wire::text(1, wire::varint(1)));
  expect_in(refusal(chakra_attribute,
                    metadata() +
                        node(0, "n", comp, attribute("mantissa.kind", wire::text(29, "matmull")))),
            {"matmull", "did you mean 'matmul'"});
  refusal(chakra_attribute, own(attribute("mantissa.inputs", wire::text(29, "x"))));
  refusal(chakra_attribute, own(attribute("mantissa.unheard", wire::text(29, "x"))));
  refusal(chakra_attribute,
          own(attribute("mantissa.attribute.shape", wire::text(30, wire::text(1, "x")))));
  const auto declared = [&](const std::string& line) {
    return own(attribute("mantissa.tensors", wire::text(30, wire::text(1, line))));
  };
  for (const char* bad : {"", "0", "0 input fp32 2x x", "0 output fp32 2 x", "0 input fp33 2 x",
                          "x input fp32 2 x", "1 input fp32 2 x"}) {
    refusal(chakra_attribute, declared(bad));
  }
  refusal(operand_count, declared("0 input fp32 2 x"));  // then `check` has its say
  refusal(dangling_tensor, own(attribute("mantissa.outputs", list)));
  refusal(chakra_attribute,
          metadata(wire::text(2, wire::text(1, "mantissa.rank") + wire::number(9, 1ull << 32))));
}

// Every prefix of a file is refused, with an offset, and nothing else happens.
void expect_every_prefix_refused(const std::string& bytes) {
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    try {
      read(bytes.substr(0, n));
      ADD_FAILURE() << "accepted the first " << n << " of " << bytes.size() << " bytes";
    } catch (const Error& e) {
      const std::string id = e.kind().id();
      EXPECT_TRUE(id == "trace.truncated" || (n == 0 && id == "chakra.first-message"))
          << n << ": " << e.message();
      EXPECT_NE(e.message().find("byte offset "), std::string::npos) << e.message();
    }
  }
  read(bytes);
}

TEST(DamagedChakra, every_truncation_is_noticed) {
  write_chakra(random_trace(3, 3), temporary("whole.et"));
  expect_every_prefix_refused(bytes_of(temporary("whole.et")));
}

TEST(DamagedChakra, every_truncation_of_a_compressed_file_is_noticed) {
  write_chakra(random_trace(3, 3), temporary("whole.et.gz"));
  expect_every_prefix_refused(bytes_of(temporary("whole.et.gz")));
}

TEST(DamagedChakra, truncation_names_where_the_message_began) {
  const std::string whole = metadata() + node(1, "a", comp, cost);
  expect_in(refusal(truncated, whole.substr(0, whole.size() - 1)),
            {"byte offset 8", ("ends at byte " + std::to_string(whole.size() - 1)).c_str()});
}

TEST(DamagedChakra, damaged_compression_is_noticed) {
  write_chakra(random_trace(3, 80), temporary("whole.et.gz"));
  std::string bytes = bytes_of(temporary("whole.et.gz"));
  bytes[bytes.size() - 6] = static_cast<char>(bytes[bytes.size() - 6] ^ 1);  // in the checksum
  refusal(bad_gzip, bytes);
}

TEST(DamagedChakra, no_flipped_byte_crashes_the_reader) {
  write_chakra(random_trace(4, 4), temporary("whole.et"));
  const std::string whole = bytes_of(temporary("whole.et"));
  std::size_t refused = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (int flip : {0x01, 0x80}) {
      std::string bytes = whole;
      bytes[i] = static_cast<char>(bytes[i] ^ flip);
      try {
        read(bytes);
      } catch (const Error&) {
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, whole.size() / 2);
}

}  // namespace
}  // namespace mantissa::trace
