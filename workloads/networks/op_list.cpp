// SPDX-License-Identifier: Apache-2.0
#include "workloads/networks/op_list.h"

#include <map>
#include <type_traits>
#include <utility>

#include "base/config/kinds.h"
#include "base/config/values.h"
#include "base/trace/builder.h"
#include "workloads/errors.h"
#include "workloads/networks/language.h"

namespace mantissa::workloads {

using config::Node;
using trace::NumberFormat;
using trace::TensorId;

namespace {

struct TensorConfig {
  std::string format = "native", role = "input";
  std::vector<std::int64_t> shape;
  static const config::Schema<TensorConfig>& schema() {
    static const auto s =
        config::Schema<TensorConfig>("Tensor from outside")
            .required("shape", &TensorConfig::shape, config::at_least(0), "Dimensions.")
            .optional("format", &TensorConfig::format, "Number format; native: the core's own.")
            .optional("role", &TensorConfig::role, "input, or parameter.")
            .constraint("role", [](const TensorConfig& c) {
              return c.role == "input" || c.role == "parameter" ? "" : "role is input or parameter";
            });
    return s;
  }
};

struct OpConfig {
  std::string op, name, format;
  std::vector<std::string> inputs, after;
  std::int64_t outputs = 0;
  static const config::Schema<OpConfig>& schema() {
    static const auto s =
        config::Schema<OpConfig>("Operator")
            .required("op", &OpConfig::op, "Its kind, as the vocabulary calls it.")
            .required("name", &OpConfig::name, "Its name, and that of its first output.")
            .optional("inputs", &OpConfig::inputs, "Operands in order; none for an absent one.")
            .optional("outputs", &OpConfig::outputs, config::at_least(0),
                      "How many outputs are wanted; 0: those that the operator must have.")
            .optional("format", &OpConfig::format, "Of the first output, where it may be chosen.")
            .optional("after", &OpConfig::after,
                      "Operators to wait for beyond those of the inputs.");
    return s;
  }
};

Node without(Node node, const char* key) {
  node.erase(key);
  return node;
}

// A list that must not be empty.
const Node& items_of(const Node* list, const Place& place, const char* what) {
  if (list == nullptr || !list->is_sequence() || list->items().empty()) {
    throw Error(bad_form)
        .at(list == nullptr ? place : list->place())
        .say(std::string(what) + " must be a list with at least one entry");
  }
  return *list;
}

// What `native` stands for, or the format of that name.
NumberFormat format_of(const std::string& name, NumberFormat native, const Place& place) {
  if (name == "native") return native;
  if (const auto format = trace::number_format(name)) return *format;
  std::vector<std::string> names{"native"};
  for (const auto& row : trace::number_formats()) names.push_back(row.name);
  throw Error(config::unknown_choice)
      .at(place)
      .read(name)
      .expected("a number format")
      .nearest(nearest_name(name, names));
}

// A value of the type that the vocabulary's default has.
trace::Attribute attribute(const Node& value, const trace::Attribute& like,
                           const std::string& path) {
  return std::visit(
      [&](const auto& fallback) -> trace::Attribute {
        using T = std::decay_t<decltype(fallback)>;
        // One number stands for a list of one.
        if constexpr (std::is_same_v<T, std::vector<std::int64_t>> ||
                      std::is_same_v<T, std::vector<double>>) {
          if (value.is_scalar()) {
            return T{config::Codec<typename T::value_type>::parse(value, path, {})};
          }
        }
        return config::Codec<T>::parse(value, path, {});
      },
      like);
}

// Keeps the names of what there is so far: operators may use only what stands above them.
class OpListBuilder {
 public:
  OpListBuilder(std::string name, NumberFormat native, std::uint32_t ranks)
      : builder_(std::move(name)), native_(native), ranks_(ranks) {}

  void add_tensors(const Node& tensors);
  void add_op(const Node& item);
  trace::Trace finish() { return builder_.finish(); }

 private:
  TensorId find_tensor(const std::string& name, const Place& place) const;
  trace::Attributes attributes(const Node& item, const trace::OpSpec& row) const;

  trace::TraceBuilder builder_;
  NumberFormat native_;
  std::uint32_t ranks_;
  std::map<std::string, TensorId> tensors_;
  std::map<std::string, trace::OpId> ops_;
};

void OpListBuilder::add_tensors(const Node& tensors) {
  if (!tensors.is_map()) {
    throw Error(bad_form).at(tensors.place()).say("tensors must be a section of name: tensor");
  }
  for (const auto& [name, body] : tensors.entries()) {
    const auto c = TensorConfig::schema().parse(body, "tensors." + name);
    const NumberFormat format = format_of(c.format, native_, body.place());
    tensors_[name] = c.role == "input" ? builder_.input(name, format, c.shape)
                                       : builder_.parameter(name, format, c.shape);
  }
}

TensorId OpListBuilder::find_tensor(const std::string& name, const Place& place) const {
  if (name == "none") return trace::no_tensor;
  const auto found = tensors_.find(name);
  if (found != tensors_.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [known, id] : tensors_) names.push_back(known);
  throw Error(unknown_tensor)
      .at(place)
      .read(name)
      .expected("a tensor of the list, or the output of an operator above")
      .nearest(nearest_name(name, names));
}

trace::Attributes OpListBuilder::attributes(const Node& item, const trace::OpSpec& row) const {
  trace::Attributes out;
  std::vector<std::string> known;
  for (const auto& a : row.attributes) known.push_back(a.name);
  const Node* given = item.find("attributes");
  if (given != nullptr) expect_keys(*given, std::string("operator ") + row.name, {}, known);
  for (const auto& a : row.attributes) {
    const Node* value = given == nullptr ? nullptr : given->find(a.name);
    if (value != nullptr) out[a.name] = attribute(*value, a.fallback, a.name);
    const std::string name = a.name;
    // A collective that names no group is between all ranks of the run.
    if (value == nullptr && name == "group_size" && out.count("ranks") == 0) {
      out[name] = static_cast<std::int64_t>(ranks_);
    }
  }
  return out;
}

void OpListBuilder::add_op(const Node& item) {
  const auto c = OpConfig::schema().parse(without(item, "attributes"), "ops");
  const auto kind = trace::op_kind(c.op);
  if (!kind) {
    std::vector<std::string> names;
    for (const auto& row : trace::vocabulary()) names.push_back(row.name);
    throw Error(unknown_op)
        .at(item.find("op")->place())
        .read(c.op)
        .expected("an operator of the vocabulary")
        .nearest(nearest_name(c.op, names));
  }
  std::vector<TensorId> inputs;
  for (const std::string& name : c.inputs) {
    inputs.push_back(find_tensor(name, item.find("inputs")->place()));
  }
  std::vector<std::optional<NumberFormat>> formats;
  if (!c.format.empty()) {
    formats.push_back(format_of(c.format, native_, item.find("format")->place()));
  }
  try {
    for (TensorId id : builder_.ops(*kind, c.name, inputs, attributes(item, trace::spec(*kind)),
                                    static_cast<std::size_t>(c.outputs), formats)) {
      tensors_[builder_.tensor(id).name] = id;
    }
  } catch (Error& error) {
    if (!error.place().file.empty()) throw;
    Place place = item.place();  // the trace does not know the file
    place.detail = error.place().detail;
    throw error.at(place);
  }
  for (const std::string& name : c.after) {
    const auto earlier = ops_.find(name);
    if (earlier == ops_.end()) {
      throw Error(unknown_tensor)
          .at(item.find("after")->place())
          .read(name)
          .expected("an operator above");
    }
    builder_.after(earlier->second);
  }
  ops_[c.name] = builder_.last_op();
}

}  // namespace

const std::vector<std::string>& op_list_sections() {
  static const std::vector<std::string> sections{"parameters", "tensors", "ops"};
  return sections;
}

const config::Schema<OpListConfig>& OpListConfig::schema() {
  static const auto s =
      config::Schema<OpListConfig>("List of operators")
          .required("version", &OpListConfig::version, config::range(1, 1), "Of this file format.")
          .required("kind", &OpListConfig::kind, "ops, or network for layers.")
          .optional("name", &OpListConfig::name, "Shown in results; the file's name without one.")
          .optional("description", &OpListConfig::description, "What it is and where it is from.")
          .optional("seed", &OpListConfig::seed, config::range(0, 9007199254740992.0),
                    "Of synthetic operands.");
  return s;
}

OpListConfig read_op_list_config(const Node& document) {
  Node plain = document;
  for (const std::string& section : op_list_sections()) plain.erase(section);
  return OpListConfig::schema().parse(plain);
}

trace::Trace build_op_list(const Node& document, NumberFormat native, std::uint32_t ranks) {
  const OpListConfig c = read_op_list_config(document);
  const Node* parameters = document.find("parameters");
  Bindings bindings(parameters == nullptr ? Node() : *parameters);

  OpListBuilder list(c.name, native, ranks);
  const Node* tensors = document.find("tensors");
  if (tensors != nullptr) list.add_tensors(bindings.resolve(*tensors));
  const Node ops = bindings.resolve(items_of(document.find("ops"), document.place(), "ops"));
  bindings.check_all_used();
  for (const Node& item : ops.items()) list.add_op(item);
  return list.finish();
}

}  // namespace mantissa::workloads
