// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/training/checkpoint.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/config/node.h"

namespace mantissa::workloads {

namespace {

[[noreturn]] void disk_error(const std::filesystem::path& path, const std::string& what) {
  throw Error(checkpoint_disk)
      .at(path.string())
      .say("cannot write the checkpoint: " + what)
      .remedy("make room and run it again: it goes on from the checkpoint before");
}

// All of it on the disk, or an error and no file.
void write_file(const std::filesystem::path& path, const std::string& bytes) {
  const std::filesystem::path part = path.string() + ".part";
  const int file = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) disk_error(part, std::strerror(errno));
  std::size_t done = 0;
  std::string wrong;
  while (done < bytes.size() && wrong.empty()) {
    const ssize_t n = ::write(file, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno != EINTR) wrong = std::strerror(errno);
    if (n > 0) done += static_cast<std::size_t>(n);
  }
  if (wrong.empty() && ::fsync(file) != 0) wrong = std::strerror(errno);
  if (::close(file) != 0 && wrong.empty()) wrong = std::strerror(errno);
  if (wrong.empty() && ::rename(part.c_str(), path.c_str()) != 0) wrong = std::strerror(errno);
  if (!wrong.empty()) {
    ::unlink(part.c_str());
    disk_error(path, wrong);
  }
}

}  // namespace

void save(const std::filesystem::path& path, const std::string& identity, torch::nn::Module& module,
          torch::optim::Optimizer& optimizer, const Checkpoint& state) {
  torch::serialize::OutputArchive archive, modules, optimizers;
  module.save(modules);
  optimizer.save(optimizers);
  archive.write("module", modules);
  archive.write("optimizer", optimizers);
  archive.write("generator", at::detail::getDefaultCPUGenerator().get_state(), true);
  archive.write("identity", c10::IValue(identity));
  archive.write("step", c10::IValue(state.step));
  archive.write("epoch", c10::IValue(state.position.epoch));
  archive.write("sample", c10::IValue(state.position.sample));
  std::vector<std::string> names;
  std::vector<double> values;
  for (const auto& [name, value] : state.figures) {
    names.push_back(name);
    values.push_back(value);
  }
  archive.write("names", c10::IValue(names));
  archive.write("values", c10::IValue(values));
  std::ostringstream bytes;
  archive.save_to(bytes);
  // A sum at the end: the archive's own checks do not see every flipped byte of the tensors.
  std::string text = bytes.str();
  text += "\n" + config::content_hash(text);
  std::error_code ignored;
  std::filesystem::create_directories(path.parent_path(), ignored);
  write_file(path, text);
}

bool load(const std::filesystem::path& path, const std::string& identity, torch::nn::Module& module,
          torch::optim::Optimizer& optimizer, Checkpoint& state) {
  if (!std::filesystem::exists(path)) return false;
  std::ifstream in(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  const auto refuse = [&](const std::string& why) {
    throw Error(bad_checkpoint)
        .at(path.string())
        .say(why)
        .remedy("remove it to begin anew, or choose another folder");
  };
  const std::size_t sum = text.size() < 17 ? 0 : text.size() - 17;
  if (sum == 0 || text[sum] != '\n' ||
      config::content_hash(text.substr(0, sum)) != text.substr(sum + 1)) {
    refuse("this is no whole checkpoint: its checksum does not hold");
  }
  text.resize(sum);
  std::istringstream bytes(text);
  torch::serialize::InputArchive archive, modules, optimizers;
  archive.load_from(bytes);
  c10::IValue v;
  archive.read("identity", v);
  if (v.toStringRef() != identity) {
    refuse("this checkpoint is of another training: '" + v.toStringRef() + "', not '" + identity +
           "'");
  }
  archive.read("module", modules);
  archive.read("optimizer", optimizers);
  module.load(modules);
  optimizer.load(optimizers);
  at::Tensor generator;
  archive.read("generator", generator, true);
  at::Generator random = at::detail::getDefaultCPUGenerator();
  random.set_state(generator);
  const auto integer = [&](const char* name) {
    archive.read(name, v);
    return v.toInt();
  };
  state.step = integer("step");
  state.position = {integer("epoch"), integer("sample")};
  archive.read("names", v);
  const c10::List<c10::IValue> names = v.toList();
  archive.read("values", v);
  const std::vector<double> values = v.toDoubleVector();
  for (std::size_t i = 0; i < values.size(); ++i) {
    state.figures[names.get(i).toStringRef()] = values[i];
  }
  return true;
}

}  // namespace mantissa::workloads
