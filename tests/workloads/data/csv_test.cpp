// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/csv.h"

#include <gmock/gmock.h>

#include "tests/workloads/data/files.h"
#include "workloads/data/errors.h"

namespace mantissa::data {
namespace {

using namespace testing;
using ::testing::HasSubstr;

Dataset read(const std::string& text, const CsvForm& form = {}) {
  return read_csv(bytes_of(text), form, "f.csv");
}
CsvForm labelled_by(const std::string& column) {
  CsvForm form;
  form.label = column;
  return form;
}
std::vector<float> features(const Dataset& d) { return std::get<std::vector<float>>(d.features); }
using Floats = std::vector<float>;
using Labels = std::vector<std::int64_t>;
using Names = std::vector<std::string>;

TEST(Csv, has_its_labels_in_the_last_column) {
  const Dataset d = read("1,2,0\n3,4,2\n");
  EXPECT_EQ(d.shape, (Shape{2}));
  EXPECT_EQ(features(d), (Floats{1, 2, 3, 4}));
  EXPECT_EQ(d.labels, (Labels{0, 2}));
  EXPECT_EQ(d.classes, (Names{"0", "1", "2"}));
}

TEST(Csv, takes_the_labels_of_any_column_by_name_or_number) {
  const std::string text = "a,class,b\n1,0,2\n3,1,4\n";
  for (const char* label : {"class", "1"}) {
    const Dataset d = read(text, labelled_by(label));
    EXPECT_EQ(features(d), (Floats{1, 2, 3, 4}));
    EXPECT_EQ(d.labels, (Labels{0, 1}));
  }
  EXPECT_EQ(read("5,0\n6,1\n", labelled_by("0")).labels, (Labels{5, 6}));
}

TEST(Csv, knows_a_header_by_its_having_no_number) {
  EXPECT_EQ(read("x,y\n1,0\n").size(), 1);
  EXPECT_EQ(read("1,setosa\n2,setosa\n").size(), 2);
  CsvForm form;
  form.header = HeaderLine::present;
  EXPECT_EQ(read("150,4\n1,0\n", form).size(), 1);
  form.header = HeaderLine::absent;
  EXPECT_THAT(refusal(bad_value, [&] { read("x,y\n1,0\n", form); }), HasSubstr("f.csv:1:1"));
}

TEST(Csv, makes_classes_of_texts_in_alphabetical_order) {
  const Dataset d = read("1,virginica\n2,setosa\n3,virginica\n");
  EXPECT_EQ(d.classes, (Names{"setosa", "virginica"}));
  EXPECT_EQ(d.labels, (Labels{1, 0, 1}));
}

TEST(Csv, of_test_samples_has_the_classes_of_the_training) {
  CsvForm form;
  form.names = {"setosa", "versicolor", "virginica"};
  EXPECT_EQ(read("1,virginica\n", form).labels, (Labels{2}));
  EXPECT_THAT(refusal(bad_label, [&] { read("1,setosa\n2,verginica\n", form); }),
              HasSubstr("f.csv:2:3: error: read 'verginica'; expected one of the training samples' "
                        "classes; did you mean 'virginica'?"));
}

TEST(Csv, of_a_regression_has_targets) {
  CsvForm form;
  form.regression = true;
  const Dataset d = read("1,2.5\n3,-1e-2\n", form);
  EXPECT_EQ(d.targets, (Floats{2.5f, -0.01f}));
  EXPECT_FALSE(d.classification());
  EXPECT_TRUE(d.labels.empty());
}

TEST(Csv, does_not_mind_line_ends_blanks_quotes_and_byte_order_marks) {
  const auto plain = read("x,c\n1,a b\n2,c\"d\n");
  for (const char* text :
       {"x,c\r\n1,a b\r\n2,\"c\"\"d\"\r\n", "\xEF\xBB\xBFx,c\n\n1 , a b \n\t\n2,c\"d",
        "\"x\",\"c\"\n\"1\",\"a b\"\n\"2\" ,c\"d\n\n\n"}) {
    const auto other = read(text);
    EXPECT_EQ(features(other), features(plain)) << text;
    EXPECT_EQ(other.classes, plain.classes) << text;
  }
}

TEST(Csv, has_numbers_as_others_write_them) {
  const Dataset d = read("1e3,+2,-.5,1e-60,0\n");
  EXPECT_EQ(features(d), (Floats{1000, 2, -0.5f, 0}));
}

struct Bad {
  const char* text;
  const ErrorKind* kind;
  const char* message;
};

TEST(Csv, that_is_wrong_is_refused_with_line_and_column) {
  const std::vector<Bad> cases = {
      {"1,2,0\n3,1\n", &ragged_row, "f.csv:2:3: error: read '2 fields'; expected 3, as line 1 has"},
      {"1,2,0\n3,4,1,\n", &ragged_row, "f.csv:2:7: error: read '4 fields'"},
      {"1\n2\n", &ragged_row, "at least one feature"},
      {"1,\"a\n2,b\n", &ragged_row, "f.csv:1:3: error: a quote that nothing closes"},
      {"1,\"a\"b\n", &ragged_row, "f.csv:1:6: error: read 'b'; expected a comma"},
      {"1,2,0\n3,nan,1\n", &bad_value, "f.csv:2:3: error: read 'nan'"},
      {"1,2,0\n3,inf,1\n", &bad_value, "read 'inf'"},
      {"1,2,0\n3,1e39,1\n", &bad_value, "read '1e39'"},
      {"1,2,0\n3,,1\n", &bad_value, "f.csv:2:3: error: read ''"},
      {"1,2,0\n3,4x,1\n", &bad_value, "read '4x'"},
      {"1,2,0\n3,+-4,1\n", &bad_value, "read '+-4'"},
      {"1,2,0\n3,0x4,1\n", &bad_value, "read '0x4'"},
      {"1,b,0\n3,4,1\n", &bad_value, "write 'header: present'"},
      {"1,2,0\n3,4,\n", &bad_label, "f.csv:2:5: error: read ''; expected a label"},
      {"1,2,0\n3,4,-1\n", &bad_label, "read '-1'; expected a class from 0"},
      {"1,2,0\n3,4,one\n", &bad_label, "f.csv:2:5: error: read 'one'; expected a whole number"},
      {"1,2,0\n3,4,0.5\n", &bad_label, "read '0.5'"},
      {"1,2,0\n3,4,99999999\n", &bad_label, "a class from 0 to 1048575"},
      {"", &wrong_size, "nothing but blank lines"},
      {"\n \n\r\n", &wrong_size, "nothing but blank lines"},
      {"x,y\n", &wrong_size, "a header and nothing below it"},
  };
  for (const auto& bad : cases)
    EXPECT_THAT(refusal(*bad.kind, [&] { read(bad.text); }), HasSubstr(bad.message)) << bad.text;
}

TEST(Csv, with_fewer_classes_than_labels_is_refused) {
  CsvForm form;
  form.classes = 3;
  EXPECT_EQ(read("1,0\n2,2\n", form).classes.size(), 3u);
  EXPECT_THAT(refusal(bad_label, [&] { read("1,0\n2,3\n", form); }),
              HasSubstr("f.csv:2:3: error: read '3'; expected a class from 0 to 2"));
  refusal(bad_label, [&] { read("1,a\n", form); });
}

TEST(Csv, names_the_columns_that_it_has) {
  EXPECT_THAT(
      refusal(no_such_part, [] { read("width,species\n1,0\n", labelled_by("speices")); }),
      HasSubstr("read 'speices'; expected one of width, species; or a column from 0 to 1, or last; "
                "did you mean 'species'?"));
  refusal(no_such_part, [] { read("1,0\n", labelled_by("2")); });
  refusal(no_such_part, [] { read("1,0\n", labelled_by("-1")); });
}

}  // namespace
}  // namespace mantissa::data
