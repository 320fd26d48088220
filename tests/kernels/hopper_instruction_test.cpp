// The emulated instructions of sm_90 against what PTX says of them, and what the emulation shows of their misuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "core/error.h"
#include "kernels/instructions_hopper.h"

namespace attnscope::kernels {
namespace {

using emulation::BlockRunner;
using emulation::Schedule;

constexpr Schedule schedules[] = {{Schedule::Order::forward, true},
                                  {Schedule::Order::reverse, true},
                                  {Schedule::Order::random, true},
                                  {Schedule::Order::forward, false}};
constexpr Schedule late{};
constexpr int box_bytes = 64 * 128;

// Two boxes of 64 rows, and barriers.
struct Shared {
  alignas(1024) std::uint16_t boxes[2][64 * 64];
  Mbarrier there, gone;
};

Shared& shared() { return shared_as<Shared>(); }

void run(unsigned threads, const Schedule& schedule, const std::function<void()>& body) {
  BlockRunner().run({0, 1, threads, sizeof(Shared)}, schedule, {}, body);
}

std::string failure(unsigned threads, const Schedule& schedule, const std::function<void()>& body) {
  try {
    run(threads, schedule, body);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void init_barriers(int arrivals) {
  if (threadIdx.x == 0) {
    init(shared().there, arrivals);
    init(shared().gone, arrivals);
    publish_barriers();
  }
  __syncthreads();
}

TEST(MbarrierTest, APhaseEndsWhenAllItsArrivalsHaveCome) {
  for (const Schedule& schedule : schedules) {
    std::vector<int> order;
    run(96, schedule, [&] {
      init_barriers(64);
      if (threadIdx.x >= 32) {
        for (int round = 0; round < 3; ++round) {
          if (threadIdx.x == 40) order.push_back(round);
          arrive(shared().there);
          wait(shared().gone, round % 2);
        }
      } else {
        for (int round = 0; round < 3; ++round) {
          wait(shared().there, round % 2);
          if (threadIdx.x == 0) order.push_back(10 + round);
          arrive(shared().gone);
          arrive(shared().gone);
        }
      }
    });
    EXPECT_THAT(order, testing::ElementsAre(0, 10, 1, 11, 2, 12));
  }
}

TEST(MbarrierTest, ThePhaseBeforeTheFirstHasEnded) {
  EXPECT_EQ(failure(32, late,
                    [] {
                      init_barriers(1);
                      wait(shared().there, 1);
                    }),
            "");
}

TEST(MbarrierTest, AWaitForWhatNeverComesIsADeadlock) {
  EXPECT_THAT(failure(32, late,
                      [] {
                        init_barriers(1);
                        wait(shared().there, 0);
                      }),
              testing::HasSubstr("deadlock: thread 0 waits at an mbarrier"));
}

TEST(MbarrierTest, ABarrierMustBeInitialisedAndNotOverrun) {
  EXPECT_THAT(failure(32, late, [] { wait(shared().there, 0); }), testing::HasSubstr("mbarrier: not initialised"));
}

TEST(MbarrierTest, BytesAreWaitedForAsWellAsArrivals) {
  EXPECT_THAT(failure(32, late,
                      [] {
                        init_barriers(32);
                        arrive_expecting(shared().there, 16);
                        wait(shared().there, 0);
                      }),
              testing::HasSubstr("deadlock"));
}

TEST(NamedBarrierTest, ThoseWhoWaitGoOnWhenAllHaveCome) {
  for (const Schedule& schedule : schedules) {
    std::vector<float> seen(64);
    run(64, schedule, [&] {
      auto* floats = reinterpret_cast<float*>(shared().boxes);
      if (threadIdx.x < 32) {
        floats[threadIdx.x] = 1;
        named_barrier_arrive(3, 64);
      } else {
        named_barrier_sync(3, 64);
        seen[threadIdx.x] = floats[threadIdx.x - 32];
      }
    });
    EXPECT_EQ(seen[40], 1);
  }
}

TEST(NamedBarrierTest, TooFewThreadsAreADeadlock) {
  EXPECT_THAT(failure(64, late,
                      [] {
                        if (threadIdx.x < 32) named_barrier_sync(3, 64);
                      }),
              testing::HasSubstr("waits at a named barrier"));
}

// A matrix of 70 rows of 72 numbers, each of them its place.
class BoxTest : public testing::Test {
 protected:
  BoxTest() {
    for (std::size_t e = 0; e < numbers_.size(); ++e) numbers_[e] = static_cast<std::uint16_t>(e);
  }
  std::vector<std::uint16_t> numbers_ = std::vector<std::uint16_t>(70 * 72);
  TensorMap map_ = emulation::tensor_map({numbers_.data(), 70, 72, 64});
};

TEST_F(BoxTest, ABoxLandsSwizzledWithZerosBeyondTheMatrix) {
  for (const Schedule& schedule : schedules) {
    std::vector<std::uint16_t> got(64 * 64);
    run(32, schedule, [&] {
      init_barriers(1);
      if (threadIdx.x == 0) {
        acquire_map(map_);
        arrive_expecting(shared().there, box_bytes);
        copy_box(shared().boxes[1], map_, 8, 64, shared().there);
      }
      wait(shared().there, 0);
      if (threadIdx.x == 0) std::memcpy(got.data(), shared().boxes[1], box_bytes);
    });
    for (std::size_t r = 0; r < 64; ++r) {
      for (std::size_t c = 0; c < 64; ++c) {
        const std::size_t place = r * 64 + (c / 8 ^ r % 8) * 8 + c % 8;  // chunk c of row r lies at c ^ r
        const std::size_t row = 8 + r, column = 64 + c;
        ASSERT_EQ(got[place], row < 70 && column < 72 ? row * 72 + column : 0) << r << ", " << c;
      }
    }
  }
}

TEST_F(BoxTest, ABoxIsThereNoSoonerThanItsBarrierSays) {
  std::uint16_t before = 0, after = 0;
  run(32, late, [&] {
    init_barriers(1);
    if (threadIdx.x != 0) return;
    acquire_map(map_);
    shared().boxes[0][0] = 7;
    arrive_expecting(shared().there, box_bytes);
    copy_box(shared().boxes[0], map_, 0, 1, shared().there);
    before = shared().boxes[0][0];
    wait(shared().there, 0);
    after = shared().boxes[0][0];
  });
  EXPECT_EQ(before, 0xffff);
  EXPECT_EQ(after, 1);
}

TEST_F(BoxTest, AnnouncingFewerBytesThanComeEndsThePhaseEarly) {
  std::uint16_t second = 0;
  run(32, late, [&] {
    init_barriers(1);
    if (threadIdx.x != 0) return;
    acquire_map(map_);
    arrive_expecting(shared().there, box_bytes);
    for (auto& box : shared().boxes) copy_box(box, map_, 0, 0, shared().there);
    wait(shared().there, 0);
    second = shared().boxes[1][1];
    arrive_expecting(shared().there, box_bytes);  // the phase that the second box ends
    wait(shared().there, 1);
  });
  EXPECT_EQ(second, 0xffff);
}

TEST_F(BoxTest, MisuseIsRefused) {
  const auto copy = [&](bool acquire, bool publish, std::size_t place) {
    return failure(32, late, [&] {
      if (threadIdx.x != 0) return;
      init(shared().there, 1);
      if (publish) publish_barriers();
      if (acquire) acquire_map(map_);
      arrive_expecting(shared().there, box_bytes);
      copy_box(shared().boxes[0] + place, map_, 0, 0, shared().there);
      wait(shared().there, 0);
    });
  };
  EXPECT_EQ(copy(true, true, 0), "");
  EXPECT_THAT(copy(false, true, 0), testing::HasSubstr("by a map that the thread has not acquired"));
  EXPECT_THAT(copy(true, false, 0), testing::HasSubstr("the copy engine does not know of it"));
  EXPECT_THAT(copy(true, true, 64), testing::HasSubstr("copy of a box: a misaligned address in shared memory"));
}

TEST_F(BoxTest, ABlockThatEndsBeforeItsCopiesIsRefused) {
  EXPECT_THAT(failure(32, late,
                      [&] {
                        init_barriers(1);
                        acquire_map(map_);
                        if (threadIdx.x == 0) copy_box(shared().boxes[0], map_, 0, 0, shared().there);
                      }),
              testing::HasSubstr("the block ends before its copies and products"));
}

// Numbers that f16 holds exactly.
int left(unsigned row, unsigned k) { return static_cast<int>((row * 7 + k * 3) % 13) - 6; }
int right(unsigned k, unsigned column) { return static_cast<int>((k * 5 + column * 11) % 17) - 8; }
std::uint16_t half_of(int x) { return static_cast<std::uint16_t>(pack(F16{}, static_cast<float>(x), 0)); }

// Writes a box as a copy leaves it: number(row, column) of 64 rows and 64 columns.
template <class Function>
void fill_box(std::uint16_t* box, Function number) {
  for (unsigned e = threadIdx.x; e < 64 * 64; e += 128) {
    const unsigned row = e / 64, column = e % 64;
    box[row * 64 + (column / 8 ^ row % 8) * 8 + column % 8] = half_of(number(row, column));
  }
}

// Row and column of d that register i of this thread holds (PTX ISA, "Register Fragments", matrix D).
unsigned row_of(unsigned i) { return threadIdx.x / 32 * 16 + threadIdx.x % 32 / 4 + i / 2 % 2 * 8; }
unsigned column_of(unsigned i) { return i / 4 * 8 + threadIdx.x % 4 * 2 + i % 2; }

// a in the first box, b in the second, both along their rows: columns 16 to 31 of both.
void start_product(float (&d)[32], bool add) {
  multiply_tiles(F16{}, d, describe_tile(&shared().boxes[0][16], 0), describe_tile(&shared().boxes[1][16], 0), add);
}
void fill_both() {
  fill_box(shared().boxes[0], left);
  fill_box(shared().boxes[1], [](unsigned row, unsigned column) { return right(column, row); });
  __syncthreads();
}
float product(unsigned i) {
  int sum = 0;
  for (unsigned k = 16; k < 32; ++k) sum += left(row_of(i), k) * right(k, column_of(i));
  return static_cast<float>(sum);
}

TEST(ProductTest, MultipliesTilesOfSharedMemory) {
  for (const Schedule& schedule : schedules) {
    for (const bool add : {false, true}) {
      run(128, schedule, [&] {
        fill_both();
        float d[32];
        for (float& x : d) x = 1000;
        begin_products(d);
        start_product(d, add);
        commit_products();
        wait_for_products<0>(d);
        for (unsigned i = 0; i < 32; ++i) EXPECT_EQ(d[i], product(i) + (add ? 1000.0F : 0.0F));
      });
    }
  }
}

// b lies in two boxes side by side, [16, 128], from row 32 on; a as multiply() takes it.
TEST(ProductTest, MultipliesRegistersByATileReadAcrossItsRows) {
  for (const Schedule& schedule : schedules) {
    run(128, schedule, [&] {
      fill_box(shared().boxes[0], right);
      fill_box(shared().boxes[1], [](unsigned row, unsigned column) { return right(row, column + 64); });
      __syncthreads();
      const unsigned row = row_of(0), column = threadIdx.x % 4 * 2;
      unsigned a[4];
      for (unsigned i = 0; i < 4; ++i) {
        const unsigned r = row + i % 2 * 8, k = column + i / 2 * 8;
        a[i] = half_of(left(r, k)) | static_cast<unsigned>(half_of(left(r, k + 1))) << 16U;
      }
      float d[64] = {};
      begin_products(d);
      multiply_tiles(F16{}, d, a, describe_tile(&shared().boxes[0][32 * 64], box_bytes));
      commit_products();
      wait_for_products<0>(d);
      for (unsigned i = 0; i < 64; ++i) {
        int sum = 0;
        for (unsigned k = 0; k < 16; ++k) sum += left(row_of(i), k) * right(k + 32, column_of(i));
        EXPECT_EQ(d[i], static_cast<float>(sum)) << "thread " << threadIdx.x << ", d" << i;
      }
    });
  }
}

TEST(ProductTest, RegistersAndTilesAreReadAsLateAsTheWait) {
  run(128, late, [&] {
    fill_both();
    float d[32];
    begin_products(d);
    start_product(d, false);
    commit_products();
    EXPECT_TRUE(std::isnan(d[5])) << "before the wait";
    d[5] = 1;
    wait_for_products<0>(d);
    EXPECT_EQ(d[5], product(5)) << "what is written before the wait is lost";
    begin_products(d);
    start_product(d, false);
    commit_products();
    __syncthreads();
    fill_box(shared().boxes[1], [](unsigned, unsigned) { return 0; });
    wait_for_products<0>(d);
    EXPECT_EQ(d[5], 0) << "a tile that changes before the wait";
  });
}

TEST(ProductTest, AWaitMayLeaveTheLastBatch) {
  run(128, late, [&] {
    fill_both();
    float first[32], second[32];
    begin_products(first);
    start_product(first, false);
    commit_products();
    begin_products(second);
    start_product(second, false);
    commit_products();
    wait_for_products<1>(first);
    EXPECT_EQ(first[3], product(3));
    EXPECT_TRUE(std::isnan(second[3]));
    wait_for_products<0>(second);
    EXPECT_EQ(second[3], product(3));
  });
}

TEST(ProductTest, MisuseIsRefused) {
  EXPECT_THAT(failure(128, late,
                      [] {
                        float d[32];
                        start_product(d, false);
                      }),
              testing::HasSubstr("wgmma: registers were not given over by wgmma.fence"));
  EXPECT_THAT(failure(128, late,
                      [] {
                        float d[32];
                        begin_products(d);
                        multiply_tiles(F16{}, d, 1, 1, false);
                        commit_products();
                        wait_for_products<0>(d);
                      }),
              testing::HasSubstr("wgmma: a tile of another swizzle than 128 bytes"));
  EXPECT_THAT(failure(128, late,
                      [] {
                        float d[32];
                        begin_products(d);
                        start_product(d, false);
                        commit_products();
                      }),
              testing::HasSubstr("the block ends before its copies and products"));
}

}  // namespace
}  // namespace attnscope::kernels
