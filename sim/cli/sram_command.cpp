// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>

#include "sim/cli/command.h"
#include "sim/cli/sram_text.h"
#include "sim/sram/sram_json.h"
#include "sim/sram/table.h"

namespace mantissa::cli::sram_command {
namespace {

struct Options {
  std::string sram, voltages;
  std::vector<std::string> overrides;
  bool published = false, json = false;
};

const Place place{"command line", 0, 0, "--voltages"};

// "0.84 Vmin, 0.6 V"; nothing: the measured ones.
std::vector<faults::SupplyVoltage> voltages_of(const std::string& list) {
  if (list.empty()) return sim::measured_voltages();
  std::vector<faults::SupplyVoltage> voltages;
  for (std::size_t from = 0; from <= list.size();) {
    const std::size_t comma = std::min(list.find(',', from), list.size());
    std::string item = list.substr(from, comma - from);
    item.erase(0, item.find_first_not_of(' '));
    item.erase(item.find_last_not_of(' ') + 1);
    voltages.push_back(faults::SupplyVoltage::parse(item, {"", place}));
    from = comma + 1;
  }
  return voltages;
}

void check(const std::vector<faults::SupplyVoltage>& voltages, std::optional<Volts> vmin) {
  for (const auto& voltage : voltages) {
    const std::string why = voltage.objection(vmin);
    if (why.empty()) continue;
    Error error(faults::illegal_voltage);
    error.at(place).say(why).read(voltage.text());
    throw vmin ? error : error.remedy("--set vmin='0.7 V' gives one");
  }
}

ExitCode run(const Options& options, Console& console) {
  const auto voltages = voltages_of(options.voltages);
  const auto sram = sim::load_sram(options.sram, options.overrides);
  check(voltages, sram.spec.vmin);
  const auto table = sim::tabulate(sram, voltages);
  std::vector<power::PublishedRow> published;
  if (options.published) published = power::sram_against_published(sram.technology);
  if (options.json) {
    console.out() << sim::to_json(sram, table, published).dump(2) << '\n';
    return ExitCode::ok;
  }
  console.out() << sram_text(sram, table, console);
  if (options.published) console.out() << '\n' << published_text(published, console);
  return ExitCode::ok;
}

Action declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("SRAM", options->sram, "A preset name ('mantissa list srams') or a YAML file.")
      ->required();
  app.add_option("--voltages", options->voltages,
                 "Supplies, separated by commas: parts of Vmin, or volts beside a vmin.\n"
                 "Without it, the seven at which bit errors were measured.")
      ->type_name("LIST");
  app.add_option("--set", options->overrides,
                 "Override a parameter: ecc=secded, vmin='0.6 V', faults.map=column.\n"
                 "May be given several times; the last one wins.")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_flag("--published", options->published,
               "Also show the model beside every published figure at hand.");
  app.add_flag("--json", options->json, "Print one JSON object instead of tables.");
  return [options](Console& console) { return run(*options, console); };
}

const Command sram_command{
    "sram", Group::simulate, "Size an SRAM and run it below its voltage",
    "  mantissa sram sram_512x64_14nm\n"
    "  mantissa sram sram_32k_16nm --voltages '1 Vmin, 0.879 Vmin, 0.5 V'\n"
    "  mantissa sram sram_32k_16nm --set ecc=parity --set capacity='256 KiB' --set interleave=8\n"
    "  mantissa sram sram_1m_7nm --published\n"
    "  mantissa sram my_sram.yaml --json | jq '.voltages[] | [.v_over_vmin, .read_pj]'\n",
    declare};

}  // namespace
}  // namespace mantissa::cli::sram_command
