// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/config.h"

#include "base/config/document.h"
#include "base/config/kinds.h"

namespace mantissa::data {

using config::range;
using config::Schema;

namespace {

// The Bayes error of stripes is an integral over all of them.
constexpr std::int64_t most_synthetic_classes = 16;
constexpr std::int64_t most_numbers = std::int64_t{1} << 31;

bool on_disk(const DataConfig& c) { return c.name != Known::none && !is_synthetic(c.name); }
bool by_format(const DataConfig& c, std::initializer_list<FileFormat> formats) {
  for (const FileFormat f : formats)
    if (c.format == f) return true;
  return false;
}

// What is wrong with a key that stands although what it belongs to does not.
std::string belongs(bool given, bool right, const char* to) {
  return given && !right ? std::string("it belongs to ") + to : std::string();
}

std::string source_objection(const DataConfig& c) {
  if ((c.name != Known::none) != (c.format != FileFormat::none)) return {};
  return "a data set has either a name, or a format and a path";
}

std::string path_objection(const DataConfig& c) {
  if (c.path.given() == (c.format != FileFormat::none)) return {};
  return "a path goes with a format, and a format with a path";
}

std::string labels_objection(const DataConfig& c) {
  const bool apart = by_format(c, {FileFormat::idx, FileFormat::npy});
  if (c.labels.given() == apart) return {};
  return "the formats idx and npy have their labels in a file of its own, and no others";
}

std::string test_labels_objection(const DataConfig& c) {
  if (c.test_labels.given() == (c.labels.given() && c.test_path.given())) return {};
  return "test_labels go with test_path where labels go with path";
}

std::string test_fraction_objection(const DataConfig& c) {
  const bool has_test =
      on_disk(c) ? c.name != Known::digits : c.test_path.given() || c.test_array.has_value();
  return belongs(c.test_fraction.has_value(), !has_test, "data sets without test samples");
}

}  // namespace

const Schema<DataConfig>& DataConfig::schema() {
  using D = DataConfig;
  static const auto schema =
      Schema<D>("A data set to learn from.")
          .optional("name", &D::name, "A data set that 'mantissa data' lists.")
          .optional("root", &D::root, "Folder of its files; none: where 'mantissa data' searches.")
          .optional("format", &D::format, "Format of files of one's own.")
          .optional("path", &D::path, "File of the samples, or of those for training.")
          .optional("labels", &D::labels, "File of their labels (idx, npy).")
          .optional("test_path", &D::test_path, "File of the samples for testing.")
          .optional("test_labels", &D::test_labels, "File of their labels (idx, npy).")
          .optional("array", &D::array, "Array of the samples (npz); none: x.")
          .optional("label", &D::label,
                    "Column of the labels: a name, a number from 0, or last (csv); their array "
                    "(npz). None: last; y.")
          .optional("test_array", &D::test_array, "Array of the samples for testing (npz).")
          .optional("test_label", &D::test_label, "Array of their labels (npz).")
          .optional("header", &D::header,
                    "Whether the first line names the columns (csv); automatic or none: if no "
                    "field of it is a number.")
          .optional("regression", &D::regression,
                    "The labels are real targets, not classes (csv, npy, npz).")
          .optional("test_fraction", &D::test_fraction, range(0, 0.999),
                    "Part for testing of a set without test samples, of each class; none: 0.2.")
          .optional("classes", &D::classes, range(2, 1 << 20),
                    "Number of classes; none: as the labels say, or 2 of a synthetic set.")
          .optional("samples", &D::samples, range(1, 1 << 28),
                    "Synthetic: number of samples; none: 10000.")
          .optional("features", &D::features, range(1, 1 << 16),
                    "Synthetic: features per sample; none: 16.")
          .optional("separation", &D::separation, range(0, 16),
                    "Gaussians, stripes: distance of neighbouring means in standard deviations; "
                    "none: 2.")
          .optional("noise", &D::noise, range(0, 1),
                    "Linear_teacher: part of the labels that are wrong; none: 0.1.")
          .optional("seed", &D::seed, range(0, 9007199254740992.0),
                    "Of a synthetic set, and of the choice of test samples.")
          .optional("sha256", &D::sha256,
                    "SHA-256 of the files in the order above; they replace published checksums.")
          .constraint("format", source_objection)
          .constraint("path", path_objection)
          .constraint("labels", labels_objection)
          .constraint(
              "test_path",
              [](const D& c) { return belongs(c.test_path.given(), c.path.given(), "a path"); })
          .constraint("test_labels", test_labels_objection)
          .constraint("root",
                      [](const D& c) {
                        return belongs(c.root.given(), on_disk(c), "a named set that lies on disk");
                      })
          .constraint("array",
                      [](const D& c) {
                        return belongs(c.array.has_value(), by_format(c, {FileFormat::npz}),
                                       "the format npz");
                      })
          .constraint("label",
                      [](const D& c) {
                        return belongs(c.label.has_value(),
                                       by_format(c, {FileFormat::csv, FileFormat::npz}),
                                       "the formats csv and npz");
                      })
          .constraint("test_array",
                      [](const D& c) {
                        return belongs(c.test_array.has_value() || c.test_label.has_value(),
                                       by_format(c, {FileFormat::npz}) && !c.test_path.given() &&
                                           c.test_array.has_value() == c.test_label.has_value(),
                                       "an npz without test_path, together with test_label");
                      })
          .constraint("header",
                      [](const D& c) {
                        return belongs(c.header.has_value(), by_format(c, {FileFormat::csv}),
                                       "the format csv");
                      })
          .constraint(
              "regression",
              [](const D& c) {
                return belongs(
                    c.regression,
                    by_format(c, {FileFormat::csv, FileFormat::npy, FileFormat::npz}) && !c.classes,
                    "the formats csv, npy and npz, without classes");
              })
          .constraint("test_fraction", test_fraction_objection)
          .constraint("classes",
                      [](const D& c) {
                        return belongs(c.classes.has_value(),
                                       !on_disk(c) && !by_format(c, {FileFormat::cifar10,
                                                                     FileFormat::cifar100}),
                                       "sets whose classes are not known");
                      })
          .constraint("samples",
                      [](const D& c) {
                        return belongs(c.samples || c.features, is_synthetic(c.name),
                                       "synthetic sets");
                      })
          .constraint("separation",
                      [](const D& c) {
                        return belongs(c.separation.has_value(),
                                       c.name == Known::gaussians || c.name == Known::stripes,
                                       "gaussians and stripes");
                      })
          .constraint("noise",
                      [](const D& c) {
                        return belongs(c.noise.has_value(), c.name == Known::linear_teacher,
                                       "linear_teacher");
                      })
          .constraint("samples",
                      [](const D& c) {
                        const std::int64_t numbers =
                            c.samples.value_or(usual_samples) * c.features.value_or(usual_features);
                        return numbers > most_numbers
                                   ? std::string("more than 2^31 numbers: they are held in memory")
                                   : std::string();
                      })
          .constraint("classes",
                      [](const D& c) {
                        return is_synthetic(c.name) &&
                                       c.classes.value_or(usual_classes) > most_synthetic_classes
                                   ? std::string("synthetic sets have at most 16 classes")
                                   : std::string();
                      })
          .constraint("features",
                      [](const D& c) {
                        const bool few =
                            c.name == Known::gaussians &&
                            c.features.value_or(usual_features) < c.classes.value_or(usual_classes);
                        return few ? std::string("gaussians need a feature for each class")
                                   : std::string();
                      })
          .constraint("noise",
                      [](const D& c) {
                        const auto k = static_cast<double>(c.classes.value_or(usual_classes));
                        return c.noise.value_or(0) > (k - 1) / k
                                   ? std::string(
                                         "above (classes - 1) / classes, wrong labels are "
                                         "likelier than right ones")
                                   : std::string();
                      })
          .constraint("sha256", [](const D& c) {
            return belongs(!c.sha256.sums.empty(), !is_synthetic(c.name), "sets that lie on disk");
          });
  return schema;
}

DataConfig load_data_config(const std::string& path) {
  const config::Node root = config::load_document(path).node;
  const config::Node* section = root.find("data");
  if (section == nullptr) {
    throw Error(config::missing_key)
        .at(root.place())
        .say("no data set is named")
        .expected("a key 'data', as in 'data: digits'");
  }
  return config::Codec<DataConfig>::parse(*section, "data", {});
}

}  // namespace mantissa::data
