// Copies by way of two buffers: every byte arrives, and one buffer is filled while the other is on its way.
#include "attention/cuda/staging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "head_case.h"

namespace attnscope::test {
namespace {

// A device that is as late as it may be: transfers happen, in order, when one is waited for. So a buffer that is
// touched too early shows as wrong bytes.
class LateBuffers final : public cuda::StagingBuffers {
 public:
  explicit LateBuffers(std::size_t bytes) {
    for (auto& buffer : buffers_) buffer.resize(bytes);
  }
  ~LateBuffers() override { run_all(); }
  std::span<std::byte> buffer(int which) override { return buffers_.at(static_cast<std::size_t>(which)); }
  void send(int which, void* to, std::size_t bytes) override {
    add("send", which, [=, this] { std::memcpy(to, buffer(which).data(), bytes); });
  }
  void receive(int which, const void* from, std::size_t bytes) override {
    add("receive", which, [=, this] { std::memcpy(buffer(which).data(), from, bytes); });
  }
  void wait(int which) override {
    if (busy_.at(static_cast<std::size_t>(which))) calls.push_back("wait " + std::to_string(which));
    while (busy_.at(static_cast<std::size_t>(which))) run_one();
  }
  void run_all() {
    while (!waiting_.empty()) run_one();
  }

  std::vector<std::string> calls;  // waits for nothing left out

 private:
  struct Transfer {
    std::size_t buffer;
    std::function<void()> move;
  };
  void add(const char* what, int which, std::function<void()> move) {
    calls.push_back(what + (" " + std::to_string(which)));
    waiting_.push_back({static_cast<std::size_t>(which), std::move(move)});
    ++busy_.at(static_cast<std::size_t>(which));
  }
  void run_one() {
    waiting_.front().move();
    --busy_.at(waiting_.front().buffer);
    waiting_.erase(waiting_.begin());
  }

  std::array<std::vector<std::byte>, 2> buffers_;
  std::array<int, 2> busy_{};
  std::vector<Transfer> waiting_;
};

std::vector<std::byte> noise(std::size_t count, Random& random) {
  std::vector<std::byte> bytes(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(1 + random.below(255));
  return bytes;
}

TEST(Staging, RowsArriveWithZerosBetweenThem) {
  Random random(3);
  for (int t = 0; t < 300; ++t) {
    LateBuffers buffers(static_cast<std::size_t>(1 + random.below(100)));
    cuda::Staging staging(buffers);
    const auto rows = static_cast<std::size_t>(random.below(20));
    const auto row_bytes = static_cast<std::size_t>(random.below(70));
    const std::size_t from_pitch = row_bytes + static_cast<std::size_t>(random.below(9));
    const std::size_t to_pitch = row_bytes + static_cast<std::size_t>(random.below(40));
    const std::vector<std::byte> from = noise(rows * from_pitch, random);
    std::vector<std::byte> to(rows * to_pitch + 1, std::byte{0xee}), truth = to;
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < to_pitch; ++c)
        truth[r * to_pitch + c] = c < row_bytes ? from[r * from_pitch + c] : std::byte{0};
    }
    staging.upload_rows({to.data(), to_pitch}, {from.data(), from_pitch}, row_bytes, rows);
    buffers.run_all();
    EXPECT_EQ(to, truth) << rows << " rows of " << row_bytes << " bytes, to " << to_pitch;
  }
}

TEST(Staging, DownloadsArriveWholeAfterUploadsOfTheSameBuffers) {
  Random random(4);
  LateBuffers buffers(64);
  cuda::Staging staging(buffers);
  for (int t = 0; t < 300; ++t) {
    const std::vector<std::byte> from = noise(static_cast<std::size_t>(random.below(500)), random);
    std::vector<std::byte> there(from.size()), back(from.size());
    staging.upload_rows({there.data(), from.size()}, {from.data(), from.size()}, from.size(), from.empty() ? 0 : 1);
    staging.download(back.data(), there.data(), from.size());
    EXPECT_EQ(back, from);
    buffers.run_all();
  }
}

TEST(Staging, OneBufferIsFilledWhileTheOtherIsOnItsWay) {
  Random random(5);
  LateBuffers buffers(10);
  cuda::Staging staging(buffers);
  const std::vector<std::byte> from = noise(40, random);
  std::vector<std::byte> to(40);
  staging.upload_rows({to.data(), 40}, {from.data(), 40}, 40, 1);
  EXPECT_THAT(buffers.calls, testing::ElementsAre("send 0", "send 1", "wait 0", "send 0", "wait 1", "send 1"));
  buffers.run_all();
  buffers.calls.clear();
  staging.download(to.data(), from.data(), 40);
  EXPECT_THAT(buffers.calls, testing::ElementsAre("receive 0", "receive 1", "wait 0", "receive 0", "wait 1",
                                                  "receive 1", "wait 0", "wait 1"));
  EXPECT_EQ(to, from);
}

}  // namespace
}  // namespace attnscope::test
