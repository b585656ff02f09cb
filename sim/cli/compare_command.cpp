// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "sim/cli/command.h"
#include "sim/cli/compare.h"
#include "sim/cli/format.h"

namespace mantissa::cli::compare_command {
namespace {

using sim::Json;

constexpr std::size_t layers_shown = 15;

struct Options {
  std::string before, after;
  bool json = false;
};

std::string cell(const Json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_unsigned()) return grouped(value.get<std::uint64_t>());
  if (value.is_number_float()) return fmt::format("{:.6g}", value.get<double>());
  return value.dump();
}

std::string change(const Difference& difference) {
  if (!difference.before.is_number() || !difference.after.is_number())
    return difference.before == difference.after ? "=" : "";
  return ratio(difference.before.get<double>(), difference.after.get<double>());
}

double distance(const Difference& difference) {
  const auto number = [](const Json& json) { return json.is_number() ? json.get<double>() : 0.0; };
  return std::abs(number(difference.after) - number(difference.before));
}

void print(const Comparison& found, const Options& options, Console& console) {
  using Align = Table::Align;
  auto& out = console.out();
  if (found.configuration.empty()) {
    out << console.paint(Colour::bold, "The configurations are equal.") << '\n';
  } else {
    Table table({"parameter", options.before, options.after},
                {Align::left, Align::left, Align::left});
    for (const auto& item : found.configuration)
      table.row({item.path, cell(item.before), cell(item.after)});
    out << console.paint(Colour::bold, "Configuration: what differs") << '\n' << table.text();
  }
  Table figures({"figure", options.before, options.after, "ratio"},
                {Align::left, Align::right, Align::right, Align::right});
  for (const auto& item : found.figures)
    if (!item.before.is_string())
      figures.row({item.path, cell(item.before), cell(item.after), change(item)});
  out << '\n'
      << console.paint(Colour::bold, "Figures")
      << "  ratio = second / first; units as in 'mantissa explain FIGURE'\n"
      << figures.text();
  for (const auto& item : found.figures)
    if (item.before.is_string() && item.before != item.after)
      out << "  " << item.path << ": " << cell(item.before) << "; then " << cell(item.after)
          << '\n';

  if (found.layers.empty()) return;
  auto layers = found.layers;
  std::stable_sort(layers.begin(), layers.end(), [](const Difference& a, const Difference& b) {
    return distance(a) > distance(b);
  });
  const std::size_t shown = std::min(layers_shown, layers.size());
  Table table({"layer", options.before, options.after, "ratio"},
              {Align::left, Align::right, Align::right, Align::right});
  for (std::size_t i = 0; i < shown; ++i)
    table.row({layers[i].path, cell(layers[i].before), cell(layers[i].after), change(layers[i])});
  out << '\n'
      << console.paint(Colour::bold,
                       fmt::format("Layers: the {} largest of {} changes", shown, layers.size()))
      << "  cycles from first to last command\n"
      << table.text();
}

Json to_json(const std::vector<Difference>& differences) {
  Json list = Json::array();
  for (const auto& item : differences) {
    Json entry = {{"path", item.path}, {"before", item.before}, {"after", item.after}};
    if (item.before.is_number() && item.after.is_number() && item.before.get<double>() != 0)
      entry["ratio"] = item.after.get<double>() / item.before.get<double>();
    list.push_back(entry);
  }
  return list;
}

Action declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("A", options->before, "A folder of 'run -o', or a file of 'run --json'.")
      ->required();
  app.add_option("B", options->after, "The result to hold against it.")->required();
  app.add_flag("--json", options->json, "Print one JSON object instead of tables.");
  return [options](Console& console) {
    const auto found = compare(read_result(options->before), read_result(options->after));
    if (options->json)
      console.out() << Json{{"configuration", to_json(found.configuration)},
                            {"figures", to_json(found.figures)},
                            {"layers", to_json(found.layers)}}
                           .dump(2)
                    << '\n';
    else
      print(found, *options, console);
    return ExitCode::ok;
  };
}

const Command compare_command{"compare", Group::inspect,
                              "What differs between two results, in configuration and figures",
                              "  mantissa run tpu_v1 resnet50 -o out/a\n"
                              "  mantissa run tpu_v1 resnet50 --set core.clock='1 GHz' -o out/b\n"
                              "  mantissa compare out/a out/b\n",
                              declare};

}  // namespace
}  // namespace mantissa::cli::compare_command
