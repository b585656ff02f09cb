// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/cifar.h"

#include <gmock/gmock.h>

#include "tests/workloads/data/files.h"
#include "workloads/data/errors.h"
#include "workloads/data/tar.h"

namespace mantissa::data {
namespace {

using namespace testing;
using ::testing::HasSubstr;

// Pixel p of record r is r + p modulo 251.
Bytes records(const std::vector<Bytes>& labels) {
  Bytes out;
  for (std::size_t r = 0; r < labels.size(); ++r) {
    put(out, labels[r]);
    for (std::size_t p = 0; p < 3072; ++p) out.push_back(std::uint8_t((r + p) % 251));
  }
  return out;
}

Dataset read(const Bytes& bytes, const CifarLayout& layout) {
  return read_cifar(bytes.data(), bytes.size(), layout, "batch.bin");
}

TEST(Cifar, of_ten_classes_has_the_label_in_front) {
  const Dataset d = read(records({{7}, {0}, {9}}), cifar10);
  EXPECT_EQ(d.shape, (Shape{3, 32, 32}));
  EXPECT_EQ(d.labels, (std::vector<std::int64_t>{7, 0, 9}));
  EXPECT_EQ(d.classes.size(), 10u);
  const auto& pixels = std::get<std::vector<std::uint8_t>>(d.features);
  ASSERT_EQ(pixels.size(), 3u * 3072);
  for (std::size_t r = 0; r < 3; ++r)
    for (std::size_t p = 0; p < 3072; ++p) ASSERT_EQ(pixels[r * 3072 + p], (r + p) % 251);
}

TEST(Cifar, of_a_hundred_classes_takes_the_fine_label) {
  const Dataset d = read(records({{19, 99}, {200, 0}}), cifar100);
  EXPECT_EQ(d.labels, (std::vector<std::int64_t>{99, 0}));
  EXPECT_EQ(std::get<std::vector<std::uint8_t>>(d.features)[3072], 1);
}

TEST(Cifar, with_a_label_out_of_range_is_refused) {
  EXPECT_EQ(refusal(bad_label,
                    [] {
                      read(records({{9}, {10}}), cifar10);
                    }),
            "batch.bin: record 1: error: read '10'; expected a class from 0 to 9 [data.label]");
  refusal(bad_label, [] { read(records({{0, 100}}), cifar100); });
}

TEST(Cifar, that_ends_within_a_record_is_refused) {
  Bytes bytes = records({{1}, {2}});
  bytes.pop_back();
  EXPECT_THAT(refusal(wrong_size, [&] { read(bytes, cifar10); }),
              HasSubstr("byte offset 6145: error: the file ends 3072 bytes into record 1"));
  refusal(wrong_size, [] { read({}, cifar10); });
  // A file of the other set does not divide into records either.
  refusal(wrong_size, [] { read(records({{1, 1}, {2, 2}}), cifar10); });
}

TEST(Tar, holds_files_by_their_last_names) {
  const Bytes archive = tar({{"a/b/one", Bytes(512, 1)}, {"two", Bytes(513, 2)}, {"none", {}}});
  const auto files = read_tar(archive, "f.tar");
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(files.at("one").begin, 512u);
  EXPECT_EQ(files.at("one").size, 512u);
  EXPECT_EQ(files.at("two").begin, 3u * 512);
  EXPECT_EQ(files.at("two").size, 513u);
  EXPECT_EQ(archive[files.at("two").begin + 512], 2);
}

TEST(Tar, with_a_damaged_header_is_refused) {
  const Bytes whole = tar({{"one", Bytes(100, 1)}});
  EXPECT_NO_THROW(read_tar(whole, "f"));
  for (std::size_t bit = 0; bit < 8 * 148; ++bit) {
    Bytes damaged = whole;
    damaged[bit / 8] ^= std::uint8_t(1 << bit % 8);
    EXPECT_THAT(refusal(damaged_archive, [&] { read_tar(damaged, "f"); }), HasSubstr("sum"));
  }
}

TEST(Tar, that_is_cut_off_within_a_file_or_header_is_refused) {
  const Bytes whole = tar({{"one", Bytes(600, 1)}});
  for (const std::size_t n : {100u, 511u, 513u, 1111u}) {
    const Bytes part(whole.begin(), whole.begin() + std::ptrdiff_t(n));
    refusal(damaged_archive, [&] { read_tar(part, "f"); });
  }
}

}  // namespace
}  // namespace mantissa::data
