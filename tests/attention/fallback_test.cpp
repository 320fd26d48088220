// A device that fails: which backend computed is seen by the numbers, by name() and by what is said.
#include "attention/fallback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attention/cuda/device_backend.h"
#include "attention/device_error.h"
#include "attention/select.h"
#include "fake_device.h"
#include "head_case.h"

namespace attnscope::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

class Fallback : public testing::Test {
 protected:
  Fallback() {
    CaseSpec spec;
    spec.n_q = spec.n_k = 20;
    spec.d = spec.d_v = 16;
    made_.emplace(spec);
    spec.d_v = 300;  // more than the kernels take
    wide_.emplace(spec);
    auto device = std::make_unique<FakeDevice>();
    device_ = device.get();
    backend_ = make_fallback_backend(cuda::make_device_backend(std::move(device)), make_reference_backend,
                                     [this](const std::string& line) { said_.push_back(line); });
  }

  enum class Computed { by_device, by_reference, by_nobody };
  // Who computes lse. Kernels of the device do nothing, so that its memory stays zero.
  Computed run(const HeadView& head) {
    const std::size_t parts = device_->parts.size();
    std::vector<float> lse(20, -1), truth(20), zeros(20), o(20 * 300);
    const ForwardResult result{o.data(), 300, lse.data()}, true_result{nullptr, 0, truth.data()};
    backend_->forward({&head, 1}, {&result, 1}, job_);
    make_reference_backend()->forward({&head, 1}, {&true_result, 1}, job_);
    if (lse == truth) return Computed::by_reference;
    return lse == zeros && device_->parts.size() > parts ? Computed::by_device : Computed::by_nobody;
  }
  Computed run() { return run(made_->heads().front()); }
  // Every launch throws this from now on.
  template <class Failure>
  void fail_with(const Failure& failure) {
    device_->seconds_of = [failure](int, int) -> double { throw failure; };
  }
  void work_again() {
    device_->seconds_of = [](int, int) { return 0.25; };
  }

  std::optional<HeadCase> made_, wide_;
  Pool pool_{1};
  Job job_{pool_};
  FakeDevice* device_ = nullptr;
  std::vector<std::string> said_;
  std::unique_ptr<Backend> backend_;
};

TEST_F(Fallback, ADeviceThatWorksComputesAndNothingIsSaid) {
  EXPECT_EQ(run(), Computed::by_device);
  EXPECT_EQ(backend_->name(), "fake");
  EXPECT_THAT(said_, IsEmpty());
  EXPECT_EQ(backend_->fallback(), "");
}

TEST_F(Fallback, WhatTheDeviceDoesNotSupportIsComputedByTheOtherAndSaidOnce) {
  EXPECT_EQ(run(wide_->heads().front()), Computed::by_reference);
  EXPECT_EQ(run(wide_->heads().front()), Computed::by_reference);
  EXPECT_THAT(said_, ElementsAre("fake cannot do this (the GPU kernels take values of 256 numbers at most): reference "
                                 "computes it"));
  EXPECT_EQ(backend_->fallback(), said_.front());
  EXPECT_EQ(run(), Computed::by_device) << "what it can do it still does";
  EXPECT_EQ(backend_->name(), "fake");
}

TEST_F(Fallback, SupportsWhatTheOtherSupports) {
  EXPECT_FALSE(
      cuda::make_device_backend(std::make_unique<FakeDevice>())->supports(Op::forward, wide_->heads().front()).yes);
  EXPECT_TRUE(backend_->supports(Op::forward, wide_->heads().front()).yes);
}

TEST_F(Fallback, OneHeadThatIsNotSupportedTakesAllOfItsCallToTheOther) {
  const std::vector<HeadView> heads{made_->heads().front(), wide_->heads().front()};
  std::vector<float> lse(20), other_lse(20);
  const std::vector<ForwardResult> results{{nullptr, 0, lse.data()}, {nullptr, 0, other_lse.data()}};
  backend_->forward(heads, results, job_);
  EXPECT_THAT(device_->parts, IsEmpty());
  EXPECT_NE(lse[3], 0);
}

TEST_F(Fallback, WithoutMemoryAnOpRunsOnTheOtherAndLaterOnesOnTheDevice) {
  device_->memory = 1000;
  EXPECT_EQ(run(), Computed::by_reference);
  EXPECT_EQ(run(), Computed::by_reference);
  EXPECT_THAT(said_, ElementsAre(testing::MatchesRegex(
                         "fake has no memory for this \\(fake: [0-9]+ bytes\\): reference computes it")));
  EXPECT_EQ(device_->allocated, 0U) << "nothing is left behind";
  device_->memory = 1 << 20;
  EXPECT_EQ(run(), Computed::by_device);
  EXPECT_EQ(backend_->name(), "fake");
}

TEST_F(Fallback, ALostDeviceIsNotAskedAgain) {
  fail_with(DeviceLost("an illegal address"));
  EXPECT_EQ(run(), Computed::by_reference);
  work_again();
  EXPECT_EQ(run(), Computed::by_reference);
  EXPECT_THAT(device_->parts, IsEmpty());
  EXPECT_THAT(said_, ElementsAre("fake was lost (an illegal address): reference computes from now on"));
  EXPECT_EQ(backend_->name(), "reference");
}

TEST_F(Fallback, EveryKindOfReasonIsSaid) {
  run(wide_->heads().front());
  fail_with(DeviceOutOfMemory("full"));
  run();
  fail_with(DeviceLost("gone"));
  run();
  ASSERT_EQ(said_.size(), 3U);
  EXPECT_EQ(backend_->fallback(), said_.back());
}

TEST_F(Fallback, OtherFailuresAreTheCallersMatter) {
  fail_with(Error("a bug"));
  EXPECT_THROW(run(), Error);
  EXPECT_THAT(said_, IsEmpty());
  fail_with(Stopped());
  EXPECT_THROW(run(), Stopped);
}

TEST_F(Fallback, SecondsOfTheDeviceAreOfTheLastOpIfItRanThere) {
  work_again();
  EXPECT_EQ(backend_->last_device_seconds(), std::nullopt);
  run();
  EXPECT_EQ(backend_->last_device_seconds(), 0.25);
  run(wide_->heads().front());
  EXPECT_EQ(backend_->last_device_seconds(), std::nullopt);
  ASSERT_EQ(backend_->kernel_times().size(), 1U);
  EXPECT_EQ(backend_->kernel_times()[0].kernel, "forward_float f32");
  EXPECT_EQ(backend_->kernel_times()[0].seconds, 0.25);
}

// In the program the CPU stands behind every device.
TEST(SelectWithFallback, TheProgramsBackendTakesWhatADeviceDoesNot) {
  CaseSpec spec;
  spec.n_q = spec.n_k = 4;
  spec.d_v = 300;
  const HeadCase wide(spec);
  for (const BackendInfo& info : list_backends()) {
    if (!info.usable) continue;
    std::vector<std::string> said;
    const auto backend =
        select_with_fallback("auto", info.name, [&](const std::string& line) { said.push_back(line); });
    EXPECT_THAT(std::string(backend->name()), testing::HasSubstr(info.name));
    EXPECT_TRUE(backend->supports(Op::forward, wide.heads().front()).yes) << info.name;
    Pool pool(1);
    std::vector<float> lse(4);
    const ForwardResult result{nullptr, 0, lse.data()};
    backend->forward(wide.heads(), {&result, 1}, {pool});
    const bool on_device = info.name.starts_with("cuda") || info.name.starts_with("emulation");
    EXPECT_EQ(said.size(), on_device ? 1U : 0U) << info.name;
    if (on_device) {
      EXPECT_THAT(said.front(), StartsWith(std::string(backend->name()) + " cannot do this"));
    }
  }
}

}  // namespace
}  // namespace attnscope::test
