// SPDX-License-Identifier: Apache-2.0
#include "workloads/networks/network.h"

#include <cmath>
#include <utility>

#include "base/config/kinds.h"
#include "base/trace/builder.h"
#include "workloads/errors.h"
#include "workloads/networks/backward.h"
#include "workloads/networks/interpreter.h"

namespace mantissa::workloads {

using config::Node;
using trace::NumberFormat;

namespace {

// Mantissa exactly 1/2: positive, finite, one bit.
bool is_power_of_two(double x) {
  int exponent = 0;
  return std::frexp(x, &exponent) == 0.5;
}

// Formats that have a row in the table of emitter.h; a core of a user may have others, for traces
// that say everything themselves.
NumberFormat operand_format(NetworkFormat format, NumberFormat native) {
  std::string legal;
  for (const auto& [candidate, name] : config::EnumNames<NetworkFormat>::names()) {
    if (candidate == NetworkFormat::native) continue;
    const auto f = trace::number_format(name);
    MANTISSA_CHECK(f.has_value(), "a format of networks is one of tensors");
    if (format == candidate || (format == NetworkFormat::native && *f == native)) return *f;
    legal += (legal.empty() ? "" : ", ") + std::string(name);
  }
  throw Error(unsupported_format)
      .say("the core's native format has no layers")
      .read(trace::name(native))
      .expected("one of " + legal)
      .remedy("Say --set workload.format=int8, or another of these.");
}

NumberFormat weight_format(const NetworkConfig& config, NumberFormat operand, const Place& place) {
  const NumberFormat weight =
      operand_format(config.weight_format.value_or(NetworkFormat::native), operand);
  if (trace::is_integer(weight) == trace::is_integer(operand)) return weight;
  throw Error(unsupported_format)
      .at(place)
      .say("weight_format: integers multiply integers, and floats floats")
      .read(std::string(trace::name(operand)) + " x " + trace::name(weight))
      .expected(trace::is_integer(operand) ? "int8 or int4" : "a floating-point format")
      .remedy("Say --set workload.weight_format, or leave it out: as format.");
}

// The document without the sections that the schema does not know.
Node plain_part(const Node& document) {
  Node plain = document;
  for (const std::string& section : network_sections()) plain.erase(section);
  return plain;
}

const Node& section(const Node& document, const char* name) {
  static const Node absent;
  const Node* found = document.find(name);
  return found == nullptr ? absent : *found;
}

}  // namespace

const std::vector<std::string>& network_sections() {
  static const std::vector<std::string> sections{"parameters", "input", "blocks", "layers"};
  return sections;
}

const config::Schema<NetworkConfig>& NetworkConfig::schema() {
  static const auto s =
      config::Schema<NetworkConfig>("Network")
          .required("version", &NetworkConfig::version, config::range(1, 1), "Of this file format.")
          .required("kind", &NetworkConfig::kind, "network, or ops for a list of operators.")
          .optional("name", &NetworkConfig::name, "Shown in results; the file's name without one.")
          .optional("description", &NetworkConfig::description, "What it is and where it is from.")
          .optional("batch", &NetworkConfig::batch, config::range(1, 1 << 20),
                    "Samples, split over the cores as evenly as it goes.")
          .optional("pass", &NetworkConfig::pass,
                    "Of the network as it is, or of its gradients (workloads/networks/backward.h).")
          .optional("format", &NetworkConfig::format,
                    "Number format of weights and stored activations; native: the core's own.")
          .optional("weight_format", &NetworkConfig::weight_format,
                    "Of weights alone, such as int4 beside int8; none: as format.")
          .optional("seed", &NetworkConfig::seed, config::range(0, 9007199254740992.0),
                    "Of synthetic operands.")
          .optional("activation_scale", &NetworkConfig::activation_scale,
                    "Step of int8 activations, a power of two; int4 takes 16 times as much.")
          .optional("weight_scale", &NetworkConfig::weight_scale,
                    "Step of int8 weights, a power of two up to 1; none: 1/64 over the root of the "
                    "number of products, rounded to a power of two. int4 takes 16 times as much.")
          .constraint("activation_scale",
                      [](const NetworkConfig& c) {
                        return is_power_of_two(c.activation_scale)
                                   ? ""
                                   : "activation_scale must be a power of two";
                      })
          .constraint("weight_scale", [](const NetworkConfig& c) {
            return !c.weight_scale || (is_power_of_two(*c.weight_scale) && *c.weight_scale <= 1)
                       ? ""
                       : "weight_scale must be a power of two, at most 1";
          });
  return s;
}

const config::Schema<InputConfig>& InputConfig::schema() {
  static const auto s =
      config::Schema<InputConfig>("Input of the network")
          .required("shape", &InputConfig::shape, config::at_least(1),
                    "Of one sample: [C,H,W], [L,F], [F], or [L] for indices.")
          .optional("indices", &InputConfig::indices, "Integers that select rows of a table.");
  return s;
}

// References are resolved once; what is wrong with the text is found here, before any shape is
// known.
Network::Network(const Node& document)
    : config_(NetworkConfig::schema().parse(plain_part(document))),
      blocks_(read_blocks(document.find("blocks"))),
      bindings_(section(document, "parameters")) {
  for (const char* needed : {"input", "layers"}) {
    if (document.find(needed) == nullptr) {
      throw Error(config::missing_key)
          .at(document.place())
          .say(std::string("a network needs the section '") + needed + "'");
    }
  }
  if (const Node* node = document.find("weight_format")) weight_format_place_ = node->place();
  if (const Node* node = document.find("pass")) pass_place_ = node->place();
  input_ = bindings_.resolve(*document.find("input"));
  layers_ = bindings_.resolve(*document.find("layers"));
  check_blocks_used(blocks_, layers_);
  for (const auto& [name, block] : blocks_) bindings_.note_references(block.layers);
  bindings_.check_all_used();
}

trace::Trace Network::build(NumberFormat native, std::int64_t first, std::int64_t samples,
                            std::uint32_t rank) const {
  Arithmetic arithmetic;
  arithmetic.operand = operand_format(config_.format, native);
  arithmetic.weight = weight_format(config_, arithmetic.operand, weight_format_place_);
  arithmetic.activation_scale = arithmetic.integer()
                                    ? Arithmetic::step(arithmetic.operand, config_.activation_scale)
                                    : config_.activation_scale;
  arithmetic.weight_scale = config_.weight_scale;
  trace::TraceBuilder builder(config_.name, rank);
  builder.trace().metadata["first_sample"] = std::to_string(first);
  Emitter emitter(builder, arithmetic);

  const InputConfig input = InputConfig::schema().parse(input_, "input");
  trace::Shape shape{samples};
  shape.insert(shape.end(), input.shape.begin(), input.shape.end());
  const Value x = input.indices ? emitter.input("input", shape, NumberFormat::int32)
                                : emitter.input("input", shape);
  // The result leaves the network in its format, as every stored activation does.
  emitter.closed(Interpreter(emitter, blocks_, bindings_).layers(layers_, x));
  trace::Trace forward = builder.finish();
  if (config_.pass == NetworkPass::forward) return forward;
  return backward_pass(forward, arithmetic.operand, pass_place_);
}

}  // namespace mantissa::workloads

namespace mantissa::config {

const std::vector<std::pair<workloads::NetworkPass, const char*>>&
EnumNames<workloads::NetworkPass>::names() {
  using P = workloads::NetworkPass;
  static const std::vector<std::pair<P, const char*>> names = {{P::forward, "forward"},
                                                               {P::backward, "backward"}};
  return names;
}

const std::vector<std::pair<workloads::NetworkFormat, const char*>>&
EnumNames<workloads::NetworkFormat>::names() {
  using F = workloads::NetworkFormat;
  static const std::vector<std::pair<F, const char*>> names = {
      {F::native, "native"},     {F::int4, "int4"},         {F::int8, "int8"},
      {F::fp4_e2m1, "fp4_e2m1"}, {F::fp6_e2m3, "fp6_e2m3"}, {F::fp6_e3m2, "fp6_e3m2"},
      {F::fp8_e4m3, "fp8_e4m3"}, {F::fp8_e5m2, "fp8_e5m2"}, {F::bf16, "bf16"},
      {F::fp16, "fp16"},         {F::tf32, "tf32"},         {F::fp32, "fp32"}};
  return names;
}

}  // namespace mantissa::config
