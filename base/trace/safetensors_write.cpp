// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "base/trace/check.h"
#include "base/trace/message_stream.h"
#include "base/trace/safetensors_header.h"
#include "base/units.h"

namespace mantissa::trace {

namespace {

// Stored as packed bytes: no dtype of its own, or elements that do not fill whole bytes.
bool as_bytes(const TensorContents& t) {
  if (info(t.format).safetensors == nullptr) return true;
  return static_cast<std::uint64_t>(elements(t.shape)) * bits(t.format) % 8 != 0;
}

const std::string& checked(const std::string& path, const std::string& text) {
  if (!is_utf8(text)) throw Error(safetensors_header).at(path).read(text).expected("UTF-8");
  return text;
}

}  // namespace

void write_safetensors(const std::string& path, const std::vector<TensorContents>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  // 1. The order in the file, and names that the format allows.
  std::vector<const TensorContents*> order;
  std::set<std::string> names{std::string(safetensors_metadata_key)};
  for (const TensorContents& t : tensors) {
    if (auto error = size_violation({t.name, t.format, t.shape, Role::activation})) throw *error;
    if (!names.insert(checked(path, t.name)).second) {
      throw Error(safetensors_duplicate).at(path).read(t.name).expected("each name once");
    }
    order.push_back(&t);
  }
  const auto width = [](const TensorContents& t) { return as_bytes(t) ? 8u : bits(t.format); };
  std::sort(order.begin(), order.end(), [&](const auto* a, const auto* b) {
    const unsigned wa = width(*a), wb = width(*b);
    return std::tie(wb, a->name) < std::tie(wa, b->name);
  });

  // 2. The header. Formats that the dtype does not tell stand in the metadata.
  nlohmann::ordered_json header;
  auto& said = header[std::string(safetensors_metadata_key)] = nlohmann::ordered_json::object();
  for (const auto& [key, value] : metadata) said[checked(path, key)] = checked(path, value);
  std::uint64_t end = 0;
  for (const TensorContents* t : order) {
    const std::uint64_t begin = end;
    const std::uint64_t size = storage_bytes(t->format, elements(t->shape));
    end += size;
    nlohmann::ordered_json entry;
    if (as_bytes(*t)) {
      entry["dtype"] = "U8";
      entry["shape"] = {size};
    } else {
      entry["dtype"] = info(t->format).safetensors;
      entry["shape"] = t->shape;
    }
    entry["data_offsets"] = {begin, end};
    if (as_bytes(*t) || t->format == NumberFormat::tf32) {
      header[std::string(safetensors_metadata_key)]
            [std::string(safetensors_format_prefix) + t->name] =
                std::string(name(t->format)) + " " + text(t->shape);
    }
    header[t->name] = std::move(entry);
  }
  std::string json = header.dump();
  json.resize(round_up(json.size(), 8), ' ');
  if (json.size() > safetensors_longest_header) {
    throw Error(safetensors_header)
        .at(path)
        .read("a header of " + std::to_string(json.size()) + " bytes")
        .expected("at most " + std::to_string(safetensors_longest_header));
  }

  // 3. The bytes.
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  const std::uint64_t length = json.size();
  file.write(reinterpret_cast<const char*>(&length), sizeof length);
  file.write(json.data(), static_cast<std::streamsize>(json.size()));
  for (const TensorContents* t : order) {
    const std::uint64_t size = storage_bytes(t->format, elements(t->shape));
    if (size > 0) {
      file.write(static_cast<const char*>(t->bytes), static_cast<std::streamsize>(size));
    }
  }
  file.close();
  if (!file) {
    throw Error(file_unwritable)
        .at(path)
        .say(errno != 0 ? std::strerror(errno) : "the bytes were not taken");
  }
}

}  // namespace mantissa::trace
