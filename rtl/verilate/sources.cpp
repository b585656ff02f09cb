// SPDX-License-Identifier: Apache-2.0
#include "rtl/verilate/sources.h"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

#include "rtl/tool.h"
#include "rtl/verilate/errors.h"

namespace mantissa::rtl {
namespace fs = std::filesystem;
namespace {

// Comments become blanks, so that what stands in them is not taken for code and lines keep their
// numbers.
std::string without_comments(std::string text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] != '/' || (text[i + 1] != '/' && text[i + 1] != '*')) continue;
    const bool block = text[i + 1] == '*';
    const std::size_t end =
        std::min(block ? text.find("*/", i + 2) : text.find('\n', i), text.size());
    for (const std::size_t stop = std::min(end + (block ? 2 : 0), text.size()); i < stop; ++i)
      if (text[i] != '\n') text[i] = ' ';
  }
  return text;
}

std::vector<std::string> first_groups(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it)
    found.push_back((*it)[1]);
  return found;
}

const std::regex module_head(R"(\b(?:module|macromodule)\s+(?:automatic\s+|static\s+)?(\w+))");

int line_of(const std::string& text, std::size_t offset) {
  return 1 +
         static_cast<int>(std::count(text.begin(), text.begin() + static_cast<long>(offset), '\n'));
}

}  // namespace

std::vector<std::string> sources_of_folder(const std::string& folder) {
  std::error_code why;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder, why)) {
    const std::string extension = entry.path().extension().string();
    if (entry.is_regular_file() && (extension == ".sv" || extension == ".v"))
      names.push_back(entry.path().string());
  }
  if (why)
    throw Error(no_sources)
        .at(folder)
        .say("cannot read the folder: " + why.message())
        .expected("a folder with the SystemVerilog of the unit");
  if (names.empty())
    throw Error(no_sources).at(folder).expected("at least one file *.sv or *.v in this folder");
  std::sort(names.begin(), names.end());

  // A file waits until every package that it mentions, and that another file defines, is out.
  struct File {
    std::set<std::string> defines, uses;
  };
  std::vector<File> files;
  std::set<std::string> pending;
  static const std::regex package(R"(\bpackage\s+(?:automatic\s+|static\s+)?(\w+))"),
      use(R"(\b(\w+)\s*::)");
  for (const auto& name : names) {
    const std::string text = without_comments(read_text(name));
    const auto defined = first_groups(text, package), used = first_groups(text, use);
    files.push_back({{defined.begin(), defined.end()}, {used.begin(), used.end()}});
    pending.insert(defined.begin(), defined.end());
  }
  std::vector<std::string> ordered;
  std::vector<bool> out(names.size());
  while (ordered.size() < names.size()) {
    // Of those that wait for nothing the first; in a circle, which Verilator refuses, any.
    std::size_t next = names.size(), fallback = names.size();
    for (std::size_t i = 0; i < names.size() && next == names.size(); ++i) {
      if (out[i]) continue;
      if (fallback == names.size()) fallback = i;
      const bool waits = std::any_of(
          files[i].uses.begin(), files[i].uses.end(),
          [&](const std::string& p) { return pending.count(p) && !files[i].defines.count(p); });
      if (!waits) next = i;
    }
    if (next == names.size()) next = fallback;
    out[next] = true;
    ordered.push_back(names[next]);
    for (const auto& p : files[next].defines) pending.erase(p);
  }
  return ordered;
}

Place module_place(const std::vector<std::string>& sources, const std::string& name) {
  for (const auto& source : sources) {
    const std::string text = without_comments(read_text(source));
    for (std::sregex_iterator it(text.begin(), text.end(), module_head), end; it != end; ++it)
      if ((*it)[1] == name)
        return {source, line_of(text, static_cast<std::size_t>(it->position(1))), 0, {}};
  }
  return {};
}

std::vector<std::string> module_names(const std::vector<std::string>& sources) {
  std::vector<std::string> names;
  for (const auto& source : sources)
    for (auto& name : first_groups(without_comments(read_text(source)), module_head))
      names.push_back(std::move(name));
  return names;
}

Place declaration_place(const std::vector<std::string>& sources, const std::string& module,
                        const std::string& name) {
  Place place = module_place(sources, module);
  if (place.file.empty()) return place;
  const std::string text = without_comments(read_text(place.file));
  std::size_t from = 0;
  for (int line = 1; line < place.line; ++line) from = text.find('\n', from) + 1;
  const std::regex word("\\b" + name + "\\b");
  std::smatch found;
  const auto begin = text.begin() + static_cast<long>(from);
  if (std::regex_search(begin, text.end(), found, word))
    place.line = line_of(text, from + static_cast<std::size_t>(found.position(0)));
  return place;
}

}  // namespace mantissa::rtl
