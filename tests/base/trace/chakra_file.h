// SPDX-License-Identifier: Apache-2.0
// Files to test readers with: temporary paths, raw bytes, and Chakra messages put together by hand
// from the field numbers, without the schema that the code under test uses.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

namespace mantissa::trace {

inline std::string temporary(const std::string& name) {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  return ::testing::TempDir() + test->test_suite_name() + "." + test->name() + "." + name;
}

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string write_bytes(const std::string& path, const std::string& bytes) {
  std::remove(path.c_str());  // a file system may flush what replaces an existing file
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

namespace wire {

inline std::string varint(std::uint64_t v) {
  std::string s;
  for (; v >= 0x80; v >>= 7) s += static_cast<char>(v | 0x80);
  return s + static_cast<char>(v);
}
inline std::string number(int field, std::uint64_t v) {
  return varint(static_cast<std::uint64_t>(field) << 3) + varint(v);
}
inline std::string text(int field, const std::string& v) {
  return varint(static_cast<std::uint64_t>(field) << 3 | 2) + varint(v.size()) + v;
}
inline std::string fixed64(int field, std::uint64_t v) {
  return varint(static_cast<std::uint64_t>(field) << 3 | 1) +
         std::string(reinterpret_cast<const char*>(&v), 8);
}
inline std::string framed(const std::string& message) { return varint(message.size()) + message; }

inline std::string metadata(const std::string& attributes = "") {
  return framed(text(1, "0.0.4") + attributes);
}
// An attribute of a Node: name and one member of the value.
inline std::string attribute(const std::string& name, const std::string& member) {
  return text(10, text(1, name) + member);
}
inline std::string node(std::uint64_t id, const std::string& name, int type,
                        const std::string& rest = "") {
  return framed(number(1, id) + text(2, name) + number(3, static_cast<std::uint64_t>(type)) + rest);
}
inline std::string after(std::uint64_t parent) { return number(4, parent); }
inline std::string reads(std::uint64_t parent) { return number(5, parent); }

}  // namespace wire
}  // namespace mantissa::trace
