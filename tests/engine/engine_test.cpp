// Frames that want, workers that answer.
#include "engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <new>
#include <numeric>

#include "core/error.h"
#include "gated_backend.h"
#include "plain_attention.h"

namespace attnscope::test {
namespace {

using testing::HasSubstr;

class Frames : public testing::Test {
 protected:
  // One frame in which one thing is wanted.
  template <typename R>
  auto frame(const R& request, Urgency urgency = Urgency::answer) {
    engine_.begin_frame();
    auto result = engine_.want(layer_, request, urgency, tokens_);
    engine_.end_frame();
    return result;
  }
  void empty_frame() {
    engine_.begin_frame();
    engine_.end_frame();
  }
  // Frames until what is wanted is there.
  template <typename R>
  auto wait_for(const R& request, Urgency urgency = Urgency::answer) {
    decltype(frame(request, urgency)) result;
    EXPECT_TRUE(bell_.until([&] { return (result = frame(request, urgency)) != nullptr; }));
    return result;
  }
  RowRequest row(std::int64_t query) const { return {{layer_->id, 0}, query}; }
  ThumbnailRequest thumbnail(std::int64_t head) const { return {{layer_->id, head}, Pool2d::max, 8}; }

  Bell bell_;
  GatedBackend backend_;
  Pool pool_{2};
  std::shared_ptr<const Layer> layer_ = sample_layers(20)[1].layer;  // with lse, so that a picture is one op
  std::vector<std::int32_t> tokens_;
  Engine engine_{backend_, pool_, bell_.ring(), {}};
};

TEST_F(Frames, AnswerWhatTheyWant) {
  EXPECT_EQ(frame(row(7)), nullptr);
  const auto result = wait_for(row(7));
  const PlainAttention plain(*layer_, 0);
  ASSERT_EQ(result->p.size(), 20U);
  for (std::int64_t key = 0; key <= 7; ++key) {
    EXPECT_NEAR(result->p[static_cast<std::size_t>(key)], plain.p(7, key).value(), 1e-6);
  }
  EXPECT_TRUE(std::isnan(result->p[8]));
}

TEST_F(Frames, AnswerEveryKindOfRequest) {
  tokens_ = {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2};
  const HeadRef head{layer_->id, 0};
  EXPECT_EQ(wait_for(ColumnRequest{head, 3})->p.size(), 20U);
  EXPECT_EQ(wait_for(TileRequest{head, Pool2d::max, 0, 0, 0}, Urgency::visible)->pixels.size(), 400U);
  EXPECT_EQ(wait_for(thumbnail(1), Urgency::refine)->pixels.size(), 64U);
  EXPECT_EQ(wait_for(EstimateRequest{head, Pool2d::max, 8})->pixels.size(), 64U);
  EXPECT_EQ(wait_for(LinksRequest{head, 2}, Urgency::refine)->keys.size(), 40U);
  EXPECT_EQ(wait_for(PairRequest{head, 5, 3})->seen, 6);
  EXPECT_EQ(wait_for(PairInHeadsRequest{layer_->id, 5, 3})->p.size(), 6U);
  EXPECT_FALSE(std::isnan(wait_for(ProfileRequest{head}, Urgency::refine)->prefix_match)) << "tokens reach the worker";
}

TEST_F(Frames, ComputeOnceWhatIsKept) {
  const auto first = wait_for(row(7));
  EXPECT_EQ(frame(row(7)), first);
  EXPECT_EQ(engine_.find(row(7)), first);
  EXPECT_EQ(engine_.find(row(8)), nullptr);
  EXPECT_EQ(backend_.calls(Op::rows), 1);
}

TEST_F(Frames, ForgetEverythingWhenCleared) {
  wait_for(row(7));
  engine_.clear();
  EXPECT_EQ(engine_.find(row(7)), nullptr);
  wait_for(row(7));
  EXPECT_EQ(backend_.calls(Op::rows), 2);
}

TEST_F(Frames, AnAnswerOvertakesEverythingElse) {
  backend_.close(Op::map);
  const TileRequest tile{{layer_->id, 0}, Pool2d::max, 0, 0, 0};
  const auto wants = [&](bool with_tile, bool with_row) {
    engine_.begin_frame();
    for (std::int64_t head = 0; head < 6; ++head) engine_.want(layer_, thumbnail(head), Urgency::refine);
    if (with_tile) engine_.want(layer_, tile, Urgency::visible);
    const auto answer = with_row ? engine_.want(layer_, row(3), Urgency::answer) : nullptr;
    engine_.end_frame();
    return answer;
  };
  wants(false, false);
  ASSERT_TRUE(bell_.until([&] { return backend_.calls(Op::map) == 1; })) << "a worker waits in a thumbnail";
  wants(true, false);
  ASSERT_TRUE(bell_.until([&] { return backend_.calls(Op::map) == 2; })) << "another waits in the tile";
  EXPECT_TRUE(bell_.until([&] { return wants(true, true) != nullptr; }));
  EXPECT_EQ(backend_.calls(Op::map), 2);
  EXPECT_TRUE(engine_.busy());
  backend_.open();
}

TEST_F(Frames, DropWhatIsNotWantedAnyMore) {
  backend_.close(Op::map);
  engine_.begin_frame();
  for (std::int64_t head = 0; head < 6; ++head) engine_.want(layer_, thumbnail(head), Urgency::refine);
  engine_.end_frame();
  ASSERT_TRUE(bell_.until([&] { return backend_.calls(Op::map) == 1; }));
  empty_frame();
  ASSERT_TRUE(bell_.until([&] { return backend_.stopped(Op::map) == 1; }));
  backend_.open();
  wait_for(ColumnRequest{{layer_->id, 0}, 1}, Urgency::refine);  // by the worker that had the thumbnails
  EXPECT_EQ(backend_.calls(Op::map), 1);
  EXPECT_EQ(engine_.find(thumbnail(0)), nullptr);
  EXPECT_EQ(engine_.failure(), "") << "what was dropped has not failed";
}

TEST_F(Frames, AreBusyUntilTheyHaveWhatTheyWant) {
  EXPECT_FALSE(engine_.busy());
  EXPECT_EQ(engine_.progress(), std::nullopt);
  backend_.close(Op::rows);
  frame(row(1));
  EXPECT_TRUE(engine_.busy());
  ASSERT_TRUE(bell_.until([&] { return backend_.calls(Op::rows) == 1; }));
  EXPECT_NE(engine_.progress(), std::nullopt);
  backend_.open();
  wait_for(row(1));
  EXPECT_FALSE(engine_.busy());
  EXPECT_EQ(engine_.progress(), std::nullopt);
}

TEST_F(Frames, ReportAFailureUntilSomethingSucceedsAndDoNotTryAgain) {
  backend_.set_trouble(Op::rows, [] { throw Error("the device is lost"); });
  EXPECT_TRUE(bell_.until([&] {
    frame(row(1));
    return !engine_.failure().empty();
  }));
  EXPECT_EQ(engine_.failure(), "the device is lost");
  EXPECT_EQ(frame(row(1)), nullptr);
  EXPECT_FALSE(engine_.busy());
  wait_for(thumbnail(0));
  EXPECT_EQ(engine_.failure(), "");
  EXPECT_EQ(backend_.calls(Op::rows), 1);
}

TEST_F(Frames, TryAgainWhatFailedOnceCleared) {
  backend_.set_trouble(Op::rows, [] { throw Error("the device is lost"); });
  ASSERT_TRUE(bell_.until([&] {
    frame(row(1));
    return !engine_.failure().empty();
  }));
  backend_.set_trouble(Op::rows, {});
  engine_.clear();
  wait_for(row(1));
}

TEST_F(Frames, SayForWhatMemoryRanOut) {
  backend_.set_trouble(Op::map, [] { throw std::bad_alloc(); });
  EXPECT_TRUE(bell_.until([&] {
    frame(thumbnail(0));
    return !engine_.failure().empty();
  }));
  EXPECT_EQ(engine_.failure(), "not enough memory for a thumbnail");
}

TEST_F(Frames, SayWhatIsWrongWithARequest) {
  EXPECT_TRUE(bell_.until([&] {
    frame(row(20));
    return !engine_.failure().empty();
  }));
  EXPECT_EQ(engine_.failure(), "query 20: the context has tokens 0 to 19");
}

TEST_F(Frames, TellWhatComputesAndWhatItCouldNot) {
  EXPECT_EQ(engine_.backend_name(), "gated");
  EXPECT_EQ(engine_.fallback(), "");
  backend_.refuse(Op::rows, "no rows today");
  wait_for(row(1));
  EXPECT_THAT(engine_.fallback(), HasSubstr("gated cannot do this (no rows today)"));
}

TEST_F(Frames, TellHowLongTheLatestOfEachKindTook) {
  EXPECT_EQ(engine_.last_times(), "");
  wait_for(thumbnail(0));
  wait_for(row(1));
  EXPECT_THAT(engine_.last_times(), testing::MatchesRegex("row [0-9]*\\.?[0-9]+ ms, thumbnail [0-9]*\\.?[0-9]+ ms"));
}

TEST_F(Frames, TheMoreUrgentOfTwoWantsCounts) {
  backend_.close(Op::map);
  frame(thumbnail(0), Urgency::refine);
  ASSERT_TRUE(bell_.until([&] { return backend_.calls(Op::map) == 1; }));
  const auto wants = [&] {
    engine_.begin_frame();
    engine_.want(layer_, thumbnail(0), Urgency::refine);
    engine_.want(layer_, row(1), Urgency::refine);
    const auto result = engine_.want(layer_, row(1), Urgency::answer);
    engine_.end_frame();
    return result;
  };
  EXPECT_TRUE(bell_.until([&] { return wants() != nullptr; }));
  backend_.open();
}

TEST(EngineEnd, StopsWhatRuns) {
  Bell bell;
  GatedBackend backend;
  backend.close(Op::map);
  Pool pool(1);
  const auto layer = causal_layer(20);
  {
    Engine engine(backend, pool, bell.ring());
    engine.begin_frame();
    for (std::int64_t head = 0; head < 6; ++head) {
      engine.want(layer, ThumbnailRequest{{layer->id, head}, Pool2d::max, 8}, Urgency::refine);
    }
    engine.end_frame();
    ASSERT_TRUE(bell.until([&] { return backend.calls(Op::map) == 1; }));
  }
  EXPECT_EQ(backend.stopped(Op::map), 1);
  EXPECT_EQ(backend.calls(Op::map), 1);
}

TEST(EngineMemory, KeepsNoMoreBytesThanItWasGiven) {
  Bell bell;
  GatedBackend backend;
  Pool pool(1);
  const auto layer = causal_layer(100);
  Engine engine(backend, pool, bell.ring(), {2000});  // four rows of 100 numbers
  const auto all_there = [&](std::int64_t begin, std::int64_t end) {
    engine.begin_frame();
    bool all = true;
    for (std::int64_t query = begin; query < end; ++query) {
      all = engine.want(layer, RowRequest{{layer->id, 0}, query}, Urgency::answer) != nullptr && all;
    }
    engine.end_frame();
    return all;
  };
  EXPECT_TRUE(bell.until([&] { return all_there(0, 4); }));
  EXPECT_TRUE(bell.until([&] { return all_there(4, 8); }));
  EXPECT_EQ(engine.find(RowRequest{{layer->id, 0}, 0}), nullptr);
  EXPECT_TRUE(bell.until([&] { return all_there(0, 12); })) << "what is wanted at once is there at once";
}

}  // namespace
}  // namespace attnscope::test
