// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/config/event_reader.h"
#include "base/config/kinds.h"

namespace mantissa::config {
namespace {

constexpr std::size_t max_bytes = 64u
                                  << 20;  // a configuration is never this large; a device may be

std::string bytes_of(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw Error(unreadable).at(path).say("this is a directory").expected("a YAML file");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw Error(unreadable)
        .at(path)
        .say(std::string("cannot be opened: ") + std::strerror(errno))
        .expected("a readable YAML file");
  std::string bytes;
  std::vector<char> block(1u << 16);
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    bytes.append(block.data(), static_cast<std::size_t>(file.gcount()));
    if (bytes.size() > max_bytes)
      throw Error(unreadable).at(path).say("larger than 64 MiB").expected("a YAML file");
  }
  if (file.bad()) throw Error(unreadable).at(path).say("reading failed").expected("a YAML file");
  return bytes;
}

}  // namespace

Node read_text(const std::string& text, const std::string& name) {
  const RawText raw(text, name);
  return Reader(raw).read();
}

Node read_file(const std::string& path) { return read_text(bytes_of(path), path); }

std::pair<std::string, Node> parse_override(const std::string& text) {
  const Place place{{}, 0, 0, "--set " + text};
  const std::size_t equals = text.find('=');
  const auto malformed = [&](const char* what) {
    return Error(bad_override).at(place).say(what).expected("KEY=VALUE, as in core.matrix.rows=64");
  };
  if (equals == std::string::npos) throw malformed("there is no '='");
  const std::string key = text.substr(0, equals);
  const std::string value = text.substr(equals + 1);
  if (key.empty()) throw malformed("the key is empty");
  if (key.find(' ') != std::string::npos) throw malformed("a space in the key");
  if (value.find_first_not_of(' ') == std::string::npos) throw malformed("the value is empty");
  try {
    Node node = read_text(value, "");
    node.stand_at(place);
    return {key, std::move(node)};
  } catch (Error& error) {
    throw error.at(place);  // there is no line to point to
  }
}

}  // namespace mantissa::config
