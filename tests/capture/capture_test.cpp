#include "capture/capture.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "capture_samples.h"
#include "core/error.h"

namespace attnscope {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::shared_ptr<const Layer> layer_of(const CaptureInfo& info, std::size_t index) {
  return sample_layer(info.layers[index], info.count, index);
}

TEST(Capture, LayersAreToBeComputedAtFirst) {
  const Capture capture(sample_info());
  EXPECT_EQ(capture.layer_count(), 3);
  EXPECT_EQ(capture.state(2), LayerState::to_be_computed);
  EXPECT_EQ(capture.layer(2), nullptr);
}

TEST(Capture, APublishedLayerIsThereAsItWasGiven) {
  Capture capture(sample_info());
  const auto layer = layer_of(capture.info(), 1);
  capture.publish(1, layer, LayerState::on_disk);
  EXPECT_EQ(capture.layer(1), layer);
  EXPECT_EQ(capture.state(1), LayerState::on_disk);
  EXPECT_EQ(capture.state(0), LayerState::to_be_computed);
}

TEST(Capture, ALayerIsPublishedOnce) {
  Capture capture(sample_info());
  capture.publish(0, layer_of(capture.info(), 0));
  EXPECT_THROW(capture.publish(0, layer_of(capture.info(), 0)), std::logic_error);
}

TEST(Capture, NothingAndAnotherContextAreNotPublished) {
  Capture capture(sample_info());
  EXPECT_THROW(capture.publish(0, nullptr), std::logic_error);
  EXPECT_THROW(capture.publish(0, sample_layer(capture.info().layers[0], 4, 0)), std::logic_error);
  EXPECT_THROW(capture.publish(0, layer_of(capture.info(), 0), LayerState::absent), std::logic_error);
  EXPECT_EQ(capture.state(0), LayerState::to_be_computed);
}

// Lets the other thread come to its wait(); a test that relies on this still passes, unsharply, where it is too short.
void let_it_wait() { std::this_thread::sleep_for(std::chrono::milliseconds(50)); }

TEST(Capture, WaitReturnsWhatAnotherThreadPublishes) {
  Capture capture(sample_info());
  const auto layer = layer_of(capture.info(), 2);
  std::shared_ptr<const Layer> seen;
  std::jthread reader([&] { seen = capture.wait(2, {}); });
  let_it_wait();
  capture.publish(0, layer_of(capture.info(), 0));
  let_it_wait();
  capture.publish(2, layer);
  reader.join();
  EXPECT_EQ(seen, layer);
}

TEST(Capture, WaitEndsWhenItIsStopped) {
  const Capture capture(sample_info());
  bool stopped = false;
  std::jthread reader([&](const std::stop_token& stop) {
    try {
      capture.wait(1, stop);
    } catch (const Stopped&) {
      stopped = true;
    }
  });
  let_it_wait();
  reader.request_stop();
  reader.join();
  EXPECT_TRUE(stopped);
}

TEST(Capture, AnAbsentLayerNeverComes) {
  CaptureInfo info = sample_info();
  info.absent = {1};
  Capture capture(info);
  EXPECT_EQ(capture.state(1), LayerState::absent);
  EXPECT_EQ(capture.layer(1), nullptr);
  EXPECT_THAT([&] { capture.wait(1, {}); }, ThrowsMessage<InputError>(HasSubstr("layer 1 is not in this capture")));
  EXPECT_THROW(capture.publish(1, layer_of(info, 1)), std::logic_error);
}

TEST(Capture, ManyReadersSeeEveryLayerOnce) {
  CaptureInfo info = sample_info();
  info.layers.assign(64, info.layers[0]);
  Capture capture(info);
  std::atomic<int> seen{0};
  std::vector<std::jthread> readers;
  readers.reserve(4);
  for (int r = 0; r < 4; ++r) {
    readers.emplace_back([&] {
      for (std::int64_t l = 0; l < capture.layer_count(); ++l) {
        if (capture.wait(l, {})->tokens() == 5 && capture.state(l) == LayerState::present) ++seen;
      }
    });
  }
  for (std::int64_t l = 63; l >= 0; --l) capture.publish(l, layer_of(capture.info(), 0));
  readers.clear();
  EXPECT_EQ(seen, 4 * 64);
}

}  // namespace
}  // namespace attnscope
