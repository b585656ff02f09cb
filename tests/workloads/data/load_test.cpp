// SPDX-License-Identifier: Apache-2.0
// From a description to a data set: named sets, files of one's own, checksums.
#include "workloads/data/load.h"

#include <gmock/gmock.h>

#include <numeric>

#include "tests/workloads/data/files.h"
#include "workloads/data/errors.h"
#include "workloads/data/inventory.h"

namespace mantissa::data {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

DataConfig parse(const std::string& yaml) {
  return config::Codec<DataConfig>::parse(config::read_text(yaml, "study.yaml"), "data", {});
}
std::string sha256(const Bytes& bytes) { return checksum_of(ChecksumKind::sha256, bytes).digits; }

// The file of scikit-learn, wherever it is; tests of the digits say so when it is not there.
bool digits_are_there() { return locate(known_set(Known::digits), SearchPath::standard()).found(); }

TEST(Digits, are_1797_images_of_8_by_8_in_a_fixed_split) {
  if (!digits_are_there()) GTEST_SKIP() << "apt-get install python3-sklearn";
  const Dataset d = load(parse("{name: digits}"));
  EXPECT_EQ(d.name, "digits");
  EXPECT_EQ(d.size(), 1797);
  EXPECT_EQ(d.shape, (Shape{1, 8, 8}));
  EXPECT_EQ(d.train.size(), 1438u);
  EXPECT_EQ(d.test.size(), 359u);
  // The class distribution that scikit-learn's documentation states.
  std::vector<std::int64_t> all(1797);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_THAT(d.class_counts(all), ElementsAre(178, 182, 177, 183, 181, 182, 181, 179, 174, 180));
  EXPECT_THAT(d.class_counts(d.test), ElementsAre(36, 36, 35, 37, 36, 36, 36, 36, 35, 36));
  // The first row of the file.
  const auto& pixels = std::get<std::vector<std::uint8_t>>(d.features);
  EXPECT_EQ(pixels[2], 5);
  EXPECT_EQ(pixels[3], 13);
  EXPECT_EQ(*std::max_element(pixels.begin(), pixels.end()), 16);
  std::vector<float> x(64);
  d.copy(0, x.data());
  EXPECT_EQ(x[3], 13.0f / 16.0f);
  EXPECT_EQ(d.labels[0], 0);
  ASSERT_EQ(d.sources.size(), 1u);
  EXPECT_EQ(d.sources[0].verified.digits, "ca09b38354112f159cd554f69e213828");
}

// Whoever changes the split changes every result on the digits.
TEST(Digits, are_split_the_same_way_for_ever) {
  if (!digits_are_there()) GTEST_SKIP() << "apt-get install python3-sklearn";
  const Dataset d = load(parse("{name: digits}"));
  std::uint64_t hash = 0xCBF29CE484222325ull;  // FNV-1a
  for (const auto s : d.test) hash = (hash ^ std::uint64_t(s)) * 0x100000001B3ull;
  EXPECT_EQ(hash, 17098575363842225971u);
  EXPECT_NE(load(parse("{name: digits, seed: 2}")).test, d.test);
  EXPECT_EQ(load(parse("{name: digits, test_fraction: 0.5}")).test.size(), 901u);
}

TEST(Digits, with_a_flipped_byte_are_refused) {
  const Scratch scratch;
  std::string rows;
  for (int i = 0; i < 65; ++i) rows += i < 64 ? "16," : "9\n";
  scratch.write("digits.csv.gz", deflated(bytes_of(rows)));
  const auto said = refusal(checksum_differs,
                            [&] { load(parse("{name: digits, root: " + scratch.path() + "}")); });
  EXPECT_THAT(said, HasSubstr("digits.csv.gz: error: the file is damaged, or another version: its "
                              "MD5 differs"));
  EXPECT_THAT(said, HasSubstr("expected ca09b38354112f159cd554f69e213828"));
}

TEST(Digits, of_one_row_are_too_few_whatever_the_checksum) {
  const Scratch scratch;
  for (const char* pixel : {"16", "17", "1.5", "-1"}) {
    std::string row;
    for (int i = 0; i < 63; ++i) row += "0,";
    const Bytes file = deflated(bytes_of(row + pixel + ",9\n"));
    scratch.write("digits.csv.gz", file);
    const auto read = [&] {
      load(parse("{name: digits, root: " + scratch.path() + ", sha256: " + sha256(file) + "}"));
    };
    if (std::string(pixel) == "16") {
      EXPECT_THAT(refusal(mismatch, read),
                  HasSubstr("read '1 samples of 1 x 8 x 8'; expected 1797"));
    } else {
      EXPECT_THAT(refusal(bad_value, read), HasSubstr("sample 0, pixel 63"));
    }
  }
}

// Unpacked files of the right size; a file of zeros takes no room on the disk.
TEST(Mnist, unpacked_is_read_whole) {
  const Scratch scratch;
  fs::create_directories(scratch.at("mnist"));
  const auto sparse = [&](const std::string& name, const Bytes& header, std::uintmax_t size) {
    scratch.write("mnist/" + name, header);
    fs::resize_file(scratch.at("mnist/" + name), size);
  };
  sparse("train-images-idx3-ubyte", idx(8, {60000, 28, 28}, {}), 47040016);
  sparse("train-labels-idx1-ubyte", idx(8, {60000}, {3}), 60008);
  sparse("t10k-images-idx3-ubyte", idx(8, {10000, 28, 28}, {255}), 7840016);
  sparse("t10k-labels-idx1-ubyte", idx(8, {10000}, {9}), 10008);
  const SearchPath search{{scratch.path()}, false};
  const Dataset d = load(parse("{name: mnist}"), search);
  EXPECT_EQ(d.shape, (Shape{1, 28, 28}));
  EXPECT_EQ(d.train.size(), 60000u);
  EXPECT_EQ(d.test.size(), 10000u);
  EXPECT_EQ(d.test.front(), 60000);
  EXPECT_EQ(d.labels[0], 3);
  EXPECT_EQ(d.labels[60000], 9);
  std::vector<float> x(784);
  d.copy(60000, x.data());
  EXPECT_EQ(x[0], 1.0f);
  EXPECT_FALSE(d.sources[0].verified.known());

  fs::resize_file(scratch.at("mnist/t10k-labels-idx1-ubyte"), 10007);
  EXPECT_THAT(refusal(wrong_size, [&] { load(parse("{name: mnist}"), search); }),
              HasSubstr("read '10007 bytes'; expected 10008"));
}

// The files of both sets have the same names.
TEST(Mnist, is_not_taken_for_another_set_in_a_folder_that_both_are_looked_for_in) {
  const Scratch scratch;
  for (const auto& file : known_set(Known::mnist).forms[0].files) scratch.write(file.name, "x");
  const SearchPath search{{scratch.path()}, false};
  EXPECT_FALSE(locate(known_set(Known::mnist), search).found());
  EXPECT_TRUE(locate(known_set(Known::mnist), SearchPath::root(scratch.path())).found());
}

TEST(Mnist, with_one_file_missing_says_which) {
  const Scratch scratch;
  const auto& files = known_set(Known::mnist).forms[0].files;
  for (std::size_t i = 0; i < 3; ++i) scratch.write(files[i].name, "x");
  const auto said =
      refusal(missing, [&] { load(parse("{name: mnist, root: " + scratch.path() + "}")); });
  EXPECT_THAT(said, HasSubstr("t10k-labels-idx1-ubyte.gz is missing beside the others"));
  EXPECT_THAT(said, HasSubstr("get it from http://yann.lecun.com/exdb/mnist/"));
}

// Every pixel is the label.
Bytes cifar_record(std::uint8_t label) { return Bytes(3073, label); }

TEST(Cifar10, is_read_from_its_archive_in_the_order_of_the_batches) {
  const Scratch scratch;
  std::vector<std::pair<std::string, Bytes>> files;
  for (int i = 1; i <= 5; ++i)
    files.push_back({"cifar-10-batches-bin/data_batch_" + std::to_string(i) + ".bin",
                     cifar_record(std::uint8_t(i))});
  files.push_back({"cifar-10-batches-bin/test_batch.bin", cifar_record(0)});
  const Bytes archive = deflated(tar(files));
  scratch.write("cifar-10-binary.tar.gz", archive);
  const std::string set = "{name: cifar10, root: " + scratch.path();
  // The checks come one after the other: the published sum, then the number of samples.
  EXPECT_THAT(refusal(checksum_differs, [&] { load(parse(set + "}")); }),
              HasSubstr("expected c32a1d4ab5d03f1284b67883e8d87530"));
  EXPECT_THAT(refusal(mismatch, [&] { load(parse(set + ", sha256: " + sha256(archive) + "}")); }),
              HasSubstr("read '6 samples of 3 x 32 x 32'; expected 60000"));
  files.pop_back();
  const Bytes lacking = deflated(tar(files));
  scratch.write("cifar-10-binary.tar.gz", lacking);
  EXPECT_THAT(
      refusal(damaged_archive, [&] { load(parse(set + ", sha256: " + sha256(lacking) + "}")); }),
      HasSubstr("the archive lacks a file; read 'test_batch.bin'"));
}

// ---- files of one's own ------------------------------------------------------------------------

TEST(OwnFiles, in_idx_may_be_compressed_and_have_checksums) {
  const Scratch scratch;
  const Bytes images = deflated(idx(8, {4, 2, 2}, Bytes(16, 5)));
  const Bytes labels = idx(8, {4}, {0, 1, 1, 0});
  scratch.write("images.gz", images);
  scratch.write("labels", labels);
  const std::string set = "{format: idx, path: " + scratch.at("images.gz") +
                          ", labels: " + scratch.at("labels") + ", test_fraction: 0.5";
  const Dataset d =
      load(parse(set + ", sha256: [" + sha256(images) + ", " + sha256(labels) + "]}"));
  EXPECT_EQ(d.shape, (Shape{1, 2, 2}));
  EXPECT_EQ(d.train.size(), 2u);
  EXPECT_EQ(d.sources[0].bytes, images.size());
  EXPECT_TRUE(d.sources[1].verified.known());
  EXPECT_FALSE(load(parse(set + "}")).sources[0].verified.known());

  // One checksum for two files is none for one of them.
  EXPECT_THAT(refusal(mismatch, [&] { load(parse(set + ", sha256: " + sha256(images) + "}")); }),
              HasSubstr("one for each of 2 files"));
  // Any flipped byte is found by a checksum that is known, and most by the gzip alone.
  for (std::size_t i = 0; i < images.size(); ++i) {
    Bytes damaged = images;
    damaged[i] ^= 0x10;
    scratch.write("images.gz", damaged);
    EXPECT_THAT(
        refusal(checksum_differs,
                [&] {
                  load(parse(set + ", sha256: [" + sha256(images) + ", " + sha256(labels) + "]}"));
                }),
        HasSubstr("its SHA-256 differs"));
  }
}

TEST(OwnFiles, for_testing_come_after_those_for_training) {
  const Scratch scratch;
  scratch.write("x", idx(8, {3, 2}, {1, 2, 3, 4, 5, 6}));
  scratch.write("y", idx(8, {3}, {0, 1, 0}));
  scratch.write("u", idx(8, {1, 2}, {7, 8}));
  scratch.write("v", idx(8, {1}, {2}));
  const Dataset d =
      load(parse("{format: idx, path: " + scratch.at("x") + ", labels: " + scratch.at("y") +
                 ", test_path: " + scratch.at("u") + ", test_labels: " + scratch.at("v") + "}"));
  EXPECT_THAT(d.train, ElementsAre(0, 1, 2));
  EXPECT_THAT(d.test, ElementsAre(3));
  EXPECT_THAT(d.labels, ElementsAre(0, 1, 0, 2));
  EXPECT_EQ(d.classes.size(), 3u);  // the last of them stands in the test samples alone
  EXPECT_THAT(std::get<std::vector<std::uint8_t>>(d.features), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_EQ(d.sources.size(), 4u);
}

TEST(OwnFiles, in_npz_have_arrays_by_name) {
  const Scratch scratch;
  scratch.write("f.npz", zip({{"x_train.npy", npy("|u1", "4, 3", Bytes(12, 1))},
                              {"y_train.npy", npy("|u1", "4,", {0, 1, 2, 1})},
                              {"x_test.npy", npy("|u1", "2, 3", Bytes(6, 9))},
                              {"y_test.npy", npy("|u1", "2,", {2, 0})}},
                             true));
  const std::string set =
      "{format: npz, path: " + scratch.at("f.npz") + ", array: x_train, label: y_train";
  const Dataset d = load(parse(set + ", test_array: x_test, test_label: y_test}"));
  EXPECT_THAT(d.train, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(d.test, ElementsAre(4, 5));
  EXPECT_THAT(d.labels, ElementsAre(0, 1, 2, 1, 2, 0));
  EXPECT_EQ(std::get<std::vector<std::uint8_t>>(d.features)[12], 9);
  EXPECT_THAT(refusal(no_such_part,
                      [&] { load(parse("{format: npz, path: " + scratch.at("f.npz") + "}")); }),
              HasSubstr("read 'x.npy'; expected one of x_train.npy"));
}

TEST(OwnFiles, in_npy_may_be_a_regression) {
  const Scratch scratch;
  scratch.write("x.npy", npy("<f4", "2, 1", raw<float>({1, 2})));
  scratch.write("y.npy", npy("<f8", "2,", raw<double>({0.5, -3})));
  const std::string set =
      "{format: npy, path: " + scratch.at("x.npy") + ", labels: " + scratch.at("y.npy");
  EXPECT_THAT(load(parse(set + ", regression: true}")).targets, ElementsAre(0.5f, -3.0f));
  EXPECT_THAT(refusal(bad_label, [&] { load(parse(set + "}")); }), HasSubstr("regression"));
}

TEST(OwnFiles, in_csv_keep_the_classes_of_the_training) {
  const Scratch scratch;
  scratch.write("train.csv", "1,b\n2,c\n3,a\n");
  scratch.write("test.csv", "4,c\n");
  const std::string set = "{format: csv, path: " + scratch.at("train.csv") +
                          ", test_path: " + scratch.at("test.csv") + "}";
  EXPECT_THAT(load(parse(set)).labels, ElementsAre(1, 2, 0, 2));
  scratch.write("test.csv", "4,d\n");
  refusal(bad_label, [&] { load(parse(set)); });
  scratch.write("test.csv", "4,5,c\n");
  EXPECT_THAT(refusal(mismatch, [&] { load(parse(set)); }),
              HasSubstr("read 'numbers of shape 2 with labels'; expected numbers of shape 1"));
}

TEST(OwnFiles, in_the_format_of_cifar_may_be_single_batches) {
  const Scratch scratch;
  Bytes batch = cifar_record(3);
  put(batch, cifar_record(4));
  scratch.write("b.bin", batch);
  const Dataset d =
      load(parse("{format: cifar10, path: " + scratch.at("b.bin") + ", test_fraction: 0}"));
  EXPECT_THAT(d.labels, ElementsAre(3, 4));
  EXPECT_EQ(d.classes.size(), 10u);
}

// ---- what is there -----------------------------------------------------------------------------

TEST(Inventory, tells_missing_present_damaged_and_generated_sets_apart) {
  const Scratch scratch;
  const SearchPath search{{scratch.path()}, false};
  const auto state = [&](const std::string& name, bool read) {
    for (const auto& set : inventory(search, read))
      if (set.name == name) return set.state;
    ADD_FAILURE() << name;
    return SetState::missing;
  };
  EXPECT_EQ(state("cifar10", false), SetState::missing);
  EXPECT_EQ(state("cifar10", true), SetState::missing);
  scratch.write("cifar-10-binary.tar.gz", "no archive");
  EXPECT_EQ(state("cifar10", false), SetState::present);
  EXPECT_EQ(state("cifar10", true), SetState::damaged);
  EXPECT_EQ(state("stripes", false), SetState::generated);
  EXPECT_EQ(state("stripes", true), SetState::generated);
  EXPECT_EQ(state("digits", true), locate(known_set(Known::digits), search).found()
                                       ? SetState::verified
                                       : SetState::missing);
}

TEST(Inventory, lists_every_set_with_a_name_an_address_and_checksums) {
  std::size_t named = 0;
  for (const auto& [known, name] : config::EnumNames<Known>::names()) named += *name != 0;
  EXPECT_EQ(inventory({{}, true}).size(), named - 1);  // all but none
  for (const auto& set : known_sets()) {
    EXPECT_FALSE(std::string(set.address).empty()) << set.name;
    EXPECT_GT(set.classes.size(), 1u) << set.name;
    for (const auto& file : set.forms.front().files) {
      EXPECT_EQ(file.published.digits.size(), hex_digits(file.published.kind)) << file.name;
      EXPECT_EQ(file.published.digits.find_first_not_of("0123456789abcdef"), std::string::npos);
    }
    for (const auto& form : set.forms)
      for (const auto& file : form.files)
        EXPECT_TRUE(file.published.known() || file.bytes > 0) << file.name;
  }
}

TEST(SearchPath, is_mantissa_data_or_the_users_own_folder) {
  const auto with = [](const char* data, const char* xdg) {
    const char* names[] = {"MANTISSA_DATA", "XDG_DATA_HOME", "HOME"};
    std::vector<std::optional<std::string>> before;
    for (const char* name : names) {
      const char* old = std::getenv(name);
      before.push_back(old ? std::optional<std::string>(old) : std::nullopt);
    }
    data ? setenv(names[0], data, 1) : unsetenv(names[0]);
    xdg ? setenv(names[1], xdg, 1) : unsetenv(names[1]);
    setenv(names[2], "/home/ada", 1);
    const auto folders = SearchPath::standard().folders;
    for (std::size_t i = 0; i < 3; ++i)
      before[i] ? setenv(names[i], before[i]->c_str(), 1) : unsetenv(names[i]);
    return folders;
  };
  EXPECT_THAT(with(nullptr, nullptr), ElementsAre("/home/ada/.local/share/mantissa"));
  EXPECT_THAT(with("", "/x"), ElementsAre("/x/mantissa"));
  EXPECT_THAT(with("/a:/b/c", "/x"), ElementsAre("/a", "/b/c"));
  EXPECT_THAT(with(":/a::", nullptr), ElementsAre("/a"));
}

}  // namespace
}  // namespace mantissa::data
