// SPDX-License-Identifier: Apache-2.0
#include "rtl/synthesis/netlist.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace mantissa::rtl {
namespace {

using Json = nlohmann::ordered_json;

class Flattening {
 public:
  Flattening(const Json& modules, const Library& library) : modules_(modules), library_(library) {}

  Netlist take(const std::string& top) {
    if (!modules_.contains(top))
      throw Error(bad_netlist).read(top).expected("the top module of the netlist");
    const Json& module = modules_.at(top);
    std::map<int, Net> bits;
    for (const auto& [name, port] : module.at("ports").items()) {
      NetlistPort out;
      out.name = name;
      const std::string direction = port.at("direction");
      if (direction != "input" && direction != "output")
        throw Error(bad_netlist).read(direction).expected("input or output at port '" + name + "'");
      out.direction = direction == "input" ? Direction::input : Direction::output;
      for (const auto& bit : port.at("bits")) out.bits.push_back(net_of(bit, bits));
      netlist_.ports.push_back(std::move(out));
    }
    module_into(module, "", bits);
    for (auto& port : netlist_.ports)
      for (Net& net : port.bits) net = representative(net);
    for (auto& gate : netlist_.gates)
      for (Net& net : gate.nets) net = representative(net);
    return std::move(netlist_);
  }

 private:
  Net net_of(const Json& bit, std::map<int, Net>& bits) {
    if (bit.is_string()) return bit.get<std::string>() == "1" ? net_one : net_zero;
    const auto [found, fresh] = bits.emplace(bit.get<int>(), netlist_.nets);
    if (fresh) ++netlist_.nets;
    return found->second;
  }

  void module_into(const Json& module, const std::string& path, std::map<int, Net>& bits) {
    const auto block = static_cast<std::uint32_t>(netlist_.blocks.size());
    netlist_.blocks.push_back(path);
    for (const auto& [name, cell] : module.at("cells").items()) {
      const std::string type = cell.at("type");
      const Json& connections = cell.at("connections");
      if (modules_.contains(type) && library_.cells().count(type) == 0) {
        std::map<int, Net> inner;
        const Json& below = modules_.at(type);
        for (const auto& [port, description] : below.at("ports").items()) {
          if (!connections.contains(port)) continue;
          const Json& outer = connections.at(port);
          const Json& own = description.at("bits");
          if (outer.empty() && description.at("direction") == "output") continue;  // left open
          if (outer.size() != own.size())
            throw Error(bad_netlist)
                .read(fmt::format("{} bits at port '{}' of '{}'", outer.size(), port, name))
                .expected(std::to_string(own.size()));
          for (std::size_t i = 0; i < own.size(); ++i) bind(own[i], outer[i], inner, bits);
        }
        module_into(below, path.empty() ? name : path + "." + name, inner);
        continue;
      }
      Gate gate;
      gate.cell = &library_.cell(type);
      gate.block = block;
      gate.name = path.empty() ? name : path + "." + name;
      for (const auto& pin : gate.cell->pins) {
        if (connections.contains(pin.name) && connections.at(pin.name).size() == 1)
          gate.nets.push_back(net_of(connections.at(pin.name)[0], bits));
        else
          gate.nets.push_back(pin.direction == Direction::output ? netlist_.nets++ : net_zero);
      }
      netlist_.gates.push_back(std::move(gate));
    }
  }

  // A port of a module is another name for the net outside. One net may lead to two ports, and a
  // constant may leave a block: nets are joined, the constants being the representatives.
  void bind(const Json& own, const Json& outer, std::map<int, Net>& inner,
            std::map<int, Net>& bits) {
    const Net a = representative(net_of(own, inner)), b = representative(net_of(outer, bits));
    if (a != b) joined_[std::max(a, b)] = std::min(a, b);
  }

  Net representative(Net net) const {
    for (auto found = joined_.find(net); found != joined_.end(); found = joined_.find(net))
      net = found->second;
    return net;
  }

  std::map<Net, Net> joined_;
  const Json& modules_;
  const Library& library_;
  Netlist netlist_;
};

}  // namespace

const NetlistPort& Netlist::port(const std::string& name) const {
  for (const auto& p : ports)
    if (p.name == name) return p;
  throw Error(bad_netlist).say("the netlist has no port '" + name + "'");
}

double Netlist::area() const {
  double sum = 0;
  for (const auto& gate : gates) sum += gate.cell->area;
  return sum;
}

double Netlist::leakage() const {
  double sum = 0;
  for (const auto& gate : gates) sum += gate.cell->leakage;
  return sum;
}

std::vector<double> Netlist::loads(double wire) const {
  std::vector<double> load(nets, 0.0);
  for (const auto& gate : gates)
    for (std::size_t i = 0; i < gate.nets.size(); ++i)
      if (gate.cell->pins[i].direction == Direction::input)
        load[gate.nets[i]] += gate.cell->pins[i].capacitance + wire;
  return load;
}

Netlist read_netlist(const std::string& json, const std::string& top, const Library& library,
                     const std::vector<Port>& contract) {
  const Json all = Json::parse(json);
  Netlist netlist = Flattening(all.at("modules"), library).take(top);
  std::vector<Port> ports = contract;
  ports.push_back({"clk_i", Direction::input, 1, {}});
  ports.push_back({"rst_ni", Direction::input, 1, {}});
  for (const auto& port : ports) {
    const NetlistPort& found = netlist.port(port.name);
    if (found.bits.size() != port.width || found.direction != port.direction)
      throw Error(bad_netlist)
          .say("port '" + port.name + "' was misread by yosys")
          .read(fmt::format("{} bits", found.bits.size()))
          .expected(fmt::format("{} bits of {}", port.width,
                                port.direction == Direction::input ? "input" : "output"));
  }
  if (netlist.ports.size() != ports.size())
    throw Error(bad_netlist)
        .read(fmt::format("{} ports", netlist.ports.size()))
        .expected(std::to_string(ports.size()));
  return netlist;
}

}  // namespace mantissa::rtl
