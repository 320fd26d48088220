// Captures made beside the window: stages, stopping, newer orders, slices of long texts, failures.
#include "engine/capture_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>

#include "gated_backend.h"

namespace attnscope::test {
namespace {

using testing::HasSubstr;

const std::string sentence = "The dog saw the cat because it was loud.";

// Two layers of 4 heads and 2 KV heads, a context of 256 tokens, random weights.
std::string llama() { return ATTNSCOPE_TEST_DATA "/models/llama"; }

// A text of `words` words.
std::string words(std::int64_t count) {
  std::string text;
  for (std::int64_t word = 0; word < count; ++word) text += (word == 0 ? "w" : " w") + std::to_string(word);
  return text;
}

class Runner : public testing::Test {
 protected:
  // Carries the order out to its end.
  CaptureStatus carry_out(CaptureOrder order) {
    const std::uint64_t number = runner_->start(std::move(order));
    EXPECT_TRUE(until_ended(number));
    return runner_->status();
  }
  bool until_ended(std::uint64_t number) {
    return bell_.until([&] {
      const CaptureStatus status = runner_->status();
      return status.order == number && status.stage != CaptureStage::opening && status.stage != CaptureStage::computing;
    });
  }
  // Does this when the forward pass of the `layer`th layer, counted from 0, begins.
  void at_layer(int layer, std::function<void()> action) {
    backend_.set_trouble(Op::forward, [this, layer, action = std::move(action)] {
      if (forwards_++ == layer) action();
    });
  }

  GatedBackend backend_;
  Pool pool_{2};
  Bell bell_;
  std::atomic<int> wakes_ = 0;
  std::atomic<int> forwards_ = 0;
  std::vector<ModelPlace> models_ = known_models(ATTNSCOPE_SOURCE_ASSETS, "no-such-folder");
  std::optional<CaptureRunner> runner_{std::in_place, backend_, pool_, models_, [this, ring = bell_.ring()] {
                                         ++wakes_;
                                         ring();
                                       }};
};

TEST_F(Runner, IsIdleBeforeThereIsAnOrder) {
  EXPECT_EQ(runner_->status().stage, CaptureStage::idle);
  EXPECT_EQ(runner_->status().order, 0U);
  EXPECT_EQ(runner_->capture(), nullptr);
  EXPECT_EQ(runner_->model(), nullptr);
  runner_->stop();
  EXPECT_EQ(runner_->status().stage, CaptureStage::idle);
}

TEST_F(Runner, CapturesATextWithAllLayers) {
  const CaptureStatus status = carry_out(TextOrder{sentence, "tiny", 0});
  EXPECT_EQ(status.stage, CaptureStage::done) << status.message;
  EXPECT_EQ(status.order, 1U);
  EXPECT_EQ(status.layers, 2);
  EXPECT_EQ(status.layers_done, 2);
  EXPECT_EQ(status.share, 1);
  EXPECT_GT(status.seconds, 0);
  const auto capture = runner_->capture();
  ASSERT_NE(capture, nullptr);
  EXPECT_EQ(runner_->capture_order(), 1U);
  EXPECT_EQ(capture->info().text, sentence);
  EXPECT_EQ(capture->info().first, 0);
  EXPECT_EQ(capture->info().count, std::ssize(capture->info().tokens));
  EXPECT_EQ(capture->info().model, "tiny");
  for (const std::int64_t layer : {0, 1}) {
    ASSERT_EQ(capture->state(layer), LayerState::present);
    EXPECT_EQ(capture->layer(layer)->tokens(), capture->info().count);
  }
  ASSERT_NE(runner_->model(), nullptr);
  EXPECT_EQ(runner_->model()->info().name, "tiny");
}

TEST_F(Runner, TheTextIsThereBeforeItsLayers) {
  backend_.close(Op::forward);
  runner_->start(TextOrder{sentence, "tiny", 0});
  ASSERT_TRUE(bell_.until([&] { return runner_->capture() != nullptr; }));
  const CaptureStatus status = runner_->status();
  EXPECT_EQ(status.stage, CaptureStage::computing);
  EXPECT_EQ(status.layers, 2);
  EXPECT_EQ(status.layers_done, 0);
  EXPECT_LT(status.share, 1);
  EXPECT_EQ(runner_->capture()->layer(0), nullptr);
  EXPECT_EQ(runner_->capture()->info().text, sentence);
  backend_.open();
  EXPECT_TRUE(until_ended(1));
}

TEST_F(Runner, TellsOfTheTextOfEachLayerAndOfTheEnd) {
  carry_out(TextOrder{sentence, "tiny", 0});
  EXPECT_TRUE(bell_.until([&] { return wakes_ >= 4; }));
}

TEST_F(Runner, StoppingKeepsTheLayersThatAreThere) {
  at_layer(1, [&] { runner_->stop(); });
  const CaptureStatus status = carry_out(TextOrder{sentence, llama(), 0});
  EXPECT_EQ(status.stage, CaptureStage::stopped);
  EXPECT_EQ(status.message, "");
  EXPECT_EQ(status.layers_done, 1);
  ASSERT_NE(runner_->capture(), nullptr);
  EXPECT_EQ(runner_->capture()->state(0), LayerState::present);
  EXPECT_EQ(runner_->capture()->state(1), LayerState::to_be_computed);
}

TEST_F(Runner, AnOrderStoppedBeforeItBeganLeavesTheCaptureBefore) {
  carry_out(SyntheticOrder{10});
  const auto before = runner_->capture();
  backend_.close(Op::forward);
  runner_->start(TextOrder{sentence, llama(), 0});
  ASSERT_TRUE(bell_.until([&] { return backend_.calls(Op::forward) == 1; }));
  const auto running = runner_->capture();
  EXPECT_NE(running, before);
  const std::uint64_t waiting = runner_->start(SyntheticOrder{20});
  runner_->stop();
  ASSERT_TRUE(until_ended(waiting));
  EXPECT_EQ(runner_->status().stage, CaptureStage::stopped);
  EXPECT_EQ(runner_->capture(), running);
  EXPECT_EQ(runner_->capture_order(), 2U);
}

TEST_F(Runner, ANewerOrderReplacesTheOneThatRuns) {
  at_layer(1, [&] { runner_->start(TextOrder{"another text", llama(), 0}); });
  runner_->start(TextOrder{sentence, llama(), 0});
  ASSERT_TRUE(until_ended(2));
  EXPECT_EQ(runner_->status().stage, CaptureStage::done) << runner_->status().message;
  EXPECT_EQ(runner_->status().layers_done, 2);
  EXPECT_EQ(runner_->capture_order(), 2U);
  EXPECT_EQ(runner_->capture()->info().text, "another text");
  EXPECT_EQ(backend_.calls(Op::forward), 4) << "two layers of each, of the first one the second in vain";
}

TEST_F(Runner, OfManyOrdersTheLastIsCarriedOut) {
  for (std::int64_t tokens = 1; tokens <= 50; ++tokens) runner_->start(SyntheticOrder{tokens});
  ASSERT_TRUE(until_ended(50));
  EXPECT_EQ(runner_->status().stage, CaptureStage::done);
  EXPECT_EQ(runner_->capture()->info().count, 50);
}

TEST_F(Runner, AModelStaysOpenForTheNextText) {
  carry_out(TextOrder{sentence, "tiny", 0});
  const auto first = runner_->model();
  carry_out(TextOrder{"another text", "tiny", 0});
  EXPECT_EQ(runner_->model(), first);
  carry_out(TextOrder{"another text", llama(), 0});
  EXPECT_NE(runner_->model(), first);
}

TEST_F(Runner, ALongTextIsCutToTheContextOfTheModel) {
  carry_out(TextOrder{words(300), llama(), 0});
  const CaptureInfo& info = runner_->capture()->info();
  ASSERT_GT(std::ssize(info.tokens), 256);
  EXPECT_EQ(info.first, 0);
  EXPECT_EQ(info.count, 256);
  EXPECT_EQ(runner_->capture()->layer(1)->tokens(), 256);
}

TEST_F(Runner, TheContextBeginsWhereTheOrderSays) {
  carry_out(TextOrder{words(300), llama(), 0});
  const auto total = std::ssize(runner_->capture()->info().tokens);
  carry_out(TextOrder{words(300), llama(), 7});
  EXPECT_EQ(runner_->capture()->info().first, 7);
  EXPECT_EQ(runner_->capture()->info().count, 256);
  carry_out(TextOrder{words(300), llama(), total - 1});
  EXPECT_EQ(runner_->capture()->info().first, total - 1);
  EXPECT_EQ(runner_->capture()->info().count, 1);
}

TEST_F(Runner, AContextOutsideOfTheTextIsRefused) {
  for (const std::int64_t first : {std::int64_t{-1}, std::int64_t{1000}}) {
    const CaptureStatus status = carry_out(TextOrder{sentence, "tiny", first});
    EXPECT_EQ(status.stage, CaptureStage::failed);
    EXPECT_THAT(status.message, HasSubstr("token " + std::to_string(first) + ": the text has tokens 0 to"));
  }
}

TEST_F(Runner, AnEmptyTextIsRefused) {
  const CaptureStatus status = carry_out(TextOrder{"", "tiny", 0});
  EXPECT_EQ(status.stage, CaptureStage::failed);
  EXPECT_THAT(status.message, HasSubstr("no tokens"));
}

TEST_F(Runner, AnUnknownModelIsRefusedByItsNameAndLeavesTheCaptureBefore) {
  carry_out(SyntheticOrder{10});
  const auto before = runner_->capture();
  const CaptureStatus status = carry_out(TextOrder{sentence, "no-such-model", 0});
  EXPECT_EQ(status.stage, CaptureStage::failed);
  EXPECT_THAT(status.message, HasSubstr("no-such-model"));
  EXPECT_EQ(status.layers, 0);
  EXPECT_EQ(runner_->capture(), before);
  EXPECT_EQ(carry_out(TextOrder{sentence, "tiny", 0}).stage, CaptureStage::done);
}

TEST_F(Runner, ALayerThatFailsLeavesTheOnesBeforeIt) {
  at_layer(1, [] { throw std::runtime_error("the roof is on fire"); });
  const CaptureStatus status = carry_out(TextOrder{sentence, llama(), 0});
  EXPECT_EQ(status.stage, CaptureStage::failed);
  EXPECT_EQ(status.message, "the roof is on fire");
  EXPECT_EQ(status.layers_done, 1);
  EXPECT_EQ(runner_->capture()->state(0), LayerState::present);
}

TEST_F(Runner, SyntheticTextsNeedNoModel) {
  const CaptureStatus status = carry_out(SyntheticOrder{300});
  EXPECT_EQ(status.stage, CaptureStage::done);
  EXPECT_EQ(status.layers_done, 2);
  EXPECT_EQ(runner_->capture()->info().count, 300);
  EXPECT_EQ(runner_->model(), nullptr);
  EXPECT_EQ(carry_out(SyntheticOrder{0}).stage, CaptureStage::failed);
}

TEST_F(Runner, TheEndDoesNotWaitForACapture) {
  backend_.close(Op::forward);
  runner_->start(TextOrder{sentence, "tiny", 0});
  ASSERT_TRUE(bell_.until([&] { return backend_.calls(Op::forward) == 1; }));
  runner_.reset();
  EXPECT_EQ(backend_.stopped(Op::forward), 1);
}

}  // namespace
}  // namespace attnscope::test
