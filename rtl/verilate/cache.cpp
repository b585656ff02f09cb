// SPDX-License-Identifier: Apache-2.0
#include "rtl/verilate/cache.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "rtl/tool.h"
#include "rtl/verilate/errors.h"

namespace mantissa::rtl {
namespace fs = std::filesystem;
namespace {

Error unusable(const std::string& path, const std::string& why) {
  return Error(cache_unusable)
      .at(path)
      .say("cannot keep compiled designs here: " + why)
      .remedy("set MANTISSA_CACHE to a folder that can be written");
}

class Lock {
 public:
  explicit Lock(const std::string& path)
      : file_(open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666)) {
    if (file_ < 0) throw unusable(path, std::strerror(errno));
    while (flock(file_, LOCK_EX) != 0)
      if (errno != EINTR) {
        const int why = errno;
        close(file_);
        throw unusable(path, std::strerror(why));
      }
  }
  ~Lock() { close(file_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  int file_;
};

std::string seal_of(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().filename() != "seal") names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  std::string seal;
  for (const auto& name : names)
    seal += content_hash(read_text(folder + "/" + name)) + " " + name + "\n";
  return seal;
}

bool intact(const std::string& folder) {
  try {
    return fs::is_directory(folder) && read_text(folder + "/seal") == seal_of(folder);
  } catch (const std::exception&) {
    return false;
  }
}

// Goes away unless it became the entry. Those of processes that were killed go first: whoever holds
// the lock is alone.
class Workshop {
 public:
  explicit Workshop(const std::string& entry) : path_(entry + ".XXXXXX") {
    std::error_code ignored;
    for (const auto& other : fs::directory_iterator(fs::path(entry).parent_path(), ignored))
      if (other.is_directory() && other.path().string().rfind(entry + ".", 0) == 0)
        fs::remove_all(other.path(), ignored);
    if (!mkdtemp(path_.data())) throw unusable(entry, std::strerror(errno));
  }
  ~Workshop() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

std::string cached(const std::string& cache, const std::string& kind, const std::string& key,
                   const std::function<void(const std::string& folder)>& make, bool again) {
  std::error_code why;
  fs::create_directories(cache, why);
  if (why) throw unusable(cache, why.message());
  const std::string entry = (fs::absolute(cache) / (kind + "-" + key)).string();
  const Lock lock(entry + ".lock");
  if (!again && intact(entry)) return entry;
  const Workshop workshop(entry);
  make(workshop.path());
  try {
    write_text(workshop.path() + "/seal", seal_of(workshop.path()));
  } catch (const Error& error) {
    throw unusable(entry, error.message());
  }
  fs::remove_all(entry, why);
  if (!why) fs::rename(workshop.path(), entry, why);
  if (why) throw unusable(entry, why.message());
  return entry;
}

}  // namespace mantissa::rtl
