#include "attention/select.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.h"

namespace attnscope {
namespace {

std::string refusal(std::string_view device, std::string_view forced) {
  try {
    select_backend(device, forced);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(SelectTest, KnowsEveryBackendByName) {
  std::vector<std::string> names;
  for (const BackendInfo& backend : list_backends()) names.push_back(backend.name);
  std::erase(names, "cuda_sm80");
  EXPECT_THAT(names, testing::UnorderedElementsAre("reference", "baseline", "avx2", "avx512", "amx", "cuda",
                                                   "emulation", "emulation_sm90"));
}

TEST(SelectTest, AForcedBackendIsTheOneThatRuns) {
  for (const BackendInfo& backend : list_backends()) {
    if (!backend.usable) continue;
    EXPECT_THAT(std::string(select_backend("auto", backend.name)->name()), testing::HasSubstr(backend.name));
  }
}

TEST(SelectTest, AForcedBackendOverridesTheDevice) {
  EXPECT_EQ(select_backend("cuda", "reference")->name(), "reference");
}

TEST(SelectTest, ABackendThatCannotRunHereIsRefusedWithTheReason) {
  for (const BackendInfo& backend : list_backends()) {
    EXPECT_FALSE(backend.detail.empty()) << backend.name;
    if (backend.usable) continue;
    EXPECT_EQ(refusal("auto", backend.name), "ATTNSCOPE_BACKEND=" + backend.name + ": " + backend.detail);
  }
}

TEST(SelectTest, AnUnknownNameIsRefusedWithTheKnownOnes) {
  EXPECT_THAT(refusal("auto", "sse9"), testing::StartsWith("ATTNSCOPE_BACKEND=sse9: no such backend; one of "));
  EXPECT_THAT(refusal("auto", "sse9"), testing::HasSubstr("avx2"));
  EXPECT_THAT(refusal("auto", "Reference"), testing::HasSubstr("no such backend"));
}

TEST(SelectTest, AnUnknownDeviceIsRefused) {
  EXPECT_EQ(refusal("tpu", ""), "--device tpu: no such device; one of auto, cpu, cuda");
  EXPECT_NE(refusal("", ""), "");
}

TEST(SelectTest, AutoTakesTheBestUsableBackend) {
  for (const BackendInfo& backend : list_backends()) {
    if (!backend.usable) continue;
    EXPECT_THAT(std::string(select_backend("auto", "")->name()), testing::HasSubstr(backend.name));
    break;
  }
}

// What a GPU of sm_90 could do slower is listed after what it does.
TEST(SelectTest, TheKernelsOfSm80AreTakenByNameOnly) {
  const std::vector<BackendInfo> all = list_backends();
  const auto named = [&](std::string_view name) {
    return std::find_if(all.begin(), all.end(), [&](const BackendInfo& one) { return one.name == name; });
  };
  if (named("cuda_sm80") == all.end()) {
    EXPECT_THAT(refusal("auto", "cuda_sm80"), testing::HasSubstr("no such backend")) << "without a GPU of sm_90";
    return;
  }
  EXPECT_TRUE(named("cuda")->usable);
  EXPECT_LT(named("cuda"), named("cuda_sm80"));
  EXPECT_THAT(std::string(select_backend("cuda", "")->name()), testing::StartsWith("cuda "));
}

TEST(SelectTest, CpuNeverTakesTheGpu) {
  EXPECT_THAT(std::string(select_backend("cpu", "")->name()), testing::Not(testing::HasSubstr("cuda")));
}

}  // namespace
}  // namespace attnscope
