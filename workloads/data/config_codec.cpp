// SPDX-License-Identifier: Apache-2.0
// How the values of a DataConfig are read and written.
#include "base/config/kinds.h"
#include "workloads/data/config.h"
#include "workloads/data/errors.h"

namespace mantissa::config {

using data::DataConfig;
using data::FileFormat;
using data::GivenSums;
using data::HeaderLine;
using data::InputFile;
using data::Known;

const std::vector<std::pair<Known, const char*>>& EnumNames<Known>::names() {
  static const std::vector<std::pair<Known, const char*>> table = {
      {Known::none, "none"},
      {Known::digits, "digits"},
      {Known::mnist, "mnist"},
      {Known::fashion_mnist, "fashion_mnist"},
      {Known::cifar10, "cifar10"},
      {Known::cifar100, "cifar100"},
      {Known::gaussians, "gaussians"},
      {Known::stripes, "stripes"},
      {Known::linear_teacher, "linear_teacher"}};
  return table;
}

const std::vector<std::pair<FileFormat, const char*>>& EnumNames<FileFormat>::names() {
  static const std::vector<std::pair<FileFormat, const char*>> table = {
      {FileFormat::none, "none"},        {FileFormat::idx, "idx"}, {FileFormat::csv, "csv"},
      {FileFormat::npy, "npy"},          {FileFormat::npz, "npz"}, {FileFormat::cifar10, "cifar10"},
      {FileFormat::cifar100, "cifar100"}};
  return table;
}

const std::vector<std::pair<HeaderLine, const char*>>& EnumNames<HeaderLine>::names() {
  static const std::vector<std::pair<HeaderLine, const char*>> table = {
      {HeaderLine::automatic, "automatic"},
      {HeaderLine::present, "present"},
      {HeaderLine::absent, "absent"}};
  return table;
}

InputFile Codec<InputFile>::parse(const Node& node, const std::string& path, const Range&) {
  const std::string text = parse_text(node, path);
  if (text == "none" && !node.quoted()) return {};
  if (const auto found = find_path(node, text, PathKind::file)) return {*found};
  throw Error(data::no_such_file)
      .at(node.place())
      .say(path + ": no such file")
      .read(text)
      .expected("a file, beside the one that names it or from here");
}

Node Codec<InputFile>::write(const InputFile& value) {
  return value.given() ? Node::scalar(value.path, {}, needs_quotes(value.path))
                       : Node::scalar("none");
}

GivenSums Codec<GivenSums>::parse(const Node& node, const std::string& path, const Range&) {
  GivenSums out{{}, node.place()};
  std::vector<Node> items{node};
  if (node.is_sequence()) items = node.items();
  for (const Node& item : items) {
    std::string text = parse_text(item, path);
    for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
    if (text.size() != data::hex_digits(data::ChecksumKind::sha256) ||
        text.find_first_not_of("0123456789abcdef") != std::string::npos) {
      throw Error(wrong_type)
          .at(item.place())
          .say(path)
          .read(item.text())
          .expected("a SHA-256 of 64 hexadecimal digits, as sha256sum prints it");
    }
    out.sums.push_back({data::ChecksumKind::sha256, text});
  }
  return out;
}

Node Codec<GivenSums>::write(const GivenSums& value) {
  std::vector<Node> items;
  for (const auto& sum : value.sums)
    items.push_back(Node::scalar(sum.digits, {}, needs_quotes(sum.digits)));
  return Node::sequence(std::move(items));
}

ParameterInfo Codec<DataConfig>::info() {
  ParameterInfo info = ParameterInfo::of(ValueKind::section, "name or section");
  info.children = DataConfig::schema().parameters();
  return info;
}

DataConfig Codec<DataConfig>::parse(const Node& node, const std::string& path, const Range&) {
  if (!node.is_scalar()) return DataConfig::schema().parse(node, path);
  return DataConfig::schema().parse(Node::map({{"name", node}}, node.place()), path);
}

Node Codec<DataConfig>::write(const DataConfig& value) { return DataConfig::schema().write(value); }

}  // namespace mantissa::config
