// SPDX-License-Identifier: Apache-2.0
#include "sim/run/output_directory.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace mantissa::sim {
namespace {

namespace fs = std::filesystem;

constexpr const char* marker = ".mantissa";
constexpr const char* first_line = "mantissa ";

}  // namespace

Error cannot_write(const fs::path& path, int error_number) {
  return Error(unwritable)
      .at(path.string())
      .say("cannot write: " + std::string(std::strerror(error_number)))
      .remedy("choose another folder with -o, or make room");
}

std::string OutputDirectory::kind_of(const fs::path& path) {
  std::ifstream in(path / marker);
  std::string line;
  if (!std::getline(in, line) || line.rfind(first_line, 0) != 0) return {};
  return line.substr(std::strlen(first_line));
}

OutputDirectory::OutputDirectory(fs::path path, std::string kind)
    : path_(std::move(path)), kind_(std::move(kind)) {
  if (!path_.has_filename()) path_ = path_.parent_path();  // "out/" is "out"
  std::error_code error;
  if (fs::exists(path_, error) && !fs::is_directory(path_, error))
    throw Error(foreign_directory)
        .at(path_.string())
        .say("this is a file")
        .expected("a folder, or a name that is still free");
  const bool occupied = fs::is_directory(path_, error) && !fs::is_empty(path_, error);
  if (occupied && kind_of(path_) != kind_)
    throw Error(foreign_directory)
        .at(path_.string())
        .say("the folder is not empty and holds no results of 'mantissa " + kind_ + "'")
        .remedy("choose another folder with -o; nothing was written");

  const fs::path parent = path_.has_parent_path() ? path_.parent_path() : fs::path(".");
  fs::create_directories(parent, error);
  if (error) throw cannot_write(parent, error.value());
  // Beside the target, so that the final rename stays on one file system.
  staging_ = parent / ("." + path_.filename().string() + ".partial-" + std::to_string(getpid()));
  // Tried now, so that a folder that cannot be written to does not cost a run.
  fs::create_directory(staging_, error);
  if (error) throw cannot_write(path_, error.value());
  fs::remove(staging_, error);
  if (occupied && ::access(path_.c_str(), W_OK) != 0) throw cannot_write(path_, errno);
}

void OutputDirectory::claim() {
  if (kind_of(path_) == kind_) return;
  std::error_code error;
  fs::create_directories(path_, error);
  if (error) throw cannot_write(path_, error.value());
  errno = 0;
  std::ofstream out(path_ / marker, std::ios::binary);
  out << first_line << kind_ << '\n';
  out.close();
  if (!out) throw cannot_write(path_ / marker, errno != 0 ? errno : EIO);
}

void OutputDirectory::stage() {
  defer_.emplace();
  std::error_code error;
  fs::create_directory(staging_, error);
  if (error) throw cannot_write(path_, error.value());
}

OutputDirectory::~OutputDirectory() {
  std::error_code ignored;
  if (!committed_) fs::remove_all(staging_, ignored);
}

fs::path OutputDirectory::begin_file(const std::string& name) {
  if (!defer_) stage();
  defer_->check();
  files_.push_back(name);
  return staging_ / name;
}

void OutputDirectory::write(const std::string& name, const std::string& text) {
  const fs::path file = begin_file(name);
  errno = 0;
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw cannot_write(path_ / name, errno != 0 ? errno : EIO);
}

std::vector<std::string> OutputDirectory::files_of_earlier_run() const {
  std::vector<std::string> files;
  std::ifstream in(path_ / marker);
  std::string line;
  std::getline(in, line);
  // Only plain names: a marker that was tampered with must not reach outside the folder.
  while (std::getline(in, line))
    if (!line.empty() && line.find('/') == std::string::npos) files.push_back(line);
  return files;
}

void OutputDirectory::commit() {
  std::string list = first_line + kind_ + '\n';
  const std::vector<std::string> written = files_;
  for (const auto& name : written) list += name + '\n';
  write(marker, list);
  defer_->check();

  std::error_code error;
  if (!fs::exists(path_, error)) {
    fs::rename(staging_, path_, error);
    if (error) throw cannot_write(path_, error.value());
  } else {
    for (const auto& name : files_of_earlier_run())
      if (std::find(written.begin(), written.end(), name) == written.end())
        fs::remove(path_ / name, error);
    for (const auto& name : files_) {
      fs::rename(staging_ / name, path_ / name, error);
      if (error) throw cannot_write(path_ / name, error.value());
    }
    fs::remove_all(staging_, error);
  }
  committed_ = true;
}

}  // namespace mantissa::sim
