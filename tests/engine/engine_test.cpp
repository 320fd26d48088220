// What a window asks for frame by frame, and when it is there.
#include "engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <new>

#include "attention/select.h"
#include "core/error.h"
#include "gated_backend.h"
#include "plain_attention.h"

namespace attnscope::test {
namespace {

using testing::HasSubstr;

constexpr std::int64_t n = 40;

class Frames : public testing::Test {
 protected:
  RowRequest row(std::int64_t query) const { return {{layer_->id, 0}, query}; }
  TileRequest tile(std::int64_t head) const { return {{layer_->id, head}, Pool2d::max, 0, 0, 0}; }
  ThumbnailRequest thumbnail(std::int64_t head) const { return {{layer_->id, head}, Pool2d::max, 8}; }

  // One frame that wants what `wants` says.
  template <typename Wants>
  void frame(const Wants& wants) {
    engine_->begin_frame();
    wants();
    engine_->end_frame();
  }
  // Frames that want this and nothing else until it is there.
  template <typename R>
  std::shared_ptr<const typename R::Result> await(const R& request, Urgency urgency = Urgency::answer) {
    std::shared_ptr<const typename R::Result> result;
    bell_.until([&] {
      frame([&] { result = engine_->want(layer_, request, urgency); });
      return result != nullptr;
    });
    return result;
  }
  // Frames that want this and nothing else until it has failed.
  bool await_failure(const RowRequest& request) {
    return bell_.until([&] {
      frame([&] { engine_->want(layer_, request, Urgency::answer); });
      return !engine_->failure().empty() && !engine_->busy();
    });
  }
  std::unique_ptr<Engine> make_engine(EngineOptions options = {}) {
    return std::make_unique<Engine>(backend_, pool_, bell_.ring(), options);
  }

  const std::shared_ptr<const Layer> layer_ = causal_layer(n);
  GatedBackend backend_;
  Pool pool_{2};
  Bell bell_;
  std::unique_ptr<Engine> engine_ = make_engine();
};

TEST_F(Frames, AWantIsBusyUntilItsResultIsThere) {
  EXPECT_FALSE(engine_->busy());
  backend_.close(Op::rows);
  frame([&] { EXPECT_EQ(engine_->want(layer_, row(3), Urgency::answer), nullptr); });
  EXPECT_TRUE(engine_->busy());
  EXPECT_EQ(engine_->find(row(3)), nullptr);
  backend_.open();
  const auto result = await(row(3));
  ASSERT_NE(result, nullptr);
  EXPECT_NEAR(result->p[2], PlainAttention(*layer_, 0).p(3, 2).value(), 1e-6);
  EXPECT_FALSE(engine_->busy());
  EXPECT_EQ(engine_->find(row(3)), result);
}

TEST_F(Frames, AResultIsTakenOverByTheNextFrameOnly) {
  std::atomic<int> wakes = 0;
  const std::function<void()> ring = bell_.ring();
  engine_ = std::make_unique<Engine>(backend_, pool_, [&] {
    ++wakes;
    ring();
  });
  frame([&] { engine_->want(layer_, row(3), Urgency::answer); });
  ASSERT_TRUE(bell_.until([&] { return wakes == 1; }));
  EXPECT_EQ(engine_->find(row(3)), nullptr);
  EXPECT_TRUE(engine_->busy());
  frame([&] { EXPECT_NE(engine_->want(layer_, row(3), Urgency::answer), nullptr); });
  EXPECT_FALSE(engine_->busy());
}

TEST_F(Frames, AnAnswerOvertakesRefinementsAndTilesThatRunOrWait) {
  backend_.close(Op::map);
  const auto others = [&] {
    for (std::int64_t head = 0; head < layer_->spec.heads; ++head) {
      engine_->want(layer_, thumbnail(head), Urgency::refine);
      engine_->want(layer_, tile(head), Urgency::visible);
    }
  };
  frame(others);
  ASSERT_TRUE(bell_.until([&] { return backend_.calls(Op::map) == 2; }));
  EXPECT_TRUE(bell_.until([&] {
    bool there = false;
    frame([&] {
      others();
      there = engine_->want(layer_, row(3), Urgency::answer) != nullptr;
    });
    return there;
  }));
  EXPECT_EQ(backend_.calls(Op::map), 2) << "the third worker takes answers only";
}

TEST_F(Frames, OfTwoWantsOfOneThingTheMoreUrgentCounts) {
  backend_.close(Op::map);
  frame([&] { engine_->want(layer_, thumbnail(0), Urgency::refine); });
  ASSERT_TRUE(bell_.until([&] { return backend_.calls(Op::map) == 1; }));
  EXPECT_TRUE(bell_.until([&] {
    bool there = false;
    frame([&] {
      engine_->want(layer_, thumbnail(0), Urgency::refine);
      engine_->want(layer_, row(3), Urgency::answer);
      there = engine_->want(layer_, row(3), Urgency::refine) != nullptr;
    });
    return there;
  })) << "the worker that takes refinements is not free";
}

TEST_F(Frames, WhatWaitsAndIsNotWantedAnyMoreIsNotComputed) {
  backend_.close(Op::map);
  frame([&] {
    for (std::int64_t head = 0; head < 4; ++head) engine_->want(layer_, thumbnail(head), Urgency::refine);
  });
  ASSERT_TRUE(bell_.until([&] { return backend_.calls(Op::map) == 1; }));
  frame([&] { engine_->want(layer_, thumbnail(3), Urgency::refine); });
  ASSERT_TRUE(bell_.until([&] { return backend_.stopped(Op::map) == 1; })) << "what runs is stopped";
  backend_.open();
  EXPECT_NE(await(thumbnail(3), Urgency::refine), nullptr);
  EXPECT_EQ(backend_.calls(Op::map), 2);
}

TEST_F(Frames, WhatWasDroppedIsComputedWhenItIsWantedAgain) {
  backend_.close(Op::map);
  frame([&] { engine_->want(layer_, thumbnail(0), Urgency::refine); });
  ASSERT_TRUE(bell_.until([&] { return backend_.calls(Op::map) == 1; }));
  frame([] {});
  EXPECT_FALSE(engine_->busy());
  ASSERT_TRUE(bell_.until([&] { return backend_.stopped(Op::map) == 1; }));
  backend_.open();
  EXPECT_NE(await(thumbnail(0), Urgency::refine), nullptr);
  EXPECT_EQ(engine_->failure(), "") << "being dropped is no failure";
}

TEST_F(Frames, AResultIsComputedOnce) {
  const auto first = await(row(3));
  await(row(4));
  EXPECT_EQ(await(row(3)), first);
  EXPECT_EQ(backend_.calls(Op::rows), 2);
}

TEST_F(Frames, ResultsThatDoNotFitAreForgottenAndComputedAgain) {
  engine_ = make_engine({2 * (n * sizeof(float) + sizeof(Weights))});
  for (const std::int64_t query : {1, 2, 3}) await(row(query));
  frame([] {});
  EXPECT_EQ(engine_->find(row(1)), nullptr);
  EXPECT_NE(engine_->find(row(2)), nullptr);
  EXPECT_NE(engine_->find(row(3)), nullptr);
  EXPECT_NE(await(row(1)), nullptr);
  EXPECT_EQ(backend_.calls(Op::rows), 4);
}

TEST_F(Frames, AFailureIsReportedAndNotTriedAgain) {
  backend_.set_trouble(Op::rows, [] { throw Error("the disk is full"); });
  ASSERT_TRUE(await_failure(row(3)));
  EXPECT_EQ(engine_->failure(), "the disk is full");
  for (int again = 0; again < 3; ++again) {
    frame([&] { EXPECT_EQ(engine_->want(layer_, row(3), Urgency::answer), nullptr); });
    EXPECT_FALSE(engine_->busy());
  }
  EXPECT_EQ(backend_.calls(Op::rows), 1);
}

TEST_F(Frames, AFailureThatWasReadIsForgottenButNotTriedAgain) {
  backend_.set_trouble(Op::rows, [] { throw Error("the disk is full"); });
  ASSERT_TRUE(await_failure(row(3)));
  engine_->forget_failure();
  EXPECT_EQ(engine_->failure(), "");
  frame([&] { EXPECT_EQ(engine_->want(layer_, row(3), Urgency::answer), nullptr); });
  EXPECT_FALSE(engine_->busy());
  EXPECT_EQ(backend_.calls(Op::rows), 1);
}

TEST_F(Frames, TheNextSuccessEndsAFailure) {
  backend_.set_trouble(Op::rows, [] { throw Error("the disk is full"); });
  ASSERT_TRUE(await_failure(row(3)));
  ASSERT_NE(await(thumbnail(0)), nullptr);
  EXPECT_EQ(engine_->failure(), "");
}

TEST_F(Frames, ClearForgetsResultsAndFailures) {
  ASSERT_NE(await(thumbnail(0)), nullptr);
  backend_.set_trouble(Op::rows, [] { throw Error("the disk is full"); });
  ASSERT_TRUE(await_failure(row(3)));
  backend_.set_trouble(Op::rows, [] {});
  engine_->clear();
  EXPECT_EQ(engine_->find(thumbnail(0)), nullptr);
  EXPECT_NE(await(row(3)), nullptr);
}

TEST_F(Frames, WantOfMemoryIsSaidInWords) {
  backend_.set_trouble(Op::rows, [] { throw std::bad_alloc(); });
  ASSERT_TRUE(await_failure(row(3)));
  EXPECT_EQ(engine_->failure(), "not enough memory for a row");
}

TEST_F(Frames, AQuestionThatTheLayerCannotAnswerFails) {
  ASSERT_TRUE(await_failure(row(n)));
  EXPECT_THAT(engine_->failure(), HasSubstr("the context has tokens 0 to 39"));
}

TEST_F(Frames, WhatADeviceCannotDoIsComputedByTheOtherBackendAndSaid) {
  auto gated = std::make_unique<GatedBackend>();
  gated->refuse(Op::rows, "no rows today");
  const auto backend = make_fallback_backend(std::move(gated), make_reference_backend, {});
  engine_ = std::make_unique<Engine>(*backend, pool_, bell_.ring());
  EXPECT_EQ(engine_->fallback(), "");
  const auto result = await(row(3));
  ASSERT_NE(result, nullptr);
  EXPECT_NEAR(result->p[2], PlainAttention(*layer_, 0).p(3, 2).value(), 1e-6);
  EXPECT_EQ(engine_->fallback(), "gated cannot do this (no rows today): reference computes it");
  EXPECT_EQ(engine_->backend_name(), "gated");
  engine_.reset();  // before its backend
}

TEST_F(Frames, TimesAreToldOfEachKindThatWasComputed) {
  EXPECT_EQ(engine_->last_times(), "");
  await(thumbnail(0));
  await(row(3));
  EXPECT_THAT(engine_->last_times(), testing::MatchesRegex("row [0-9.]+ ms, thumbnail [0-9.]+ ms"));
}

TEST_F(Frames, ProgressIsToldWhileSomethingRuns) {
  EXPECT_EQ(engine_->progress(), std::nullopt);
  backend_.close(Op::map);
  frame([&] { engine_->want(layer_, thumbnail(0), Urgency::refine); });
  ASSERT_TRUE(bell_.until([&] { return backend_.calls(Op::map) == 1; }));
  EXPECT_TRUE(engine_->progress().has_value());
  backend_.open();
  await(thumbnail(0));
  EXPECT_EQ(engine_->progress(), std::nullopt);
}

TEST_F(Frames, TheEndStopsWhatRuns) {
  backend_.close(Op::map);
  backend_.close(Op::rows);
  frame([&] {
    engine_->want(layer_, thumbnail(0), Urgency::answer);
    engine_->want(layer_, row(3), Urgency::answer);
  });
  ASSERT_TRUE(bell_.until([&] { return backend_.calls(Op::map) + backend_.calls(Op::rows) == 2; }));
  engine_.reset();
  EXPECT_EQ(backend_.stopped(Op::map) + backend_.stopped(Op::rows), 2);
}

TEST_F(Frames, ManyFramesOfChangingWantsAllComeToTheirEnd) {
  for (std::int64_t query = 0; query < n; ++query) {
    frame([&] {
      for (std::int64_t head = 0; head < layer_->spec.heads; ++head) {
        engine_->want(layer_, RowRequest{{layer_->id, head}, query}, Urgency::answer);
        engine_->want(layer_, ThumbnailRequest{{layer_->id, head}, Pool2d::mean, 1 + query % 8}, Urgency::refine);
      }
      engine_->want(layer_, tile(query % layer_->spec.heads), Urgency::visible);
    });
  }
  const auto last = await(row(n - 1));
  ASSERT_NE(last, nullptr);
  EXPECT_NEAR(last->p[5], PlainAttention(*layer_, 0).p(n - 1, 5).value(), 1e-6);
  EXPECT_EQ(engine_->failure(), "");
}

}  // namespace
}  // namespace attnscope::test
