// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/file_bytes.h"

#include <gmock/gmock.h>

#include "tests/workloads/data/files.h"
#include "workloads/data/errors.h"

namespace mantissa::data {
namespace {

using namespace testing;
using ::testing::HasSubstr;

Bytes pattern(std::size_t n) {
  Bytes out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = std::uint8_t(i * i >> 3);
  return out;
}

// RFC 1321 A.5 and FIPS 180-2 B.1.
TEST(Checksum, is_that_of_the_standards) {
  EXPECT_EQ(checksum_of(ChecksumKind::md5, bytes_of("abc")).digits,
            "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(checksum_of(ChecksumKind::md5, {}).digits, "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(checksum_of(ChecksumKind::sha256, bytes_of("abc")).digits,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Checksum, differs_when_any_bit_does) {
  const Bytes whole = pattern(100);
  const Checksum sum = checksum_of(ChecksumKind::sha256, whole);
  EXPECT_NO_THROW(verify(sum, whole, "f"));
  for (std::size_t bit = 0; bit < 800; ++bit) {
    Bytes damaged = whole;
    damaged[bit / 8] ^= std::uint8_t(1 << bit % 8);
    EXPECT_THROW(verify(sum, damaged, "f"), Error) << bit;
  }
}

TEST(FileBytes, are_read_as_they_are) {
  const Scratch scratch;
  const Bytes some = pattern(70000);
  EXPECT_EQ(read_bytes(scratch.write("some", some)), some);
  EXPECT_EQ(read_bytes(scratch.write("none", Bytes{})), Bytes{});
}

TEST(FileBytes, of_folders_and_missing_files_are_refused) {
  const Scratch scratch;
  EXPECT_THAT(refusal(unreadable, [&] { read_bytes(scratch.at("nowhere")); }),
              HasSubstr("No such file"));
  EXPECT_THAT(refusal(unreadable, [&] { read_bytes(scratch.path()); }),
              HasSubstr("not a regular file"));
}

// Sizes around the chunk of a mebibyte in which it is unpacked.
TEST(Gzip, gives_back_what_was_packed) {
  for (const std::size_t n : {0u, 1u, 1000u, (1u << 20) - 1, 1u << 20, (1u << 20) + 1, 5u << 19})
    EXPECT_EQ(uncompressed(deflated(pattern(n)), "f"), pattern(n)) << n;
}

TEST(Gzip, may_have_several_members_and_zeros_behind) {
  Bytes two = deflated(pattern(10));
  put(two, deflated(pattern(20)));
  two.resize(two.size() + 100);
  Bytes both = pattern(10);
  put(both, pattern(20));
  EXPECT_EQ(uncompressed(two, "f"), both);
}

TEST(Gzip, leaves_other_files_alone) { EXPECT_EQ(uncompressed(pattern(9), "f"), pattern(9)); }

TEST(Gzip, that_is_cut_off_anywhere_is_refused) {
  const Bytes whole = deflated(pattern(300));
  for (std::size_t n = 2; n < whole.size(); ++n) {
    const Bytes part(whole.begin(), whole.begin() + std::ptrdiff_t(n));
    EXPECT_THAT(refusal(damaged_archive, [&] { uncompressed(part, "f.gz"); }),
                HasSubstr("ends before its data do"))
        << n;
  }
}

// The CRC-32 at the end finds every change of the data. Some bits say nothing: those for time and
// system in the header, and those that fill up a byte.
TEST(Gzip, with_a_flipped_bit_is_refused_or_says_the_same) {
  const Bytes plain = pattern(300), whole = deflated(plain);
  constexpr std::size_t header = 10;
  int refused = 0;
  for (std::size_t bit = 8 * header; bit < 8 * whole.size(); ++bit) {
    Bytes damaged = whole;
    damaged[bit / 8] ^= std::uint8_t(1 << bit % 8);
    try {
      EXPECT_EQ(uncompressed(damaged, "f.gz"), plain) << bit;
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GE(refused, int(8 * (whole.size() - header) - 7));
}

}  // namespace
}  // namespace mantissa::data
