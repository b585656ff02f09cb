// SPDX-License-Identifier: Apache-2.0
// A file of length-delimited messages: varint32 length, then that many bytes, repeated. Reading
// detects gzip by 1f 8b; writing compresses when the path ends in .gz. One message is in memory at
// a time. Offsets count the bytes of the uncompressed stream.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace mantissa::trace {

inline const ErrorKind file_unreadable{"trace.file", ExitCode::bad_input,
                                       "A file that cannot be opened or read."};
inline const ErrorKind file_unwritable{"trace.write", ExitCode::resource,
                                       "A file that cannot be created or written."};
inline const ErrorKind truncated{"trace.truncated", ExitCode::bad_input,
                                 "The file ends in the middle of a message, or misses messages."};
inline const ErrorKind bad_varint{"trace.varint", ExitCode::bad_input,
                                  "A message length that is no varint of 32 bits."};
inline const ErrorKind bad_length{"trace.length", ExitCode::bad_input,
                                  "A message longer than any legal one (256 MiB)."};
inline const ErrorKind bad_gzip{"trace.gzip", ExitCode::bad_input,
                                "A compressed file whose contents are damaged."};

// "byte offset 1234" of the file.
Place offset_place(const std::string& path, std::uint64_t offset);

class MessageReader {
 public:
  explicit MessageReader(std::string path);
  ~MessageReader();
  MessageReader(const MessageReader&) = delete;
  MessageReader& operator=(const MessageReader&) = delete;

  // The next message, or false at the end of the file. `offset` is where its length stands.
  bool next(std::string& message);
  std::uint64_t offset() const { return start_; }
  std::uint64_t end() const { return position_; }
  const std::string& path() const { return path_; }

 private:
  std::size_t read(char* to, std::size_t n);
  bool read_length(std::uint32_t& length);
  [[noreturn]] void throw_truncated(std::uint64_t wanted) const;

  std::string path_;
  void* file_ = nullptr;  // zlib's gzFile
  std::uint64_t start_ = 0, position_ = 0;
};

class MessageWriter {
 public:
  explicit MessageWriter(std::string path);
  ~MessageWriter();
  MessageWriter(const MessageWriter&) = delete;
  MessageWriter& operator=(const MessageWriter&) = delete;

  void write(std::string_view message);
  void close();  // throws when the last bytes do not reach the disk; the destructor keeps silent

 private:
  void put(const char* from, std::size_t n);
  [[noreturn]] void throw_unwritable(const std::string& reason) const;

  std::string path_;
  void* file_ = nullptr;
};

}  // namespace mantissa::trace
