// Copies of layers on a device: made once for each layer id, within the budget, what was used longest ago goes first.
#include "attention/cuda/layer_copies.h"

#include <gtest/gtest.h>

#include <thread>

#include "attention/cuda/device_backend.h"
#include "attention/cuda/upload.h"
#include "attention/device_error.h"
#include "core/error.h"
#include "fake_device.h"
#include "head_case.h"

namespace attnscope::test {
namespace {

using cuda::CopyKey;
using cuda::LayerCopies;
using cuda::LayerPart;

constexpr std::int64_t rows = 10, cols = 16;
constexpr std::size_t pitch = cols * sizeof(float);
constexpr std::size_t bytes = rows * pitch;

// Rows of one number.
struct Numbers {
  explicit Numbers(float value) : values(rows * cols, value) {}
  std::vector<float> values;
  MatrixView view() const { return {values.data(), rows, cols, cols, DType::f32}; }
};

CopyKey key(std::uint64_t layer) { return {layer, LayerPart::k, 0, pitch}; }

class Copies : public testing::Test {
 protected:
  LayerCopies& copies() {
    if (!copies_) copies_.emplace(device_);
    return *copies_;
  }
  std::shared_ptr<const void> get(std::uint64_t layer) {
    return copies().get(key(layer), Numbers(static_cast<float>(layer)).view(), *device_.open());
  }
  // Whether the layer is there already.
  bool has(std::uint64_t layer) {
    const int before = device_.matrices;
    get(layer);
    return device_.matrices == before;
  }

  FakeDevice device_;
  std::optional<LayerCopies> copies_;
};

TEST_F(Copies, AMatrixIsUploadedOnce) {
  const auto first = get(1);
  EXPECT_EQ(get(1), first);
  EXPECT_EQ(device_.matrices, 1);
  EXPECT_EQ(static_cast<const float*>(first.get())[rows * cols - 1], 1.0F);
}

TEST_F(Copies, ANewIdIsANewLayerWhereverItLies) {
  Numbers numbers(1);
  const auto queue = device_.open();
  const auto first = copies().get(key(1), numbers.view(), *queue);
  std::fill(numbers.values.begin(), numbers.values.end(), 2.0F);
  const auto second = copies().get(key(2), numbers.view(), *queue);
  EXPECT_EQ(static_cast<const float*>(first.get())[0], 1.0F);
  EXPECT_EQ(static_cast<const float*>(second.get())[0], 2.0F);
}

TEST_F(Copies, QueriesKeysAndHeadsOfALayerAreApart) {
  const auto queue = device_.open();
  const Numbers numbers(1);
  for (const LayerPart part : {LayerPart::q, LayerPart::k, LayerPart::v}) {
    for (const std::int64_t head : {0, 1}) copies().get({1, part, head, pitch}, numbers.view(), *queue);
  }
  EXPECT_EQ(device_.matrices, 6);
}

TEST_F(Copies, WhatWasUsedLongestAgoGoesFirst) {
  device_.budget = 3 * bytes;
  for (const std::uint64_t layer : {1, 2, 3, 1, 4}) get(layer);
  EXPECT_EQ(copies().bytes(), 3 * bytes);
  EXPECT_TRUE(has(1));
  EXPECT_TRUE(has(3));
  EXPECT_TRUE(has(4));
  EXPECT_FALSE(has(2));
}

TEST_F(Copies, WhatIsInUseStaysAndNothingExceedsTheBudget) {
  device_.budget = 2 * bytes;
  auto one = get(1);
  const auto two = get(2);
  EXPECT_EQ(get(3), nullptr) << "no room beside what is in use";
  EXPECT_EQ(device_.allocated, 2 * bytes);
  one.reset();
  EXPECT_NE(get(3), nullptr);
  EXPECT_EQ(device_.most_allocated, 2 * bytes);
  EXPECT_TRUE(has(2));
  EXPECT_EQ(static_cast<const float*>(two.get())[0], 2.0F);
}

TEST_F(Copies, AMatrixBeyondTheBudgetIsNotKeptAndDropsNothing) {
  device_.budget = 2 * bytes;
  get(1);
  const std::vector<float> large(3 * rows * cols);
  EXPECT_EQ(copies().get(key(2), {large.data(), 3 * rows, cols, cols, DType::f32}, *device_.open()), nullptr);
  EXPECT_TRUE(has(1));
}

TEST_F(Copies, OutOfMemoryFreesWhatIsIdleAndTriesOnceMore) {
  device_.memory = 3 * bytes;
  const auto used = get(1);
  get(2);
  get(3);
  EXPECT_NE(get(4), nullptr);
  EXPECT_TRUE(has(1));
  EXPECT_EQ(copies().bytes(), 2 * bytes) << "2 and 3 went";
  const auto also_used = get(4);
  device_.memory = 2 * bytes;
  EXPECT_THROW(get(5), DeviceOutOfMemory);
}

TEST_F(Copies, MemoryOfAnOpTakesThePlaceOfIdleCopies) {
  device_.memory = 3 * bytes;
  get(1);
  get(2);
  cuda::Launcher launcher;
  cuda::Stream stream(device_, copies(), launcher);
  EXPECT_NE(stream.allocate(2 * bytes), nullptr);
  EXPECT_EQ(copies().bytes(), 0U);
  EXPECT_THROW(stream.allocate(2 * bytes), DeviceOutOfMemory);
}

TEST_F(Copies, WhatAStreamHasAskedForStaysUntilItEnds) {
  device_.budget = bytes;
  cuda::Launcher launcher;
  {
    cuda::Stream stream(device_, copies(), launcher);
    EXPECT_NE(stream.layer_copy(key(1), Numbers(1).view()), nullptr);
    EXPECT_EQ(get(2), nullptr);
  }
  EXPECT_NE(get(2), nullptr);
}

TEST_F(Copies, WhatIsOfNoMoreUseGoesAtTheNextCall) {
  const auto used = get(1);
  get(2);
  copies().free_idle_later();
  EXPECT_EQ(copies().bytes(), 2 * bytes);
  get(3);
  EXPECT_EQ(copies().bytes(), 2 * bytes);
  EXPECT_FALSE(has(2));
  EXPECT_TRUE(has(1));
}

// Every slice of a head's queries finds the one copy of its layer.
TEST_F(Copies, SlicesShareTheCopyOfAllQueries) {
  CaseSpec spec;
  spec.n_q = spec.n_k = 40;
  spec.d = spec.d_v = 24;
  spec.heads = 2;
  spec.padding = 3;
  const HeadCase made(spec);
  cuda::Launcher launcher;
  for (const std::int64_t begin : {0, 7, 39}) {
    for (std::int64_t h = 0; h < 2; ++h) {
      HeadView head = made.heads()[static_cast<std::size_t>(h)];
      head.place = {9, h, 0, head.n_q(), 0};
      const HeadView part = head.slice_queries(begin, head.n_q() - begin).slice_queries(0, 1);
      cuda::Stream stream(device_, copies(), launcher);
      const kernels::Head there = cuda::HeadUploader(stream).upload(part);
      EXPECT_EQ(there.width, 32);
      for (std::int64_t c = 0; c < there.width; ++c) {
        const float truth = c < spec.d ? part.q.row_f32(0)[c] : 0;
        EXPECT_EQ(static_cast<const float*>(there.q)[c], truth) << begin << ", " << c;
      }
    }
  }
  EXPECT_EQ(device_.matrices, 2 + 2) << "q of two heads, k and v that they share";
}

TEST_F(Copies, AStoppedOpUploadsNothing) {
  CaseSpec spec;
  spec.n_q = spec.n_k = rows;
  const HeadCase made(spec);
  auto owned = std::make_unique<FakeDevice>();
  const FakeDevice& device = *owned;
  const auto backend = cuda::make_device_backend(std::move(owned));
  Pool pool(1);
  std::stop_source stop;
  const auto ask = [&] {
    std::vector<float> lse(rows), mass(rows);
    backend->column_mass(made.heads().front(), lse, mass, {pool, Priority::visible, stop.get_token(), nullptr});
  };
  ask();
  EXPECT_EQ(device.matrices, 3);
  stop.request_stop();
  EXPECT_THROW(ask(), Stopped);
  EXPECT_EQ(device.matrices, 3);
}

TEST_F(Copies, ThreadsMayAskAtOnce) {
  device_.budget = 3 * bytes;
  copies();
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      threads.emplace_back([&, seed] {
        Random random(seed);
        for (int t = 0; t < 500; ++t) {
          const auto layer = static_cast<std::uint64_t>(1 + random.below(6));
          const auto copy = get(layer);
          if (copy == nullptr) continue;
          for (std::int64_t i = 0; i < rows * cols; ++i) {
            if (static_cast<const float*>(copy.get())[i] != static_cast<float>(layer)) ++wrong;
          }
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(device_.most_allocated, 3 * bytes);
}

}  // namespace
}  // namespace attnscope::test
