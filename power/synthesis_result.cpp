// SPDX-License-Identifier: Apache-2.0
#include "power/synthesis_result.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "base/config/document.h"
#include "power/price.h"

namespace mantissa::power {
namespace {

namespace fs = std::filesystem;
using config::Node;

const Node& scalar(const Node& file, const std::string& key) {
  const Node* node = file.find_dotted(key);
  if (!node || !node->is_scalar())
    throw Error(bad_synthesis)
        .at(node ? node->place() : Place{file.place().file, 0, 0, {}})
        .expected("key '" + key + "' of a synthesis result, as 'mantissa synth -o DIR' writes it");
  return *node;
}

double number(const Node& file, const std::string& key, bool or_zero) {
  const Node& node = scalar(file, key);
  const std::string& text = node.text();
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || !std::isfinite(value) ||
      value < 0 || (value == 0 && !or_zero))
    throw Error(bad_synthesis)
        .at(node.place())
        .read(key + ": " + text)
        .expected(or_zero ? "a finite number from zero on" : "a finite number above zero");
  return value;
}

double positive(const Node& file, const std::string& key) { return number(file, key, false); }

}  // namespace

SynthesisResult read_synthesis_result(const std::string& path, const std::string& shown) {
  const Node file = config::read_file(path);
  SynthesisResult result;
  result.file = shown;
  result.unit = scalar(file, "unit").text();
  if (const Node* parameters = file.find("parameters"); parameters && parameters->is_map())
    for (const auto& [name, value] : parameters->entries()) {
      std::int64_t& number = result.parameters[name];
      const std::string& text = value.text();
      const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (failed != std::errc() || end != text.data() + text.size())
        throw Error(bad_synthesis)
            .at(value.place())
            .read(name + ": " + text)
            .expected("the integer value of a parameter");
    }
  result.library = scalar(file, "library.name").text();
  result.tools = scalar(file, "tools").text();
  result.node = Nanometres(positive(file, "library.node_nm"));
  result.voltage = Volts(positive(file, "library.voltage_v"));
  result.area = positive(file, "area_um2");
  result.action = scalar(file, "action").text();
  result.energy = positive(file, "energy_pj_per_action.total");
  if (const Node* operations = file.find("operations"); operations && operations->is_sequence())
    for (const Node& operation : operations->items())
      result.operations[scalar(operation, "name").text()] =
          positive(operation, "energy_pj_per_action.total");
  if (const Node* blocks = file.find("blocks"); blocks && blocks->is_sequence())
    for (const Node& block : blocks->items())
      result.blocks.push_back({scalar(block, "name").text(), number(block, "area_um2", true)});
  for (const auto& [key, figure] :
       {std::pair("critical_path_ns", &SynthesisResult::critical_path),
        std::pair("energy_pj_per_idle_cycle", &SynthesisResult::idle),
        std::pair("actions", &SynthesisResult::actions),
        std::pair("cycles", &SynthesisResult::cycles),
        std::pair("power_at_equal_activity.activity", &SynthesisResult::activity),
        std::pair("power_at_equal_activity.ours.total_w", &SynthesisResult::power)})
    if (file.find_dotted(key)) result.*figure = positive(file, key);
  return result;
}

std::vector<SynthesisResult> read_synthesis_results(const std::string& folder,
                                                    const std::string& shown,
                                                    const std::vector<std::string>& units) {
  std::vector<fs::path> found;  // within the folder
  std::error_code why;
  const auto wanted = [&](const fs::path& inside) {
    return units.empty() ||
           std::find(units.begin(), units.end(), inside.begin()->string()) != units.end();
  };
  for (fs::recursive_directory_iterator entry(folder, why), end; !why && entry != end;
       entry.increment(why)) {
    const fs::path inside = entry->path().lexically_relative(folder);
    if (!wanted(inside)) {
      entry.disable_recursion_pending();
    } else if (entry->path().filename() == "synthesis.yaml" && entry.depth() > 0) {
      found.push_back(inside);
    }
  }
  if (found.empty())
    throw Error(bad_synthesis)
        .at(folder)
        .say(why ? why.message() : "")
        .expected("a folder with UNIT/synthesis.yaml, as 'mantissa synth UNIT -o DIR/UNIT' writes")
        .remedy("technology.prices: tables does without");
  std::sort(found.begin(), found.end(),
            [](const fs::path& a, const fs::path& b) { return a.parent_path() < b.parent_path(); });
  std::vector<SynthesisResult> results;
  for (const auto& file : found)
    results.push_back(read_synthesis_result((fs::path(folder) / file).string(),
                                            (fs::path(shown) / file).string()));
  return results;
}

}  // namespace mantissa::power
