// SPDX-License-Identifier: Apache-2.0
#include "base/faults/secded.h"

namespace mantissa::faults {
namespace {

constexpr int weight(unsigned v) {
  int count = 0;
  for (; v != 0; v &= v - 1) ++count;
  return count;
}

constexpr std::array<std::uint8_t, 64> make_columns() {
  std::array<std::uint8_t, 64> columns{};
  std::size_t bit = 0;
  for (unsigned v = 0; v < 256; ++v)
    if (weight(v) == 3) columns[bit++] = static_cast<std::uint8_t>(v);
  for (unsigned r = 0; r < 8; ++r)
    columns[bit++] = static_cast<std::uint8_t>(0x1Fu << r | 0x1Fu >> (8 - r));
  return columns;
}
constexpr auto columns = make_columns();

// The check byte is linear in the data: one table per byte of the word.
constexpr std::array<std::array<std::uint8_t, 256>, 8> make_check_tables() {
  std::array<std::array<std::uint8_t, 256>, 8> tables{};
  for (std::size_t byte = 0; byte < 8; ++byte)
    for (unsigned v = 0; v < 256; ++v)
      for (unsigned bit = 0; bit < 8; ++bit)
        if (v >> bit & 1)
          tables[byte][v] = static_cast<std::uint8_t>(tables[byte][v] ^ columns[byte * 8 + bit]);
  return tables;
}
constexpr auto check_tables = make_check_tables();

// Which data bit a syndrome accuses: its number, 64 for a check bit, 65 for no single bit.
constexpr std::array<std::uint8_t, 256> make_accused() {
  std::array<std::uint8_t, 256> accused{};
  for (auto& a : accused) a = 65;
  for (unsigned i = 0; i < 8; ++i) accused[1u << i] = 64;
  for (std::size_t bit = 0; bit < 64; ++bit) accused[columns[bit]] = static_cast<std::uint8_t>(bit);
  return accused;
}
constexpr auto accused = make_accused();

}  // namespace

const std::array<std::uint8_t, 64>& secded_columns() { return columns; }

std::uint8_t secded_check(std::uint64_t data) {
  unsigned check = 0;
  for (std::size_t byte = 0; byte < 8; ++byte)
    check ^= check_tables[byte][data >> (8 * byte) & 255];
  return static_cast<std::uint8_t>(check);
}

SecdedRead secded_decode(std::uint64_t data, std::uint8_t check) {
  const auto syndrome = static_cast<std::uint8_t>(secded_check(data) ^ check);
  if (syndrome == 0) return {data, SecdedOutcome::clean};
  const unsigned bit = accused[syndrome];
  if (bit == 65) return {data, SecdedOutcome::detected};
  return {bit == 64 ? data : data ^ (1ull << bit), SecdedOutcome::corrected};
}

}  // namespace mantissa::faults
