// SPDX-License-Identifier: Apache-2.0
#include "rtl/tool.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

namespace mantissa::rtl {

ToolRun run_tool(const std::vector<std::string>& command, const std::string& folder, double limit) {
  int out[2], started[2];  // `started` carries errno when exec fails, and closes when it succeeds
  if (pipe2(out, O_CLOEXEC) != 0 || pipe2(started, O_CLOEXEC) != 0)
    throw Error(missing_tool).say("no pipe to run '" + command[0] + "': " + std::strerror(errno));
  std::vector<char*> argv;
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);

  const pid_t child = fork();
  if (child < 0)
    throw Error(missing_tool).say("cannot start '" + command[0] + "': " + std::strerror(errno));
  if (child == 0) {
    setpgid(0, 0);  // so that a solver below it ends with it
    dup2(out[1], 1);
    dup2(out[1], 2);
    if (chdir(folder.c_str()) == 0) execvp(argv[0], argv.data());
    const int why = errno;
    if (write(started[1], &why, sizeof why) < 0) _exit(126);
    _exit(127);
  }
  setpgid(child, child);
  close(out[1]);
  close(started[1]);
  int why = 0;
  const bool failed = read(started[0], &why, sizeof why) == sizeof why;
  close(started[0]);

  ToolRun run;
  const auto start = std::chrono::steady_clock::now();
  std::vector<char> buffer(1 << 16);
  for (;;) {
    int wait = -1;
    if (limit > 0) {
      const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
      wait = static_cast<int>(std::max(0.0, limit - spent.count()) * 1000);
      if (wait == 0) {
        run.expired = true;
        kill(-child, SIGKILL);
        break;
      }
    }
    pollfd ready{out[0], POLLIN, 0};
    const int polled = poll(&ready, 1, wait);
    if (polled <= 0) continue;
    const ssize_t n = read(out[0], buffer.data(), buffer.size());
    if (n <= 0) break;
    run.output.append(buffer.data(), static_cast<std::size_t>(n));
  }
  close(out[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (failed)
    throw Error(missing_tool)
        .say("cannot start '" + command[0] + "': " + std::strerror(why))
        .remedy("'mantissa doctor' says which Debian packages are missing");
  run.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return run;
}

ScratchFolder::ScratchFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "mantissa-XXXXXX").string();
  if (!mkdtemp(pattern.data()))
    throw Error(unreadable_file).at(pattern).say("cannot make a scratch folder");
  path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (std::filesystem::is_directory(path) || !in || !(text << in.rdbuf()))
    throw Error(unreadable_file).at(path).say("cannot read the file");
  return text.str();
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw Error(unreadable_file).at(path).say("cannot write the file");
}

std::string content_hash(const std::string& text) {
  unsigned __int128 hash =
      (static_cast<unsigned __int128>(0x6c62272e07bb0142ull) << 64) | 0x62b821756295c58dull;
  const unsigned __int128 prime = (static_cast<unsigned __int128>(0x1000000ull) << 64) | 0x13bull;
  for (const unsigned char c : text) hash = (hash ^ c) * prime;
  std::string hex(32, '0');
  for (int i = 31; i >= 0; --i, hash >>= 4)
    hex[static_cast<std::size_t>(i)] = "0123456789abcdef"[hash & 15];
  return hex;
}

}  // namespace mantissa::rtl
