// SPDX-License-Identifier: Apache-2.0
// Tensor contents in safetensors files: little-endian, row-major, named as in the trace.
//
// The file: u64 header length N (at most 100,000,000), N bytes of JSON that begin with `{` and may
// end in spaces, then the data. An entry is {dtype, shape, data_offsets: [begin, end)}, offsets
// relative to the data; sorted by offset the entries follow each other without gap or overlap from
// 0 to the end of the file. `__metadata__` maps texts to texts.
//
// Formats without a dtype there (int4, uint4, binary), and 4- or 6-bit tensors that do not fill
// whole bytes, are stored as U8 of their packed bytes (first element in the low bits), and the
// metadata `mantissa.format.<name>` = "int4 64x3" tells what they are.
//
//   SafetensorsFile file("model.safetensors");         // reads the header only
//   std::vector<float> w = file.values<float>("fc.weight");
//   write_safetensors("out.safetensors", {{"x", NumberFormat::fp32, {2, 2}, x.data()}});
//
// Errors: the kinds below, with byte offset or entry name; message_stream.h for unreadable files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/trace/graph.h"

namespace mantissa::trace {

inline const ErrorKind safetensors_truncated{
    "safetensors.truncated", ExitCode::bad_input,
    "A safetensors file that ends before its header or its data do."};
inline const ErrorKind safetensors_header{
    "safetensors.header", ExitCode::bad_input,
    "A safetensors header that is too long, no JSON object, or no table of tensors."};
inline const ErrorKind safetensors_duplicate{"safetensors.duplicate", ExitCode::bad_input,
                                             "A name that the header holds twice."};
inline const ErrorKind safetensors_entry{
    "safetensors.entry", ExitCode::bad_input,
    "A tensor's entry with an unknown dtype, an impossible shape or missing fields."};
inline const ErrorKind safetensors_layout{
    "safetensors.layout", ExitCode::bad_input,
    "Data offsets that overlap, leave a gap, or do not match the shape or the file."};
inline const ErrorKind safetensors_missing{"safetensors.missing", ExitCode::bad_input,
                                           "A tensor that the file does not hold."};

struct SafetensorsEntry {
  std::string name;
  NumberFormat format = NumberFormat::fp32;
  Shape shape;
  std::uint64_t begin = 0, end = 0;  // bytes, relative to the data

  std::uint64_t bytes() const { return end - begin; }
};

class SafetensorsFile {
 public:
  explicit SafetensorsFile(std::string path);
  ~SafetensorsFile();
  SafetensorsFile(const SafetensorsFile&) = delete;
  SafetensorsFile& operator=(const SafetensorsFile&) = delete;

  const std::string& path() const { return path_; }
  const std::vector<SafetensorsEntry>& entries() const { return entries_; }  // by offset
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  bool has(const std::string& name) const { return index_.count(name) != 0; }
  const SafetensorsEntry& entry(const std::string& name) const;  // throws safetensors_missing

  // Reads `size` bytes from `offset` within the tensor. Safe from several threads.
  void read(const SafetensorsEntry& entry, void* to, std::uint64_t offset,
            std::uint64_t size) const;
  std::vector<std::byte> bytes(const std::string& name) const;

  // The contents as the machine's own type, whose size must be the format's.
  template <class T>
  std::vector<T> values(const std::string& name) const {
    const SafetensorsEntry& e = entry(name);
    expect_width(e, 8 * sizeof(T));
    std::vector<T> out(e.bytes() / sizeof(T));
    read(e, out.data(), 0, e.bytes());
    return out;
  }

 private:
  void read_at(void* to, std::uint64_t offset, std::uint64_t size) const;
  void expect_width(const SafetensorsEntry& entry, std::size_t bits) const;

  std::string path_;
  int file_ = -1;
  std::uint64_t data_begin_ = 0;
  std::vector<SafetensorsEntry> entries_;
  std::map<std::string, std::size_t> index_;
  std::map<std::string, std::string> metadata_;
};

// A tensor to be written; `bytes` holds storage_bytes(format, elements) bytes.
struct TensorContents {
  std::string name;
  NumberFormat format = NumberFormat::fp32;
  Shape shape;
  const void* bytes = nullptr;
};

// Widest elements first, then by name, so that all are aligned; the data begin at a multiple of 8.
void write_safetensors(const std::string& path, const std::vector<TensorContents>& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace mantissa::trace
