// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/config.h"

#include <gmock/gmock.h>

#include "base/config/kinds.h"
#include "tests/workloads/data/files.h"
#include "workloads/data/errors.h"

namespace mantissa::data {
namespace {

using namespace testing;
using ::testing::HasSubstr;

struct Study {
  DataConfig data;
  static const config::Schema<Study>& schema() {
    static const auto s = config::Schema<Study>("study").required("data", &Study::data, "Data.");
    return s;
  }
};
DataConfig parsed(const std::string& yaml) {
  return Study::schema().parse(config::read_text("data: " + yaml, "study.yaml")).data;
}

TEST(DataConfig, is_a_bare_name_or_a_section) {
  EXPECT_EQ(parsed("digits").name, Known::digits);
  EXPECT_EQ(parsed("{name: gaussians, classes: 3}").classes, 3);
}

TEST(DataConfig, is_written_as_it_is_read) {
  const Scratch scratch;
  scratch.write("a.csv", "1,0\n");
  for (const std::string& yaml :
       {std::string("digits"), std::string("{name: stripes, separation: 3.5, seed: 9}"),
        "{format: csv, path: " + scratch.at("a.csv") +
            ", label: '0', header: absent, sha256: " + std::string(64, 'A') + "}"}) {
    const auto written = Study::schema().write({parsed(yaml)});
    EXPECT_EQ(Study::schema().write(Study::schema().parse(written)).yaml(), written.yaml());
  }
}

TEST(DataConfig, names_the_nearest_set_key_and_format) {
  EXPECT_THAT(refusal(config::unknown_choice, [] { parsed("cifar_10"); }),
              HasSubstr("study.yaml:1:7: error: data.name; read 'cifar_10'; expected one of none, "
                        "digits, mnist, fashion_mnist, cifar10, cifar100, gaussians, stripes, "
                        "linear_teacher; did you mean 'cifar10'?"));
  EXPECT_THAT(refusal(config::unknown_key, [] { parsed("{nmae: digits}"); }),
              HasSubstr("did you mean 'name'?"));
  EXPECT_THAT(refusal(config::unknown_choice, [] { parsed("{format: cvs}"); }),
              HasSubstr("did you mean 'csv'?"));
}

TEST(DataConfig, finds_files_beside_the_document_that_names_them) {
  const Scratch scratch;
  scratch.write("in/a.csv", "1,0\n");
  scratch.write("in/study.yaml", "version: 1\nother: 3\ndata: {format: csv, path: a.csv}\n");
  EXPECT_EQ(load_data_config(scratch.at("in/study.yaml")).path.path, scratch.at("in/a.csv"));
  scratch.write("in/study.yaml", "version: 1\ndata: {format: csv, path: b.csv}\n");
  EXPECT_THAT(refusal(no_such_file, [&] { load_data_config(scratch.at("in/study.yaml")); }),
              HasSubstr("study.yaml:2:27: error: data.path: no such file; read 'b.csv'"));
  scratch.write("in/study.yaml", "version: 1\n");
  refusal(config::missing_key, [&] { load_data_config(scratch.at("in/study.yaml")); });
}

TEST(DataConfig, takes_checksums_of_64_digits_alone) {
  const std::string sum(64, 'f');
  const std::string set = "{name: digits, sha256: ";
  EXPECT_EQ(parsed(set + sum + "}").sha256.sums.size(), 1u);
  EXPECT_EQ(parsed(set + "[" + sum + ", " + sum + "]}").sha256.sums.size(), 2u);
  for (const std::string& bad :
       {std::string(63, 'f'), std::string(65, 'f'), std::string(63, 'f') + "g", std::string("md5")})
    EXPECT_THAT(refusal(config::wrong_type, [&] { parsed(set + bad + "}"); }),
                HasSubstr("64 hexadecimal digits"));
}

TEST(DataConfig, refuses_keys_that_do_not_belong_together) {
  const Scratch scratch;
  const std::string file = scratch.write("a", "1,0\n");
  const std::string csv = "{format: csv, path: " + file;
  const std::string idx = "{format: idx, path: " + file;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{}", "either a name, or a format and a path"},
      {"{name: digits, format: csv, path: " + file + "}", "either a name, or a format"},
      {"{format: csv}", "a path goes with a format"},
      {"{name: digits, path: " + file + "}", "a path goes with a format"},
      {idx + "}", "labels in a file of its own"},
      {csv + ", labels: " + file + "}", "labels in a file of its own"},
      {idx + ", labels: " + file + ", test_path: " + file + "}", "test_labels go with"},
      {"{name: digits, test_path: " + file + "}", "it belongs to a path"},
      {csv + ", root: " + scratch.path() + "}", "a named set that lies on disk"},
      {"{name: gaussians, root: " + scratch.path() + "}", "a named set that lies on disk"},
      {csv + ", array: x}", "the format npz"},
      {idx + ", labels: " + file + ", label: x}", "the formats csv and npz"},
      {csv + ", test_array: x, test_label: y}", "an npz without test_path"},
      {"{format: npz, path: " + file + ", test_array: x}", "together with test_label"},
      {"{name: mnist, header: absent}", "the format csv"},
      {idx + ", labels: " + file + ", regression: true}", "without classes"},
      {csv + ", regression: true, classes: 3}", "without classes"},
      {"{name: mnist, test_fraction: 0.1}", "data sets without test samples"},
      {csv + ", test_path: " + file + ", test_fraction: 0.1}", "without test samples"},
      {"{name: mnist, classes: 10}", "sets whose classes are not known"},
      {"{name: digits, samples: 10}", "synthetic sets"},
      {"{name: digits, features: 10}", "synthetic sets"},
      {"{name: linear_teacher, separation: 1}", "gaussians and stripes"},
      {"{name: gaussians, noise: 0.1}", "linear_teacher"},
      {"{name: gaussians, classes: 5, features: 4}", "a feature for each class"},
      {"{name: stripes, classes: 17}", "at most 16 classes"},
      {"{name: stripes, samples: 100000000, features: 100}", "more than 2^31 numbers"},
      {"{name: linear_teacher, noise: 0.51}", "wrong labels are likelier"},
      {"{name: stripes, sha256: " + std::string(64, 'f') + "}", "sets that lie on disk"},
  };
  for (const auto& [yaml, reason] : cases)
    EXPECT_THAT(refusal(config::broken_constraint, [&, text = yaml] { parsed(text); }),
                HasSubstr(reason))
        << yaml;
  // The other side of three of them.
  EXPECT_NO_THROW(parsed("{name: gaussians, classes: 4, features: 4}"));
  EXPECT_NO_THROW(parsed("{name: stripes, classes: 16}"));
  EXPECT_NO_THROW(parsed("{name: linear_teacher, noise: 0.5}"));
}

}  // namespace
}  // namespace mantissa::data
