// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/load.h"

#include <fmt/format.h>

#include <utility>

#include "workloads/data/cifar.h"
#include "workloads/data/errors.h"
#include "workloads/data/file_bytes.h"
#include "workloads/data/idx.h"
#include "workloads/data/npy.h"
#include "workloads/data/split.h"
#include "workloads/data/synthetic.h"
#include "workloads/data/tar.h"
#include "workloads/data/zip.h"

namespace mantissa::data {
namespace {

// Opens the files of one data set in turn, with their checksums.
class Files {
 public:
  Files(const DataConfig& config, std::size_t count) : given_(config.sha256) {
    if (given_.sums.empty() || given_.sums.size() == count) return;
    throw Error(mismatch)
        .at(given_.place)
        .say("sha256")
        .read(fmt::format("{} checksums", given_.sums.size()))
        .expected(fmt::format("one for each of {} files", count));
  }
  // Uncompressed contents. `published`: of the file as it is on disk.
  Bytes open(const std::string& path, const Checksum& published = {}, std::uint64_t size = 0) {
    Bytes bytes = read_bytes(path);
    const Checksum& sum = given_.sums.empty() ? published : given_.sums[sources_.size()];
    if (sum.known()) verify(sum, bytes, path);
    if (size > 0 && given_.sums.empty() && bytes.size() != size) {
      throw Error(wrong_size)
          .at(path)
          .read(fmt::format("{} bytes", bytes.size()))
          .expected(fmt::format("{}", size));
    }
    sources_.push_back({path, bytes.size(), sum});
    return uncompressed(std::move(bytes), path);
  }
  std::vector<Source> sources() && { return std::move(sources_); }

 private:
  const GivenSums& given_;
  std::vector<Source> sources_;
};

// ---- sets with a name --------------------------------------------------------------------------

Dataset read_idx_pair(Files& files, const Location& at, std::size_t first) {
  const auto open = [&](std::size_t i) {
    const KnownFile& file = at.form->files[i];
    return read_idx(files.open(at.paths[i], file.published, file.bytes), at.paths[i]);
  };
  Dataset out = samples_of(open(first), at.paths[first]);
  give_labels(out, open(first + 1), 10, at.paths[first + 1]);
  return out;
}

// From the archive as published, or from the files it holds.
Dataset read_cifar_files(Files& files, const Location& at, const CifarLayout& layout,
                         const KnownSet& set) {
  const SetForm& unpacked = set.forms.back();
  Dataset out;
  const auto add = [&](Dataset part, const std::string& from) {
    out.sources.clear();
    if (out.labels.empty()) {
      out = std::move(part);
    } else {
      append(out, std::move(part), from);
    }
  };
  if (at.form == &unpacked) {
    for (std::size_t i = 0; i < at.paths.size(); ++i) {
      const Bytes bytes = files.open(at.paths[i], {}, unpacked.files[i].bytes);
      add(read_cifar(bytes.data(), bytes.size(), layout, at.paths[i]), at.paths[i]);
    }
    return out;
  }
  const Bytes archive = files.open(at.paths[0], at.form->files[0].published);
  const auto members = read_tar(archive, at.paths[0]);
  for (const auto& file : unpacked.files) {
    const auto member = members.find(file.name);
    const std::string place = at.paths[0] + ": " + file.name;
    if (member == members.end())
      throw Error(damaged_archive).at(at.paths[0]).say("the archive lacks a file").read(file.name);
    const auto [begin, size] = member->second;
    add(read_cifar(archive.data() + begin, size, layout, place), place);
  }
  return out;
}

// Pixels are whole numbers from 0 to 16 and become bytes.
Dataset read_digits(Files& files, const Location& at) {
  const std::string& path = at.paths[0];
  Dataset out = read_csv(files.open(path, at.form->files[0].published),
                         {"last", false, HeaderLine::absent, 10, {}}, path);
  const auto& read = std::get<std::vector<float>>(out.features);
  std::vector<std::uint8_t> pixels(read.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    pixels[i] = static_cast<std::uint8_t>(read[i] >= 0 && read[i] <= 16 ? read[i] : 255);
    if (static_cast<float>(pixels[i]) == read[i]) continue;
    throw Error(bad_value)
        .at(Place{path, 0, 0, fmt::format("sample {}, pixel {}", i / 64, i % 64)})
        .read(fmt::format("{}", read[i]))
        .expected("a whole number from 0 to 16");
  }
  out.features = std::move(pixels);
  out.full_scale = 16;
  if (out.shape == Shape{64}) out.shape = {1, 8, 8};
  return out;
}

Dataset load_known(const DataConfig& config, const SearchPath& search) {
  const KnownSet& set = known_set(config.name);
  const Location at =
      locate(set, config.root.given() ? SearchPath::root(config.root.text) : search);
  if (!at.found()) refuse_missing(set, at);
  Files files(config, at.paths.size());
  Dataset out;
  std::int64_t train = set.train;
  switch (config.name) {
    case Known::digits:
      out = read_digits(files, at);
      break;
    case Known::cifar10:
      out = read_cifar_files(files, at, cifar10, set);
      break;
    case Known::cifar100:
      out = read_cifar_files(files, at, cifar100, set);
      break;
    default:
      out = read_idx_pair(files, at, 0);
      train = out.size();
      append(out, read_idx_pair(files, at, 2), at.paths[2]);
      break;
  }
  if (out.shape != set.shape || out.size() != set.train + set.test) {
    throw Error(mismatch)
        .at(at.paths[0])
        .read(fmt::format("{} samples of {}", out.size(), fmt::join(out.shape, " x ")))
        .expected(fmt::format("{} of {}", set.train + set.test, fmt::join(set.shape, " x ")));
  }
  out.classes = set.classes;
  if (config.name != Known::digits) split_at(out, train);
  out.sources = std::move(files).sources();
  return out;
}

// ---- files of the user's own -------------------------------------------------------------------

Array read_array_file(FileFormat format, Files& files, const std::string& path) {
  const Bytes bytes = files.open(path);
  return format == FileFormat::idx ? read_idx(bytes, path) : read_npy(bytes, path);
}

void give(Dataset& out, const DataConfig& config, const Array& labels, const std::string& path) {
  if (config.regression) {
    give_targets(out, labels, path);
  } else {
    give_labels(out, labels, config.classes.value_or(0), path);
  }
}

Dataset read_npz_arrays(const ZipArchive& archive, const DataConfig& config,
                        const std::string& array, const std::string& label,
                        const std::string& path) {
  const auto read = [&](const std::string& name) {
    return read_npy(archive.file(name + ".npy"), path + ": " + name);
  };
  Dataset out = samples_of(read(array), path + ": " + array);
  give(out, config, read(label), path + ": " + label);
  return out;
}

// The samples of one file, or of one and that of its labels.
Dataset read_part(const DataConfig& config, Files& files, const InputFile& path,
                  const InputFile& labels, const std::vector<std::string>& class_names) {
  switch (config.format) {
    case FileFormat::csv:
      return read_csv(
          files.open(path.path),
          {config.label.value_or("last"), config.regression,
           config.header.value_or(HeaderLine::automatic), config.classes.value_or(0), class_names},
          path.path);
    case FileFormat::npz:
      return read_npz_arrays(ZipArchive(files.open(path.path), path.path), config,
                             config.array.value_or("x"), config.label.value_or("y"), path.path);
    case FileFormat::cifar10:
    case FileFormat::cifar100: {
      const Bytes bytes = files.open(path.path);
      return read_cifar(bytes.data(), bytes.size(),
                        config.format == FileFormat::cifar10 ? cifar10 : cifar100, path.path);
    }
    default: {
      Dataset out = samples_of(read_array_file(config.format, files, path.path), path.path);
      give(out, config, read_array_file(config.format, files, labels.path), labels.path);
      return out;
    }
  }
}

bool has_text_labels(const Dataset& part) {
  for (std::size_t i = 0; i < part.classes.size(); ++i)
    if (part.classes[i] != std::to_string(i)) return true;
  return false;
}

Dataset load_files(const DataConfig& config) {
  std::size_t count = 0;
  for (const auto* file : {&config.path, &config.labels, &config.test_path, &config.test_labels})
    count += file->given();
  Files files(config, count);
  Dataset out = read_part(config, files, config.path, config.labels, {});
  const std::int64_t train = out.size();
  if (config.test_path.given()) {
    Dataset test = read_part(config, files, config.test_path, config.test_labels,
                             has_text_labels(out) ? out.classes : std::vector<std::string>());
    append(out, std::move(test), config.test_path.path);
  } else if (config.test_array) {
    // Read again: archives this small are read faster than they are kept.
    const ZipArchive archive(uncompressed(read_bytes(config.path.path), config.path.path),
                             config.path.path);
    append(
        out,
        read_npz_arrays(archive, config, *config.test_array, *config.test_label, config.path.path),
        config.path.path + ": " + *config.test_array);
  }
  if (out.size() > train) split_at(out, train);
  out.name = config.path.path;
  out.sources = std::move(files).sources();
  return out;
}

}  // namespace

Dataset load(const DataConfig& config, const SearchPath& search) {
  Dataset out;
  if (is_synthetic(config.name)) {
    out = make_task(config)->draw(config.samples.value_or(usual_samples));
  } else if (config.name != Known::none) {
    out = load_known(config, search);
  } else {
    MANTISSA_CHECK(config.format != FileFormat::none, "a data set that nothing describes");
    out = load_files(config);
  }
  if (config.name != Known::none) {
    for (const auto& [known, name] : config::EnumNames<Known>::names())
      if (known == config.name) out.name = name;
  }
  if (out.train.empty()) {
    split_stratified(out, config.test_fraction.value_or(usual_test_fraction),
                     static_cast<std::uint64_t>(config.seed));
  }
  check(out);
  return out;
}

}  // namespace mantissa::data
