// SPDX-License-Identifier: Apache-2.0
#include "rtl/synthesis/stored.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "rtl/tool.h"

namespace mantissa::rtl {
namespace {

SynthesisRequest request() {
  SynthesisRequest request;
  request.unit = find_unit("fifo");
  request.parameters = {{"Width", 3}, {"Depth", 2}};
  request.folder = MANTISSA_SOURCE_DIR "/rtl";
  request.vectors = 20;
  return request;
}

class OwnCache : public testing::Test {
 protected:
  void SetUp() override {
    if (const char* old = std::getenv("MANTISSA_CACHE")) before_ = old;
    setenv("MANTISSA_CACHE", scratch_.path().c_str(), 1);
  }
  void TearDown() override {
    if (before_.empty())
      unsetenv("MANTISSA_CACHE");
    else
      setenv("MANTISSA_CACHE", before_.c_str(), 1);
  }

 private:
  ScratchFolder scratch_;
  std::string before_;
};

using StoredSynthesis = OwnCache;

TEST_F(StoredSynthesis, is_made_once_and_again_when_asked_to_and_refusals_are_not_kept) {
  int steps = 0;
  SynthesisRequest r = request();
  r.progress = [&](double, const std::string&) { ++steps; };
  const Stored first = stored_synthesis(r);
  EXPECT_FALSE(first.found);
  EXPECT_GT(steps, 0);
  steps = 0;
  const Stored second = stored_synthesis(r);
  EXPECT_TRUE(second.found);
  EXPECT_EQ(steps, 0);
  EXPECT_EQ(to_json(second.synthesis), to_json(first.synthesis));
  const Stored again = stored_synthesis(r, true);
  EXPECT_FALSE(again.found);
  EXPECT_GT(steps, 0);
  EXPECT_EQ(to_json(again.synthesis), to_json(first.synthesis));

  r.clock = 0.1;
  for (int i = 0; i < 2; ++i) {
    steps = 0;
    EXPECT_THROW(stored_synthesis(r), Error);
    EXPECT_GT(steps, 0);
  }
}

TEST(SynthesisKey, differs_with_everything_that_decides_the_result) {
  const std::string key = synthesis_key(request());
  EXPECT_EQ(synthesis_key(request()), key);
  const auto other = [&](auto change) {
    SynthesisRequest r = request();
    change(r);
    return synthesis_key(r) != key;
  };
  EXPECT_TRUE(other([](auto& r) { r.parameters["Width"] = 4; }));
  EXPECT_TRUE(other([](auto& r) { r.vectors = 21; }));
  EXPECT_TRUE(other([](auto& r) { r.seed = 2; }));
  EXPECT_TRUE(other([](auto& r) { r.clock = 5; }));
  EXPECT_TRUE(other([](auto& r) { r.node = 130; }));
  EXPECT_TRUE(other([](auto& r) { r.activity = 0.2; }));
  EXPECT_TRUE(other([](auto& r) { r.energy.slew = 0.2; }));
  EXPECT_TRUE(other([](auto& r) { r.energy.wire = 0.01; }));
  EXPECT_FALSE(other([](auto& r) { r.progress = [](double, const std::string&) {}; }));
  const ScratchFolder scratch;
  write_text(scratch.file("l.lib"), read_text(request().liberty) + "\n");
  EXPECT_TRUE(other([&](auto& r) { r.liberty = scratch.file("l.lib"); }));
}

}  // namespace
}  // namespace mantissa::rtl
