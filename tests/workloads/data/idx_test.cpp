// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/idx.h"

#include <gmock/gmock.h>

#include "tests/workloads/data/files.h"
#include "workloads/data/errors.h"

namespace mantissa::data {
namespace {

using namespace testing;
using ::testing::HasSubstr;

template <class T>
std::vector<T> values(const Array& array) {
  return std::get<std::vector<T>>(array.values);
}

Bytes big(std::uint64_t value, unsigned bytes) {
  Bytes out;
  put_big(out, value, bytes);
  return out;
}

TEST(Idx, holds_bytes_row_by_row) {
  const Array a = read_idx(idx(0x08, {2, 3}, {1, 2, 3, 4, 5, 255}), "f");
  EXPECT_EQ(a.shape, (Shape{2, 3}));
  EXPECT_EQ(values<std::uint8_t>(a), (std::vector<std::uint8_t>{1, 2, 3, 4, 5, 255}));
}

TEST(Idx, has_big_endian_elements_of_six_types) {
  EXPECT_EQ(values<std::int64_t>(read_idx(idx(0x09, {2}, {0x80, 0x7F}), "f")),
            (std::vector<std::int64_t>{-128, 127}));
  EXPECT_EQ(values<std::int64_t>(read_idx(idx(0x0B, {1}, big(0xFF00, 2)), "f")),
            (std::vector<std::int64_t>{-256}));
  EXPECT_EQ(values<std::int64_t>(read_idx(idx(0x0C, {1}, big(0x01020304, 4)), "f")),
            (std::vector<std::int64_t>{0x01020304}));
  EXPECT_EQ(values<float>(read_idx(idx(0x0D, {1}, big(0xC0490FDB, 4)), "f")),
            (std::vector<float>{-0x1.921FB6p+1f}));
  EXPECT_EQ(values<float>(read_idx(idx(0x0E, {1}, big(0x3FF8000000000000, 8)), "f")),
            (std::vector<float>{1.5f}));
}

TEST(Idx, of_one_byte_less_or_more_is_refused) {
  const Bytes whole = idx(0x08, {2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_NO_THROW(read_idx(whole, "f"));
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const Bytes part(whole.begin(), whole.begin() + std::ptrdiff_t(n));
    refusal(wrong_size, [&] { read_idx(part, "f"); });
  }
  Bytes more = whole;
  more.push_back(0);
  EXPECT_EQ(refusal(wrong_size, [&] { read_idx(more, "images"); }),
            "images: byte offset 19: error: read '7 bytes of elements'; expected 6 for 2 x 3 "
            "[data.size]");
}

TEST(Idx, with_another_magic_number_is_refused) {
  for (const auto& [at, value] : std::vector<std::pair<std::size_t, std::uint8_t>>{
           {0, 1}, {1, 1}, {2, 0x07}, {2, 0x0A}, {2, 0x0F}, {3, 0}}) {
    Bytes damaged = idx(0x08, {1}, {7});
    damaged[at] = value;
    EXPECT_THAT(refusal(wrong_format, [&] { read_idx(damaged, "f"); }), HasSubstr("magic number"));
  }
}

TEST(Idx, with_extents_beyond_64_bits_is_refused) {
  EXPECT_THAT(refusal(wrong_size,
                      [&] {
                        read_idx(idx(0x0E, {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}, {}), "f");
                      }),
              HasSubstr("far more"));
}

TEST(Array, that_is_not_finite_in_single_precision_is_refused) {
  const auto read = [](std::uint64_t bits) {
    read_idx(idx(0x0E, {2},
                 [&] {
                   Bytes both = big(0, 8);
                   put(both, big(bits, 8));
                   return both;
                 }()),
             "f");
  };
  EXPECT_NO_THROW(read(0x47EFFFFFE0000000));  // the largest float
  EXPECT_THAT(refusal(bad_value, [&] { read(0x7FF8000000000000); }),
              HasSubstr("f: element 1: error: read 'NaN'"));
  EXPECT_THAT(refusal(bad_value, [&] { read(0x7FF0000000000000); }), HasSubstr("read 'inf'"));
  refusal(bad_value, [&] { read(0x47F0000000000000); });  // 2^128
}

TEST(Samples, of_images_have_one_channel_and_a_full_scale_of_255) {
  const Dataset d = samples_of(read_idx(idx(0x08, {2, 1, 2}, {0, 51, 255, 102}), "f"), "f");
  EXPECT_EQ(d.shape, (Shape{1, 1, 2}));
  std::vector<float> x(2);
  d.copy(0, x.data());
  EXPECT_EQ(x, (std::vector<float>{0.0f, 51.0f / 255.0f}));
  d.copy(1, x.data());
  EXPECT_EQ(x, (std::vector<float>{1.0f, 102.0f / 255.0f}));
}

TEST(Samples, that_are_none_are_refused) {
  refusal(wrong_size, [] { samples_of(read_idx(idx(0x08, {0, 5}, {}), "f"), "f"); });
}

TEST(Labels, are_classes_from_zero) {
  Dataset d = samples_of({{3, 1}, std::vector<float>{1, 2, 3}}, "f");
  give_labels(d, {{3}, std::vector<std::uint8_t>{0, 4, 1}}, 0, "l");
  EXPECT_EQ(d.labels, (std::vector<std::int64_t>{0, 4, 1}));
  EXPECT_EQ(d.classes.size(), 5u);
}

TEST(Labels, beyond_the_classes_are_refused) {
  Dataset d = samples_of({{2, 1}, std::vector<float>{1, 2}}, "f");
  EXPECT_NO_THROW(give_labels(d, {{2}, std::vector<std::uint8_t>{0, 9}}, 10, "l"));
  EXPECT_EQ(refusal(bad_label,
                    [&] {
                      give_labels(d, {{2}, std::vector<std::uint8_t>{0, 10}}, 10, "l");
                    }),
            "l: element 1: error: read '10'; expected a class from 0 to 9 [data.label]");
  refusal(bad_label, [&] { give_labels(d, {{2}, std::vector<std::int64_t>{-1, 0}}, 0, "l"); });
  refusal(bad_label, [&] { give_labels(d, {{2}, std::vector<float>{0, 1}}, 0, "l"); });
}

TEST(Labels, of_another_number_than_the_samples_are_refused) {
  Dataset d = samples_of({{2, 1}, std::vector<float>{1, 2}}, "f");
  for (const Shape& shape : {Shape{1}, Shape{3}, Shape{1, 2}, Shape{}}) {
    const Array labels{shape, std::vector<std::uint8_t>(std::size_t(trace::elements(shape)))};
    EXPECT_THAT(refusal(mismatch, [&] { give_labels(d, labels, 0, "l"); }),
                HasSubstr("one for each of 2 samples"));
  }
  EXPECT_NO_THROW(give_labels(d, {{2, 1}, std::vector<std::uint8_t>{0, 1}}, 0, "l"));
}

}  // namespace
}  // namespace mantissa::data
