// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/checksum.h"

#include <openssl/evp.h>

#include <array>

#include "workloads/data/errors.h"

namespace mantissa::data {

const char* name(ChecksumKind kind) { return kind == ChecksumKind::md5 ? "MD5" : "SHA-256"; }

std::size_t hex_digits(ChecksumKind kind) { return kind == ChecksumKind::md5 ? 32 : 64; }

Checksum checksum_of(ChecksumKind kind, const Bytes& bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned length = 0;
  const EVP_MD* algorithm = kind == ChecksumKind::md5 ? EVP_md5() : EVP_sha256();
  const int done = EVP_Digest(bytes.data(), bytes.size(), sum.data(), &length, algorithm, nullptr);
  MANTISSA_CHECK(done == 1 && 2 * length == hex_digits(kind), "libcrypto makes no checksum");
  Checksum out{kind, {}};
  for (unsigned i = 0; i < length; ++i) {
    out.digits += "0123456789abcdef"[sum[i] >> 4];
    out.digits += "0123456789abcdef"[sum[i] & 15];
  }
  return out;
}

void verify(const Checksum& expected, const Bytes& bytes, const std::string& path) {
  const Checksum found = checksum_of(expected.kind, bytes);
  if (found.digits == expected.digits) return;
  throw Error(checksum_differs)
      .at(path)
      .say(std::string("the file is damaged, or another version: its ") + name(expected.kind) +
           " differs")
      .read(found.digits)
      .expected(expected.digits)
      .remedy("get the file again, or give the sha256 of the version you mean");
}

}  // namespace mantissa::data
