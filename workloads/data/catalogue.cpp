// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/catalogue.h"

#include <cstdlib>
#include <filesystem>

#include "workloads/data/errors.h"

namespace mantissa::data {
namespace {

namespace fs = std::filesystem;

Checksum md5(const char* digits) { return {ChecksumKind::md5, digits}; }
const Checksum unpublished;

std::vector<std::string> numerals(int n) {
  std::vector<std::string> out;
  for (int i = 0; i < n; ++i) out.push_back(std::to_string(i));
  return out;
}

// Four IDX files. Sizes of the unpacked ones follow from header and shape: 16 + n 28 28, 8 + n.
std::vector<SetForm> idx_forms(const char* train_images, const char* train_labels,
                               const char* test_images, const char* test_labels) {
  return {{"as published",
           {{"train-images-idx3-ubyte.gz", md5(train_images)},
            {"train-labels-idx1-ubyte.gz", md5(train_labels)},
            {"t10k-images-idx3-ubyte.gz", md5(test_images)},
            {"t10k-labels-idx1-ubyte.gz", md5(test_labels)}}},
          {"unpacked",
           {{"train-images-idx3-ubyte", unpublished, 16 + 60000 * 28 * 28},
            {"train-labels-idx1-ubyte", unpublished, 8 + 60000},
            {"t10k-images-idx3-ubyte", unpublished, 16 + 10000 * 28 * 28},
            {"t10k-labels-idx1-ubyte", unpublished, 8 + 10000}}}};
}

// Six batches of 10,000 records of 3073 bytes.
std::vector<SetForm> cifar10_forms() {
  SetForm unpacked{"unpacked", {}};
  for (const char* name : {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                           "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"})
    unpacked.files.push_back({name, unpublished, 10000 * 3073});
  return {{"as published", {{"cifar-10-binary.tar.gz", md5("c32a1d4ab5d03f1284b67883e8d87530")}}},
          unpacked};
}

std::vector<SetForm> cifar100_forms() {
  return {{"as published", {{"cifar-100-binary.tar.gz", md5("03b5dce01913d631647c71ecec9e9cb8")}}},
          {"unpacked",
           {{"train.bin", unpublished, 50000 * 3074}, {"test.bin", unpublished, 10000 * 3074}}}};
}

std::string lacking_file(const SetForm& form, const fs::path& folder, std::size_t& present) {
  std::string lacking;
  std::error_code error;
  present = 0;
  for (const auto& file : form.files) {
    if (fs::is_regular_file(folder / file.name, error)) {
      ++present;
    } else if (lacking.empty()) {
      lacking = (folder / file.name).lexically_normal().string();
    }
  }
  return lacking;
}

}  // namespace

bool is_synthetic(Known set) {
  return set == Known::gaussians || set == Known::stripes || set == Known::linear_teacher;
}

const std::vector<KnownSet>& known_sets() {
  static const std::vector<KnownSet> sets = {
      {Known::digits,
       "digits",
       "handwritten digits of 8 x 8 pixels from 0 to 16",
       {1, 8, 8},
       1438,
       359,
       numerals(10),
       {{"as published", {{"digits.csv.gz", md5("ca09b38354112f159cd554f69e213828")}}}},
       {"digits", ""},
       "/usr/lib/python3/dist-packages/sklearn/datasets/data",
       "apt-get install python3-sklearn, or sklearn/datasets/data of any scikit-learn",
       "Debian's python3-sklearn 1.2.1+dfsg-1"},
      {Known::mnist,
       "mnist",
       "handwritten digits of 28 x 28 pixels",
       {1, 28, 28},
       60000,
       10000,
       numerals(10),
       idx_forms("f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432",
                 "9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c"),
       {"mnist", "MNIST/raw"},
       "",
       "http://yann.lecun.com/exdb/mnist/ (mirror: https://ossci-datasets.s3.amazonaws.com/mnist/)",
       "torchvision.datasets.MNIST"},
      {Known::fashion_mnist,
       "fashion_mnist",
       "articles of clothing of 28 x 28 pixels",
       {1, 28, 28},
       60000,
       10000,
       {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
        "Ankle boot"},
       idx_forms("8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe",
                 "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310"),
       {"fashion_mnist", "FashionMNIST/raw"},
       "",
       "https://github.com/zalandoresearch/fashion-mnist",
       "torchvision.datasets.FashionMNIST"},
      {Known::cifar10,
       "cifar10",
       "colour images of 32 x 32 pixels in 10 classes (binary version)",
       {3, 32, 32},
       50000,
       10000,
       {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"},
       cifar10_forms(),
       {"cifar10", "cifar10/cifar-10-batches-bin", "cifar-10-batches-bin", ""},
       "",
       "https://www.cs.toronto.edu/~kriz/cifar.html, cifar-10-binary.tar.gz",
       "https://www.cs.toronto.edu/~kriz/cifar.html"},
      {Known::cifar100,
       "cifar100",
       "colour images of 32 x 32 pixels in 100 classes (binary version)",
       {3, 32, 32},
       50000,
       10000,
       numerals(100),
       cifar100_forms(),
       {"cifar100", "cifar100/cifar-100-binary", "cifar-100-binary", ""},
       "",
       "https://www.cs.toronto.edu/~kriz/cifar.html, cifar-100-binary.tar.gz",
       "https://www.cs.toronto.edu/~kriz/cifar.html"},
  };
  return sets;
}

const KnownSet& known_set(Known id) {
  for (const auto& set : known_sets())
    if (set.id == id) return set;
  internal_error(__FILE__, __LINE__, "a data set that is not on disk");
}

SearchPath SearchPath::standard() {
  SearchPath path;
  if (const char* given = std::getenv("MANTISSA_DATA"); given && *given) {
    const std::string text = given;
    for (std::size_t from = 0; from <= text.size();) {
      const std::size_t colon = std::min(text.find(':', from), text.size());
      if (colon > from) path.folders.push_back(text.substr(from, colon - from));
      from = colon + 1;
    }
    return path;
  }
  if (const char* xdg = std::getenv("XDG_DATA_HOME"); xdg && *xdg) {
    path.folders.push_back((fs::path(xdg) / "mantissa").string());
  } else if (const char* home = std::getenv("HOME"); home && *home) {
    path.folders.push_back((fs::path(home) / ".local/share/mantissa").string());
  }
  return path;
}

Location locate(const KnownSet& set, const SearchPath& search) {
  Location out;
  std::vector<fs::path> folders;
  for (const auto& folder : search.folders) {
    // Two sets with the same file names must not be taken for each other, unless the user says so.
    if (search.only) folders.emplace_back(folder);
    for (const char* below : set.folders) {
      if (*below) {
        folders.push_back(fs::path(folder) / below);
      } else if (!search.only) {
        folders.emplace_back(folder);
      }
    }
  }
  if (!search.only && *set.installed) folders.emplace_back(set.installed);
  std::size_t most_present = 0;
  for (const auto& folder : folders) {
    out.searched.push_back(folder.lexically_normal().string());
    for (const auto& form : set.forms) {
      std::size_t present = 0;
      const std::string lacking = lacking_file(form, folder, present);
      if (lacking.empty()) {
        out.form = &form;
        for (const auto& file : form.files)
          out.paths.push_back((folder / file.name).lexically_normal().string());
        return out;
      }
      if (present > most_present) {
        most_present = present;
        out.lacking = lacking;
      }
    }
  }
  return out;
}

void refuse_missing(const KnownSet& set, const Location& location) {
  std::string searched;
  for (const auto& folder : location.searched) searched += (searched.empty() ? "" : ", ") + folder;
  Error error(missing);
  error.at(std::string("data set '") + set.name + "'")
      .say(location.lacking.empty()
               ? "not found; searched " + (searched.empty() ? "nowhere" : searched)
               : location.lacking + " is missing beside the others")
      .remedy(std::string("get it from ") + set.address +
              " and put it there, or name its folder as `root`");
  throw error;
}

}  // namespace mantissa::data
