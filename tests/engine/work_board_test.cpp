// What waits, what runs, and what is dropped.
#include "engine/work_board.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace attnscope::test {
namespace {

RowRequest row(std::int64_t query) { return {{1, 0}, query}; }
Want want(std::int64_t query, Urgency urgency) { return {row(query), nullptr, urgency, nullptr}; }

class Board : public testing::Test {
 protected:
  // The query of the next task for a worker that takes `least`.
  std::int64_t next(Urgency least = Urgency::refine) {
    last_ = board_.take(least, stop_.get_token());
    return last_ == nullptr ? -1 : std::get<RowRequest>(last_->want.request).query;
  }
  // The same where nothing may be ready: waits a moment only.
  std::int64_t next_or_none(Urgency least) {
    std::stop_source ended;
    const std::jthread end([&ended] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      ended.request_stop();
    });
    const auto task = board_.take(least, ended.get_token());
    return task == nullptr ? -1 : std::get<RowRequest>(task->want.request).query;
  }
  void finish() { board_.end(last_, Finished{last_->want.request, std::make_shared<const int>(1), 1, {}, 0}); }

  WorkBoard board_;
  std::stop_source stop_;
  std::shared_ptr<Task> last_;
};

TEST_F(Board, GivesTheMostUrgentFirstThenInTheOrderOfAsking) {
  board_.set_wants({want(1, Urgency::refine), want(2, Urgency::visible), want(3, Urgency::refine),
                    want(4, Urgency::answer), want(5, Urgency::visible)});
  EXPECT_EQ(next(), 4);
  EXPECT_EQ(next(), 2);
  EXPECT_EQ(next(), 5);
  EXPECT_EQ(next(), 1);
  EXPECT_EQ(next(), 3);
}

TEST_F(Board, AWorkerWaitsForWhatIsUrgentEnoughForIt) {
  board_.set_wants({want(1, Urgency::refine)});
  std::int64_t taken = 0;
  std::thread worker([&] { taken = next(Urgency::answer); });
  board_.set_wants({want(1, Urgency::refine), want(2, Urgency::visible), want(3, Urgency::answer)});
  worker.join();
  EXPECT_EQ(taken, 3);
  EXPECT_EQ(next(Urgency::visible), 2);
}

TEST_F(Board, AWorkerThatIsToldToEndTakesNothing) {
  board_.set_wants({want(1, Urgency::answer)});
  stop_.request_stop();
  EXPECT_EQ(next(), -1);
}

TEST_F(Board, WhatIsNotWantedAnyMoreDoesNotWait) {
  board_.set_wants({want(1, Urgency::answer), want(2, Urgency::answer)});
  board_.set_wants({want(2, Urgency::answer)});
  EXPECT_EQ(next(), 2);
  EXPECT_EQ(next_or_none(Urgency::refine), -1);
}

TEST_F(Board, UrgencyIsThatOfTheLastFrame) {
  board_.set_wants({want(1, Urgency::visible), want(2, Urgency::refine)});
  board_.set_wants({want(1, Urgency::refine), want(2, Urgency::answer)});
  EXPECT_EQ(next(), 2);
}

TEST_F(Board, WhatRunsOrIsFinishedDoesNotWaitAgain) {
  board_.set_wants({want(1, Urgency::answer), want(2, Urgency::answer)});
  ASSERT_EQ(next(), 1);
  finish();
  ASSERT_EQ(next(), 2);
  board_.set_wants({want(1, Urgency::answer), want(2, Urgency::answer), want(3, Urgency::refine)});
  EXPECT_EQ(next(), 3);
}

TEST_F(Board, WhatRunsAndIsNotWantedIsStopped) {
  board_.set_wants({want(1, Urgency::answer)});
  ASSERT_EQ(next(), 1);
  board_.set_wants({want(1, Urgency::answer)});
  EXPECT_FALSE(last_->stop.stop_requested());
  board_.set_wants({});
  EXPECT_TRUE(last_->stop.stop_requested());
}

TEST_F(Board, WhatIsMoreThanHalfDoneGoesOn) {
  board_.set_wants({want(1, Urgency::answer)});
  ASSERT_EQ(next(), 1);
  last_->progress.expect(100);
  last_->progress.finish(51);
  board_.set_wants({});
  EXPECT_FALSE(last_->stop.stop_requested());
  finish();
  EXPECT_EQ(board_.take_finished().size(), 1U);
}

TEST_F(Board, WhatIsHalfDoneIsStopped) {
  board_.set_wants({want(1, Urgency::answer)});
  ASSERT_EQ(next(), 1);
  last_->progress.expect(100);
  last_->progress.finish(50);
  board_.set_wants({});
  EXPECT_TRUE(last_->stop.stop_requested());
}

TEST_F(Board, WhatWasStoppedAndIsWantedAgainBeginsAgain) {
  board_.set_wants({want(1, Urgency::answer)});
  ASSERT_EQ(next(), 1);
  const auto first = last_;
  board_.set_wants({});
  board_.set_wants({want(1, Urgency::answer)});
  ASSERT_EQ(next(), 1);
  board_.end(first, std::nullopt);
  EXPECT_FALSE(last_->stop.stop_requested());
  board_.set_wants({want(1, Urgency::answer)});
  EXPECT_EQ(next_or_none(Urgency::refine), -1) << "the end of the first must not free the second";
}

TEST_F(Board, ProgressIsOfWhatHasRunLongest) {
  EXPECT_EQ(board_.progress(), std::nullopt);
  board_.set_wants({want(1, Urgency::answer), want(2, Urgency::answer)});
  ASSERT_EQ(next(), 1);
  last_->progress.expect(4);
  last_->progress.finish(1);
  const auto first = last_;
  ASSERT_EQ(next(), 2);
  EXPECT_EQ(board_.progress(), 0.25);
  board_.end(first, std::nullopt);
  EXPECT_EQ(board_.progress(), 0.0);
}

TEST_F(Board, StopAllStopsWhatRunsAndDropsWhatWaits) {
  board_.set_wants({want(1, Urgency::answer), want(2, Urgency::answer)});
  ASSERT_EQ(next(), 1);
  board_.stop_all();
  EXPECT_TRUE(last_->stop.stop_requested());
  EXPECT_EQ(next_or_none(Urgency::refine), -1);
}

}  // namespace
}  // namespace attnscope::test
