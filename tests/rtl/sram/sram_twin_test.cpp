// SPDX-License-Identifier: Apache-2.0
// Whole systems whose scratchpads are verilated memories: words, codec and failing cells.
#include "rtl/sram/sram_twin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "base/faults/draw.h"
#include "base/faults/secded.h"
#include "base/numerics/random_fill.h"
#include "tests/arch/fixtures.h"
#include "tests/arch/session/networks.h"
#include "tests/rtl/scratch_sources.h"

namespace mantissa::rtl {
namespace {

using arch::ArchConfig;
using arch::Implementation;
using arch::RunResult;
using arch::WordErrors;
using faults::Ecc;

arch::RunOptions data_mode() {
  arch::RunOptions options;
  options.fidelity = arch::Fidelity::data;
  options.operands = [](const trace::Trace&, const trace::Tensor& t) {
    return numerics::fill_random(t.format, t.shape, 7, t.name);
  };
  return options;
}

ArchConfig core(Implementation implementation, Ecc ecc) {
  ArchConfig config = arch::testing::cramped(4, 4);
  config.core.scratchpad.ecc = ecc;
  config.core.scratchpad.implementation = implementation;
  return config;
}

// One bit of 500 fails: several words have two, some three.
ArchConfig failing(ArchConfig config) {
  config.core.scratchpad.faults.emplace();
  config.core.scratchpad.faults->map = faults::MapKind::uniform;
  config.core.scratchpad.faults->rate = 0.002;
  config.core.scratchpad.faults->write_error = 0.1;
  return config;
}

void expect_equal_runs(ArchConfig config, const trace::Trace& trace) {
  const RunResult together = arch::testing::run(config, trace, data_mode());
  config.core.scratchpad.implementation = Implementation::model;
  if (config.core.weight_buffer) config.core.weight_buffer->implementation = Implementation::model;
  const RunResult alone = arch::testing::run(config, trace, data_mode());
  ASSERT_EQ(together.twins.count("scratchpad"), 1u);
  const arch::TwinResult& twin = together.twins.at("scratchpad");
  EXPECT_GT(twin.compared, 0u);
  EXPECT_EQ(twin.differing, 0u);
  EXPECT_GT(twin.cycles, twin.compared);
  EXPECT_EQ(together.cycles, alone.cycles);
  EXPECT_EQ(together.outputs.at(0).bytes, alone.outputs.at(0).bytes);
  ASSERT_EQ(together.faults.size(), alone.faults.size());
  for (const auto& [memory, counts] : alone.faults)
    EXPECT_EQ(together.faults.at(memory).silent_words, counts.silent_words);
  EXPECT_TRUE(alone.twins.empty());
}

TEST(SramTwin, keeps_every_word_of_a_network_as_the_model_does) {
  for (const Ecc ecc : {Ecc::none, Ecc::secded})
    for (const Implementation implementation : {Implementation::lockstep, Implementation::rtl})
      for (const auto& trace :
           {arch::testing::small_convnet(8, 8), arch::testing::small_transformer(9, 12)})
        expect_equal_runs(core(implementation, ecc), trace);
}

TEST(SramTwin, reads_wrong_bits_as_the_model_does) {
  for (const Ecc ecc : {Ecc::none, Ecc::secded}) {
    const ArchConfig config = failing(core(Implementation::lockstep, ecc));
    const auto trace = arch::testing::small_convnet(8, 8);
    expect_equal_runs(config, trace);
    const RunResult result = arch::testing::run(config, trace, data_mode());
    const auto& counts = result.faults.at("scratchpad");
    EXPECT_GT(counts.faulty_bits_read, 0u);
    EXPECT_GT(ecc == Ecc::none ? counts.silent_words : counts.corrected_words, 0u);
  }
}

TEST(SramTwin, is_a_weight_buffer_too) {
  ArchConfig config = core(Implementation::lockstep, Ecc::none);
  config.core.weight_buffer.emplace();
  config.core.weight_buffer->capacity = Bytes(4096);
  config.core.weight_buffer->ecc = Ecc::secded;
  config.core.weight_buffer->implementation = Implementation::lockstep;
  const auto trace = arch::testing::gemm(9, 13, 11);
  expect_equal_runs(config, trace);
  const RunResult result = arch::testing::run(config, trace, data_mode());
  ASSERT_EQ(result.twins.count("weight_buffer"), 1u);
  EXPECT_GT(result.twins.at("weight_buffer").compared, 0u);
}

// A memory of bytes beside its twin.
class Memory {
 public:
  Memory(std::uint64_t capacity, Ecc ecc, Implementation implementation = Implementation::lockstep)
      : bytes_(capacity) {
    arch::SramOfCore memory;
    memory.name = "scratchpad";
    memory.capacity = Bytes(capacity);
    memory.sram.ecc = ecc;
    memory.sram.implementation = implementation;
    twin_ = make_sram_twin(memory, {});
  }
  void write(std::uint64_t address, std::uint64_t size, std::uint64_t key) {
    for (std::uint64_t i = 0; i < size; ++i)
      bytes_[address + i] = static_cast<std::byte>(faults::derived(key, i));
    twin_->write(bytes_.data(), address, size);
  }
  std::vector<std::byte> read(std::uint64_t address, std::uint64_t size,
                              const std::vector<WordErrors>& errors = {}) {
    const auto from = bytes_.begin() + static_cast<std::ptrdiff_t>(address);
    std::vector<std::byte> out(from, from + static_cast<std::ptrdiff_t>(size));
    twin_->read(bytes_.data(), address, size, errors, out.data());
    return out;
  }
  std::uint64_t word(std::uint64_t index) const {
    std::uint64_t value = 0;
    std::memcpy(&value, &bytes_[index * 8], 8);
    return value;
  }
  arch::TwinResult result() const { return twin_->result(); }

 private:
  std::vector<std::byte> bytes_;
  std::unique_ptr<arch::SramTwin> twin_;
};

TEST(SramTwin, takes_any_range_of_bytes) {
  for (const Ecc ecc : {Ecc::none, Ecc::secded}) {
    Memory memory(61, ecc);  // the last word is not whole
    std::uint64_t key = 0;
    memory.read(0, 61);  // before anything was written
    for (std::uint64_t address = 0; address < 61; ++address)
      for (const std::uint64_t size : {1, 7, 8, 9, 17})
        if (address + size <= 61) {
          memory.write(address, size, ++key);
          memory.read(address, size);
          memory.read(0, 61);
        }
    EXPECT_EQ(memory.result().differing, 0u);
  }
}

TEST(SramTwin, goes_on_in_another_part_behind_65536_words) {
  Memory memory(65536 * 8 + 16, Ecc::secded);
  memory.write(65536 * 8 - 12, 25, 1);
  memory.read(65536 * 8 - 16, 32);
  EXPECT_EQ(memory.result().compared, 4u);
}

TEST(SramTwin, corrects_and_detects_what_the_codec_does) {
  Memory memory(64, Ecc::secded);
  memory.write(0, 64, 3);
  for (unsigned a = 0; a < 72; ++a)
    for (unsigned b = 0; b <= a; ++b) {
      WordErrors errors{2, 0, 0, 0};
      for (const unsigned bit : {a, b})  // the same twice: one
        if (bit < 64)
          errors.data |= std::uint64_t{1} << bit;
        else
          errors.check = static_cast<std::uint8_t>(errors.check | 1u << (bit - 64));
      const std::uint64_t word = memory.word(2);
      errors.delivered = a == b ? word : word ^ errors.data;
      memory.read(8, 24, {errors});
    }
  EXPECT_EQ(memory.result().differing, 0u);
  EXPECT_EQ(memory.result().compared, 3u * 72u * 73u / 2u);
}

TEST(SramTwin, finds_a_single_wrong_bit_and_shows_it_alone) {
  Memory memory(64, Ecc::secded);
  memory.write(0, 64, 3);
  WordErrors errors{1, 0x11, 0, 0};  // two wrong bits, which cannot be delivered as they were
  errors.delivered = memory.word(1);
  EXPECT_THROW(memory.read(8, 8, {errors}), LockstepDiffers);
  Memory counted(64, Ecc::secded, Implementation::rtl);
  counted.write(0, 64, 3);
  const auto read = counted.read(8, 8, {errors});
  EXPECT_EQ(counted.result().differing, 1u);
  std::uint64_t delivered = 0;
  std::memcpy(&delivered, read.data(), 8);
  EXPECT_EQ(delivered, counted.word(1) ^ 0x11);
}

TEST(WrongSramInACore, is_found_in_lockstep_and_by_its_word_alone) {
  // The upper half of the data is never corrected.
  const WrongUnit wrong("sram", "secded_decode.sv",
                        "assign data_o          = word_i[63:0] ^ accused_data;",
                        "assign data_o          = word_i[63:0] ^ (accused_data & 64'hFFFF_FFFF);");
  ArchConfig config = failing(core(Implementation::lockstep, Ecc::secded));
  config.core.scratchpad.rtl = wrong.folder();
  const auto trace = arch::testing::small_convnet(8, 8);
  try {
    arch::testing::run(config, trace, data_mode());
    FAIL() << "no difference was found";
  } catch (const LockstepDiffers& error) {
    EXPECT_THAT(error.message(), testing::HasSubstr("read of word"));
    EXPECT_THAT(error.message(), testing::HasSubstr("of core.scratchpad, flipped 0x00"));
    ASSERT_TRUE(error.alone.replay);
    const CosimResult result = cosimulate(error.alone);
    ASSERT_TRUE(result.failure);
    EXPECT_LE(result.failure->outcome.cycles, 50u);
    EXPECT_EQ(result.failure->run.commands.size(), 2u);
  }
  config.core.scratchpad.implementation = Implementation::rtl;
  const RunResult counted = arch::testing::run(config, trace, data_mode());
  EXPECT_GT(counted.twins.at("scratchpad").differing, 0u);
}

TEST(WrongSramInACore, that_loses_a_write_is_found_without_faults) {
  const WrongUnit wrong("sram", "sram.sv",
                        "if (write) words_q[write_address] <= {check, write_data};",
                        "if (write && write_data[15:0] != 16'h1234)"
                        " words_q[write_address] <= {check, write_data};");
  arch::SramOfCore memory{"scratchpad", core(Implementation::lockstep, Ecc::secded).core.scratchpad,
                          Bytes(64)};
  memory.sram.rtl = wrong.folder();
  const auto twin = make_sram_twin(memory, {});
  const std::uint64_t word = 0x1234;
  std::byte bytes[64] = {}, out[8];
  twin->write(bytes, 0, 8);
  std::memcpy(bytes, &word, 8);
  twin->write(bytes, 0, 8);
  std::memcpy(out, bytes, 8);
  EXPECT_THROW(twin->read(bytes, 0, 8, {}, out), LockstepDiffers);
}

TEST(MemoriesInACore, need_values) {
  for (const bool buffer : {false, true}) {
    ArchConfig config = core(buffer ? Implementation::model : Implementation::lockstep, Ecc::none);
    config.core.weight_buffer.emplace();
    config.core.weight_buffer->capacity = Bytes(4096);
    if (buffer) config.core.weight_buffer->implementation = Implementation::lockstep;
    try {
      arch::testing::run(config, arch::testing::gemm(9, 13, 11));
      FAIL() << "ran without operands";
    } catch (const Error& error) {
      EXPECT_STREQ(error.kind().id(), "session.rtl-needs-data");
    }
  }
}

}  // namespace
}  // namespace mantissa::rtl
