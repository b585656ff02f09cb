// SPDX-License-Identifier: Apache-2.0
#include "rtl/synthesis/liberty.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "rtl/synthesis/liberty_groups.h"
#include "rtl/tool.h"

namespace mantissa::rtl {
namespace {

std::optional<double> number_at(const char*& at, const char* end) {
  double value = 0;
  const auto parsed = std::from_chars(at, end, value);
  if (parsed.ec != std::errc()) return std::nullopt;
  at = parsed.ptr;
  return value;
}

double number(const std::string& text, const Place& place, const std::string& what) {
  const char* at = text.data();
  const char* end = at + text.size();
  while (at < end && *at == ' ') ++at;
  const auto value = number_at(at, end);
  while (at < end && *at == ' ') ++at;
  if (!value || at != end)
    throw Error(bad_liberty).at(place).read(text).expected("a number: " + what);
  return *value;
}

std::vector<double> numbers(const LibertyAttribute& attribute) {
  std::vector<double> all;
  for (const auto& value : attribute.values) {
    const char* at = value.data();
    const char* end = at + value.size();
    for (;;) {
      while (at < end && (*at == ' ' || *at == ',' || *at == '\t')) ++at;
      if (at == end) break;
      const auto x = number_at(at, end);
      if (!x) throw Error(bad_liberty).at(attribute.place).read(value).expected("numbers");
      all.push_back(*x);
    }
  }
  return all;
}

// "1nW", "10pW", "1ns": a number, a prefix and the unit.
double unit(const LibertyGroup& library, const std::string& attribute, const std::string& base) {
  const LibertyAttribute* found = library.find(attribute);
  if (!found)
    throw Error(bad_liberty)
        .at(library.place)
        .say("the library has no '" + attribute + "', so that its figures mean nothing");
  const std::string text = found->values.empty() ? "" : found->values[0];
  const char* at = text.data();
  const char* end = at + text.size();
  const auto value = number_at(at, end);
  const std::string rest(at, end);
  const std::string prefixes = "fpnum";
  const double scales[] = {1e-15, 1e-12, 1e-9, 1e-6, 1e-3};
  if (value && rest == base) return *value;
  if (value && rest.size() == base.size() + 1 && rest.substr(1) == base)
    if (const auto which = prefixes.find(rest[0]); which != std::string::npos)
      return *value * scales[which];
  throw Error(bad_liberty).at(found->place).read(text).expected("a unit such as '1n" + base + "'");
}

struct Units {
  double capacitance, time, voltage, leakage;  // to pF, ns, V, W
  std::map<std::string, const LibertyGroup*> templates;
};

PowerTable table_of(const LibertyGroup& group, const Units& units) {
  PowerTable table;
  const LibertyAttribute* values = group.find("values");
  if (!values) throw Error(bad_liberty).at(group.place).say("a table without values");
  table.values = numbers(*values);
  for (double& v : table.values) v *= units.capacitance * units.voltage * units.voltage;
  const std::string name = group.arguments.empty() ? "scalar" : group.arguments[0];
  if (name == "scalar") return table;
  const auto found = units.templates.find(name);
  if (found == units.templates.end())
    throw Error(bad_liberty).at(group.place).read(name).expected("a power_lut_template");
  const LibertyGroup& shape = *found->second;
  bool load_first = true;
  for (const char* k : {"1", "2"}) {
    const std::string variable = shape.text(std::string("variable_") + k);
    if (variable.empty()) continue;
    const std::string index = std::string("index_") + k;
    const LibertyAttribute* at = group.find(index) ? group.find(index) : shape.find(index);
    if (!at) throw Error(bad_liberty).at(group.place).say("a table without " + index);
    if (variable == "total_output_net_capacitance") {
      table.load = numbers(*at);
      for (double& x : table.load) x *= units.capacitance;
      load_first = *k == '1';
    } else if (variable == "input_transition_time" || variable == "input_net_transition") {
      table.slew = numbers(*at);
      for (double& x : table.slew) x *= units.time;
    } else {
      throw Error(bad_liberty)
          .at(shape.place)
          .read(variable)
          .expected("total_output_net_capacitance or input_transition_time");
    }
  }
  const std::size_t rows = std::max<std::size_t>(1, table.load.size());
  const std::size_t columns = std::max<std::size_t>(1, table.slew.size());
  if (table.values.size() != rows * columns)
    throw Error(bad_liberty)
        .at(group.place)
        .read(std::to_string(table.values.size()) + " values")
        .expected(std::to_string(rows * columns));
  if (!load_first && rows > 1 && columns > 1) {
    std::vector<double> turned;
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < columns; ++c) turned.push_back(table.values[c * rows + r]);
    table.values = std::move(turned);
  }
  return table;
}

LibraryPin pin_of(const LibertyGroup& group, const Units& units, LibraryCell& cell) {
  LibraryPin pin;
  pin.name = group.arguments.empty() ? "" : group.arguments[0];
  const std::string direction = group.text("direction");
  if (direction != "input" && direction != "output") cell.other_state = true;  // inout, internal
  pin.direction = direction == "output" ? Direction::output : Direction::input;
  if (const auto* c = group.find("capacitance"); c && !c->values.empty())
    pin.capacitance = number(c->values[0], c->place, "a capacitance") * units.capacitance;
  pin.clock = group.text("clock") == "true";
  if (group.find("three_state")) cell.other_state = true;
  if (const auto* f = group.find("function"); f && !f->values.empty()) {
    pin.function_text = f->values[0];
    // Cells of more inputs than the simulator takes are refused where a netlist uses them.
    pin.function = parse_function(f->values[0], f->place);
  }
  for (const auto& power : group.groups) {
    if (power.name != "internal_power") continue;
    InternalPower entry;
    entry.related_pin = power.text("related_pin");
    bool any = false;
    for (const auto& table : power.groups) {
      if (table.name == "rise_power") entry.rise = table_of(table, units);
      if (table.name == "fall_power") entry.fall = table_of(table, units);
      if (table.name == "power") entry.rise = entry.fall = table_of(table, units);
      any =
          any || table.name == "rise_power" || table.name == "fall_power" || table.name == "power";
    }
    if (any) pin.power.push_back(std::move(entry));
  }
  return pin;
}

LibraryCell cell_of(const LibertyGroup& group, const Units& units) {
  LibraryCell cell;
  cell.name = group.arguments.empty() ? "" : group.arguments[0];
  const LibertyAttribute* area = group.find("area");
  if (!area || area->values.empty())
    throw Error(bad_liberty).at(group.place).say("cell '" + cell.name + "' has no area");
  cell.area = number(area->values[0], area->place, "an area");
  // Without a figure for the whole cell, the mean over the states that are listed.
  if (const auto* leakage = group.find("cell_leakage_power"); leakage && !leakage->values.empty()) {
    cell.leakage = number(leakage->values[0], leakage->place, "a power") * units.leakage;
  } else {
    double sum = 0, count = 0;
    for (const auto& state : group.groups)
      if (state.name == "leakage_power")
        if (const auto* value = state.find("value"); value && !value->values.empty()) {
          sum += number(value->values[0], value->place, "a power") * units.leakage;
          ++count;
        }
    if (count > 0) cell.leakage = sum / count;
  }
  for (const auto& inner : group.groups) {
    if (inner.name == "pin") {
      for (const auto& name : inner.arguments) {
        cell.pins.push_back(pin_of(inner, units, cell));
        cell.pins.back().name = name;
      }
    } else if (inner.name == "ff" && inner.arguments.size() == 2) {
      const auto function = [&](const char* key) -> std::optional<Function> {
        const LibertyAttribute* found = inner.find(key);
        if (!found || found->values.empty()) return std::nullopt;
        return parse_function(found->values[0], found->place);
      };
      const auto next = function("next_state"), clock = function("clocked_on");
      if (!next || !clock)
        throw Error(bad_liberty)
            .at(inner.place)
            .say("flip-flop '" + cell.name + "' needs next_state and clocked_on");
      cell.flip_flop = FlipFlop{inner.arguments[0], inner.arguments[1], *next, *clock,
                                function("clear"),  function("preset")};
    } else if (inner.name == "latch" || inner.name == "statetable" || inner.name == "ff_bank" ||
               inner.name == "latch_bank" || inner.name == "bus" || inner.name == "bundle") {
      cell.other_state = true;
    }
  }
  return cell;
}

// Index of the interval of `grid` that holds x, and where x lies in it (below 0, above 1: outside).
std::pair<std::size_t, double> locate(const std::vector<double>& grid, double x) {
  if (grid.size() < 2) return {0, 0.0};
  std::size_t i = 0;
  while (i + 2 < grid.size() && x >= grid[i + 1]) ++i;
  return {i, (x - grid[i]) / (grid[i + 1] - grid[i])};
}

}  // namespace

double PowerTable::at(double load_pf, double slew_ns) const {
  if (values.empty()) return 0;
  const auto row = locate(load, load_pf), column = locate(slew, slew_ns);
  const std::size_t columns = std::max<std::size_t>(1, slew.size());
  const auto along = [&](std::size_t r) {
    const double* v = &values[r * columns + column.first];
    return slew.size() < 2 ? v[0] : v[0] + column.second * (v[1] - v[0]);
  };
  if (load.size() < 2) return along(0);
  return along(row.first) + row.second * (along(row.first + 1) - along(row.first));
}

const LibraryPin* LibraryCell::pin(const std::string& name) const {
  for (const auto& p : pins)
    if (p.name == name) return &p;
  return nullptr;
}

const LibraryCell& Library::cell(const std::string& name) const {
  const auto found = cells_.find(name);
  if (found == cells_.end())
    throw Error(bad_liberty).at(path_).read(name).expected("a cell of library '" + name_ + "'");
  return found->second;
}

Library Library::read(const std::string& path) { return parse(read_text(path), path); }

Library Library::parse(const std::string& text, const std::string& path) {
  const LibertyGroup group = parse_liberty(text, path);
  Library library;
  library.path_ = path;
  library.name_ = group.arguments.empty() ? "" : group.arguments[0];
  library.hash_ = content_hash(text);

  Units units{};
  units.time = unit(group, "time_unit", "s") * 1e9;
  units.voltage = unit(group, "voltage_unit", "V");
  units.leakage = unit(group, "leakage_power_unit", "W");
  const LibertyAttribute* load = group.find("capacitive_load_unit");
  if (!load)
    throw Error(bad_liberty)
        .at(group.place)
        .say("the library has no 'capacitive_load_unit', so that its figures mean nothing");
  std::string farad = load->values.size() == 2 ? load->values[1] : "";
  for (char& c : farad) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (farad != "pf" && farad != "ff")
    throw Error(bad_liberty).at(load->place).read(farad).expected("(1, pf) or (1, ff)");
  units.capacitance =
      number(load->values[0], load->place, "a capacitance") * (farad == "ff" ? 1e-3 : 1);
  const LibertyAttribute* voltage = group.find("nom_voltage");
  if (!voltage || voltage->values.empty())
    throw Error(bad_liberty).at(group.place).say("the library has no 'nom_voltage'");
  library.voltage_ = number(voltage->values[0], voltage->place, "a voltage") * units.voltage;
  if (const auto* t = group.find("nom_temperature"); t && !t->values.empty())
    library.celsius_ = number(t->values[0], t->place, "a temperature");

  for (const auto& inner : group.groups)
    if (inner.name == "power_lut_template" && !inner.arguments.empty())
      units.templates[inner.arguments[0]] = &inner;
  bool flip_flops = false;
  for (const auto& inner : group.groups) {
    if (inner.name != "cell") continue;
    LibraryCell cell = cell_of(inner, units);
    flip_flops = flip_flops || cell.flip_flop.has_value();
    library.cells_.emplace(cell.name, std::move(cell));
  }
  if (library.cells_.empty())
    throw Error(bad_liberty).at(group.place).say("the library has no cells");
  if (!flip_flops)
    throw Error(bad_liberty)
        .at(group.place)
        .say("the library has no flip-flops, and every unit needs them");
  return library;
}

}  // namespace mantissa::rtl
