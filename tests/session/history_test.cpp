#include "session/history.h"

#include <gtest/gtest.h>

namespace attnscope {
namespace {

View at_layer(std::int64_t layer) {
  View view;
  view.layer = layer;
  return view;
}

TEST(HistoryTest, UndoGoesBackStepByStepAndRedoForthAgain) {
  History history;
  history.remember(at_layer(0), false, 0);
  history.remember(at_layer(1), false, 1);
  EXPECT_EQ(history.undo(at_layer(2))->layer, 1);
  EXPECT_EQ(history.undo(at_layer(1))->layer, 0);
  EXPECT_FALSE(history.undo(at_layer(0)));
  EXPECT_EQ(history.redo(at_layer(0))->layer, 1);
  EXPECT_EQ(history.redo(at_layer(1))->layer, 2);
  EXPECT_FALSE(history.redo(at_layer(2)));
}

TEST(HistoryTest, AChangeAfterUndoForgetsWhatWasUndone) {
  History history;
  history.remember(at_layer(0), false, 0);
  ASSERT_TRUE(history.undo(at_layer(1)));
  history.remember(at_layer(0), false, 1);
  EXPECT_FALSE(history.can_redo());
}

TEST(HistoryTest, MapMovesThatFollowEachOtherAreOneStep) {
  History history;
  history.remember(at_layer(0), true, 0.0);
  history.remember(at_layer(1), true, 0.3);
  history.remember(at_layer(2), true, 0.6);
  history.remember(at_layer(3), true, 2.0);
  EXPECT_EQ(history.undo(at_layer(4))->layer, 3);
  EXPECT_EQ(history.undo(at_layer(3))->layer, 0);
  EXPECT_FALSE(history.can_undo());
}

TEST(HistoryTest, AnotherChangeEndsTheGesture) {
  History history;
  history.remember(at_layer(0), true, 0.0);
  history.remember(at_layer(1), false, 0.1);
  history.remember(at_layer(2), true, 0.2);
  EXPECT_EQ(history.undo(at_layer(3))->layer, 2);
  EXPECT_EQ(history.undo(at_layer(2))->layer, 1);
  EXPECT_EQ(history.undo(at_layer(1))->layer, 0);
}

TEST(HistoryTest, KeepsTheLastTwoHundredSteps) {
  History history;
  for (std::int64_t i = 0; i < 300; ++i) history.remember(at_layer(i), false, static_cast<double>(i));
  int steps = 0;
  View now = at_layer(300);
  while (const auto view = history.undo(now)) {
    now = *view;
    ++steps;
  }
  EXPECT_EQ(steps, 200);
  EXPECT_EQ(now.layer, 100);
}

}  // namespace
}  // namespace attnscope
