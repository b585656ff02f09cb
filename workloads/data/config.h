// SPDX-License-Identifier: Apache-2.0
// How a configuration names a data set:
//
//   data: digits                                  # by name
//   data: {name: cifar10, root: /scratch/cifar}   # ... in a folder of one's own
//   data: {format: csv, path: irises.csv, label: species, sha256: 6f608b71...}
//   data: {name: gaussians, classes: 4, features: 16, separation: 3, samples: 10000}
//
// A member of type DataConfig takes both the bare name and the section. Files are looked for beside
// the configuration, then from where the program runs.
// Errors: those of the schema; data.no-such-file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/config/folder_path.h"
#include "base/config/schema.h"
#include "workloads/data/catalogue.h"
#include "workloads/data/csv.h"

namespace mantissa::data {

enum class FileFormat { none, idx, csv, npy, npz, cifar10, cifar100 };

struct InputFile {
  std::string path;  // empty: none
  bool given() const { return !path.empty(); }
};

// SHA-256 of the files in the order in which they are named; they win over published ones.
struct GivenSums {
  std::vector<Checksum> sums;
  Place place;
};

struct DataConfig {
  Known name = Known::none;
  config::FolderPath root;
  FileFormat format = FileFormat::none;
  InputFile path, labels, test_path, test_labels;
  std::optional<std::string> array, label, test_array, test_label;
  std::optional<HeaderLine> header;
  bool regression = false;
  std::optional<double> test_fraction;
  std::optional<std::int64_t> classes, samples, features;
  std::optional<double> separation, noise;
  std::int64_t seed = 1;
  GivenSums sha256;
  static const config::Schema<DataConfig>& schema();
};

// Where nothing is said.
constexpr double usual_test_fraction = 0.2;
constexpr std::int64_t usual_samples = 10000, usual_features = 16, usual_classes = 2;
constexpr double usual_separation = 2, usual_noise = 0.1;

// The section `data` of any document. Throws config.missing-key without one.
DataConfig load_data_config(const std::string& path);

}  // namespace mantissa::data

namespace mantissa::config {

template <>
struct EnumNames<data::Known> {
  static const std::vector<std::pair<data::Known, const char*>>& names();
};
template <>
struct EnumNames<data::FileFormat> {
  static const std::vector<std::pair<data::FileFormat, const char*>>& names();
};
template <>
struct EnumNames<data::HeaderLine> {
  static const std::vector<std::pair<data::HeaderLine, const char*>>& names();
};

template <>
struct Codec<data::InputFile> : UnrangedCodec {
  static ParameterInfo info() {
    return ParameterInfo::or_none(ParameterInfo::of(ValueKind::text, "file"));
  }
  static data::InputFile parse(const Node& node, const std::string& path, const Range&);
  static Node write(const data::InputFile& value);
};

template <>
struct Codec<data::GivenSums> : UnrangedCodec {
  static ParameterInfo info() {
    return ParameterInfo::list_of(ParameterInfo::of(ValueKind::text, "SHA-256"));
  }
  static data::GivenSums parse(const Node& node, const std::string& path, const Range&);
  static Node write(const data::GivenSums& value);
};

// A bare name stands for a section with nothing but the name.
template <>
struct Codec<data::DataConfig> : UnrangedCodec {
  static ParameterInfo info();
  static data::DataConfig parse(const Node& node, const std::string& path, const Range&);
  static Node write(const data::DataConfig& value);
};

}  // namespace mantissa::config
