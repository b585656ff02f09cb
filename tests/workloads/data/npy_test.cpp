// SPDX-License-Identifier: Apache-2.0
// NumPy's files, one of them written by NumPy itself.
#include "workloads/data/npy.h"

#include <gmock/gmock.h>

#include <tuple>

#include "tests/workloads/data/files.h"
#include "workloads/data/errors.h"
#include "workloads/data/zip.h"

namespace mantissa::data {
namespace {

using namespace testing;
using ::testing::HasSubstr;

template <class T>
std::vector<T> elements(const Array& array) {
  return std::get<std::vector<T>>(array.values);
}

// numpy 1.24.2: savez_compressed(x=asfortranarray(arange(6, dtype='<f4').reshape(3, 2)),
//                                y=array([0, 2, 1], dtype='>i2'))
constexpr const char* numpy_file =
    "504b030414000000080000002100cebd8da0540000009800000005001400782e6e7079010010009800000000"
    "00000054000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9366a2aea3a09e965f5452"
    "9498179f5f94920a120f292a4d050a17672416a402b91ac63a0a469a3a0ab50ae4032e06087060606800617b"
    "2013482f700000504b0304140000000800000021002e8225184a0000008600000005001400792e6e70790100"
    "100086000000000000004a000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9769a4ae"
    "a3a09e965f54529498179f5f94920a12774bcc294e058a17672416a402f91ac63a9a3a0ab50a14002e060606"
    "26064600504b0102140314000000080000002100cebd8da05400000098000000050000000000000000000000"
    "800100000000782e6e7079504b01021403140000000800000021002e8225184a000000860000000500000000"
    "0000000000000080018b000000792e6e7079504b05060000000002000200660000000c0100000000";

Bytes from_hex(const std::string& text) {
  Bytes out;
  for (std::size_t i = 0; i < text.size(); i += 2)
    out.push_back(std::uint8_t(std::stoul(text.substr(i, 2), nullptr, 16)));
  return out;
}

TEST(Npz, of_numpy_is_read_in_either_order_of_elements_and_bytes) {
  const ZipArchive archive(from_hex(numpy_file), "f.npz");
  EXPECT_EQ(archive.names(), (std::vector<std::string>{"x.npy", "y.npy"}));
  const Array x = read_npy(archive.file("x.npy"), "x"), y = read_npy(archive.file("y.npy"), "y");
  EXPECT_EQ(x.shape, (Shape{3, 2}));
  EXPECT_EQ(elements<float>(x), (std::vector<float>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(elements<std::int64_t>(y), (std::vector<std::int64_t>{0, 2, 1}));
}

TEST(Npz, that_is_cut_off_is_refused) {
  const Bytes whole = from_hex(numpy_file);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const Bytes part(whole.begin(), whole.begin() + std::ptrdiff_t(n));
    refusal(damaged_archive, [&] { ZipArchive(part, "f.npz").file("x.npy"); });
  }
}

// Whatever bit of the two arrays flips, somebody notices, the CRC-32 or zlib before it, unless the
// bit is one that fills up a byte.
TEST(Npz, with_a_flipped_bit_in_its_arrays_is_refused) {
  const Bytes whole = from_hex(numpy_file);
  const ZipArchive undamaged(whole, "f.npz");
  int refused = 0, bits = 0;
  for (const auto& [name, from, to] :
       {std::tuple{"x.npy", 55, 139}, std::tuple{"y.npy", 194, 268}}) {
    for (int bit = 8 * from; bit < 8 * to; ++bit, ++bits) {
      Bytes damaged = whole;
      damaged[std::size_t(bit / 8)] ^= std::uint8_t(1 << bit % 8);
      try {
        EXPECT_EQ(ZipArchive(damaged, "f.npz").file(name), undamaged.file(name)) << bit;
      } catch (const Error&) {
        ++refused;
      }
    }
  }
  EXPECT_GE(refused, bits - 2 * 7);
}

// The program must not crash, whatever bit flips anywhere.
TEST(Npz, with_any_flipped_bit_is_read_or_refused) {
  const Bytes whole = from_hex(numpy_file);
  int refused = 0;
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    Bytes damaged = whole;
    damaged[bit / 8] ^= std::uint8_t(1 << bit % 8);
    try {
      const ZipArchive archive(damaged, "f.npz");
      for (const auto& name : archive.names()) read_npy(archive.file(name), name);
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000);
}

TEST(Zip, holds_stored_and_deflated_files) {
  const Bytes one = bytes_of("one"), two(5000, 7);
  for (const bool deflate : {false, true}) {
    const ZipArchive archive(zip({{"1", one}, {"2", two}, {"none", {}}}, deflate), "f");
    EXPECT_EQ(archive.file("1"), one);
    EXPECT_EQ(archive.file("2"), two);
    EXPECT_EQ(archive.file("none"), Bytes());
  }
}

TEST(Zip, names_the_nearest_file) {
  const ZipArchive archive(zip({{"x_train.npy", {}}, {"y_train.npy", {}}}, false), "f.npz");
  EXPECT_EQ(refusal(no_such_part, [&] { archive.file("x_trian.npy"); }),
            "f.npz: error: read 'x_trian.npy'; expected one of x_train.npy, y_train.npy; did you "
            "mean 'x_train.npy'? [data.part]");
}

TEST(Zip, of_an_impossible_size_takes_no_memory) {
  Bytes lying = zip({{"x", Bytes(100, 1)}}, true);
  const std::size_t directory = lying.size() - 22 - 46 - 1;
  for (std::size_t i = 0; i < 4; ++i) lying[directory + 24 + i] = i == 3 ? 0x7F : 0xFF;
  EXPECT_THAT(refusal(damaged_archive, [&] { ZipArchive(lying, "f").file("x"); }),
              HasSubstr("size is impossible"));
}

TEST(Zip, that_is_encrypted_or_packed_otherwise_is_refused) {
  const Bytes whole = zip({{"x", Bytes(100, 1)}}, true);
  const std::size_t directory = whole.size() - 22 - 46 - 1;
  Bytes encrypted = whole, packed = whole;
  encrypted[directory + 8] = 1;
  packed[directory + 10] = 12;
  EXPECT_THAT(refusal(damaged_archive, [&] { ZipArchive(encrypted, "f").file("x"); }),
              HasSubstr("encrypted"));
  EXPECT_THAT(refusal(damaged_archive, [&] { ZipArchive(packed, "f").file("x"); }),
              HasSubstr("method 12"));
}

TEST(Npy, has_numbers_of_every_machine_type) {
  const auto one = [](const char* type, const Bytes& bytes) {
    return read_npy(npy(type, "1,", bytes), "f");
  };
  EXPECT_EQ(elements<std::uint8_t>(one("|b1", {1})), (std::vector<std::uint8_t>{1}));
  EXPECT_EQ(elements<std::uint8_t>(one("|u1", {200})), (std::vector<std::uint8_t>{200}));
  EXPECT_EQ(elements<std::int64_t>(one("|i1", {200})), (std::vector<std::int64_t>{-56}));
  EXPECT_EQ(elements<std::int64_t>(one("<u2", {1, 200})), (std::vector<std::int64_t>{51201}));
  EXPECT_EQ(elements<std::int64_t>(one(">u2", {1, 200})), (std::vector<std::int64_t>{456}));
  EXPECT_EQ(elements<std::int64_t>(one("<i4", raw<std::int32_t>({-7}))),
            (std::vector<std::int64_t>{-7}));
  EXPECT_EQ(elements<std::int64_t>(one("<i8", raw<std::int64_t>({INT64_MIN}))),
            (std::vector<std::int64_t>{INT64_MIN}));
  EXPECT_EQ(elements<float>(one("<f2", {0x00, 0x3E})), (std::vector<float>{1.5f}));
  EXPECT_EQ(elements<float>(one("<f8", raw<double>({-0.25}))), (std::vector<float>{-0.25f}));
  EXPECT_EQ(elements<std::int64_t>(one("<u8", raw<std::uint64_t>({INT64_MAX}))),
            (std::vector<std::int64_t>{INT64_MAX}));
  refusal(bad_value, [&] { one("<u8", raw<std::uint64_t>({std::uint64_t(1) << 63})); });
}

TEST(Npy, is_read_in_three_versions_and_any_order_of_keys) {
  const std::string header = "{\"shape\":(2,1),'descr':'|u1','fortran_order':True}";
  for (const int version : {1, 2, 3}) {
    const Array a = read_npy(npy(header, {3, 4}, version), "f");
    EXPECT_EQ(a.shape, (Shape{2, 1}));
    EXPECT_EQ(elements<std::uint8_t>(a), (std::vector<std::uint8_t>{3, 4}));
  }
  EXPECT_EQ(read_npy(npy("|u1", "", {9}), "f").shape, Shape{});
}

// Element (i, j, k) is 100 i + 10 j + k; the first axis runs fastest in the file.
TEST(Npy, of_columns_first_is_turned_into_rows_first) {
  Bytes columns;
  for (int k = 0; k < 4; ++k)
    for (int j = 0; j < 3; ++j)
      for (int i = 0; i < 2; ++i) columns.push_back(std::uint8_t(100 * i + 10 * j + k));
  std::vector<std::uint8_t> rows;
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 3; ++j)
      for (int k = 0; k < 4; ++k) rows.push_back(std::uint8_t(100 * i + 10 * j + k));
  const std::string header = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4)}";
  EXPECT_EQ(elements<std::uint8_t>(read_npy(npy(header, columns), "f")), rows);
}

TEST(Npy, with_a_header_of_another_form_is_refused) {
  const std::string type = "'descr': '|u1'", order = "'fortran_order': False";
  for (const std::string& header : std::vector<std::string>{
           "{}", "", "{" + type + ", " + order + "}",
           "{" + type + ", " + order + ", 'shape': (1,), 'more': 1}",
           "{" + type + ", " + order + ", 'shape': (1,)} x",
           "{" + type + ", " + type + ", " + order + ", 'shape': (1,)}",
           "{" + type + ", " + order + ", 'shape': (-1,)}",
           "{" + type + ", " + order + ", 'shape': (99999999999999999999,)}",
           "{" + type + ", " + order + ", 'shape': (1", "{'descr': '|u1", "{" + type + " " + order,
           "{'descr': [('a', '<f4')], " + order + ", 'shape': (1,)}",
           "{" + type + ", 'fortran_order': 0, 'shape': (1,)}"}) {
    EXPECT_THAT(refusal(wrong_format, [&] { read_npy(npy(header, {1}), "f"); }),
                HasSubstr("byte offset"))
        << header;
  }
}

TEST(Npy, of_objects_texts_and_complex_numbers_is_refused) {
  for (const char* type : {"|O", "<U4", "|S3", "<c8", "<M8[ns]", "f4", "", "<", "|V8"}) {
    EXPECT_THAT(refusal(wrong_format, [&] { read_npy(npy(type, "1,", {1}), "f"); }),
                HasSubstr("astype"))
        << type;
  }
}

TEST(Npy, of_one_byte_less_or_more_is_refused) {
  const Bytes whole = npy("<i2", "2, 2", {1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_NO_THROW(read_npy(whole, "f"));
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const Bytes part(whole.begin(), whole.begin() + std::ptrdiff_t(n));
    EXPECT_THROW(read_npy(part, "f"), Error) << n;
  }
  Bytes more = whole;
  more.push_back(0);
  EXPECT_THAT(refusal(wrong_size, [&] { read_npy(more, "f"); }),
              HasSubstr("read '9 bytes of elements'; expected 8 for the shape (2, 2)"));
}

TEST(Npy, of_another_file_or_version_is_refused) {
  Bytes other = npy("|u1", "1,", {1});
  other[6] = 4;
  EXPECT_THAT(refusal(wrong_format, [&] { read_npy(other, "f"); }),
              HasSubstr("expected 1, 2 or 3"));
  EXPECT_THAT(refusal(wrong_format, [&] { read_npy(bytes_of("PK\x03\x04 and more"), "f"); }),
              HasSubstr("no npy file"));
}

}  // namespace
}  // namespace mantissa::data
