// The workspace with the bundled model, driven by commands as the window drives it.
#include "session/workspace.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>

#include "../engine/gated_backend.h"
#include "../formats/temporary_folder.h"
#include "attention/device_error.h"
#include "attention/select.h"

namespace attnscope {
namespace {

constexpr auto longest_wait = std::chrono::seconds(60);

// The clock stands still unless a test moves it.
class WorkspaceTest : public testing::Test {
 protected:
  WorkspaceTest() { make_workspace(); }
  void make_workspace() {
    const std::filesystem::path assets = ATTNSCOPE_TEST_ASSETS;
    WorkspaceOptions options;
    options.models = known_models(assets, "/nowhere");
    options.examples = load_examples(assets / "texts" / "examples.txt");
    options.model = "tiny";
    options.measures = false;
    workspace = std::make_unique<Workspace>(*backend, pool, std::move(options), [this] {
      const std::lock_guard lock(mutex);
      woken = true;
      changed.notify_all();
    });
  }

  void frame() {
    workspace->begin_frame(now);
    workspace->pair();
    workspace->end_frame(-1e9);
  }
  // Frames until `done`; fails where that takes too long.
  template <typename Done>
  void frames_until(Done done) {
    const auto end = std::chrono::steady_clock::now() + longest_wait;
    for (frame(); !done(); frame()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << "nothing happened for a minute";
      std::unique_lock lock(mutex);
      changed.wait_for(lock, std::chrono::milliseconds(20), [this] { return woken; });
      woken = false;
    }
  }
  void settle() {
    frames_until([this] {
      const CaptureStage stage = workspace->capture_status().stage;
      const bool ended = stage == CaptureStage::done || stage == CaptureStage::failed || stage == CaptureStage::stopped;
      return ended && !workspace->engine().busy();
    });
    frame();
  }
  void open_sentence() {
    workspace->execute(OpenExample{0});
    settle();
  }

  std::unique_ptr<Backend> backend = select_backend("auto", "");
  Pool pool{2};
  std::mutex mutex;
  std::condition_variable changed;
  bool woken = false;
  double now = 0;
  std::unique_ptr<Workspace> workspace;
};

TEST_F(WorkspaceTest, ThatTheCpuComputedForALostDeviceIsSaidOnce) {
  workspace.reset();
  auto device = std::make_unique<test::GatedBackend>();
  device->set_trouble(Op::forward, [] { throw DeviceLost("it fell off the bus"); });
  backend = make_fallback_backend(std::move(device), [] { return select_backend("cpu", ""); }, {});
  make_workspace();
  open_sentence();
  EXPECT_EQ(workspace->capture_status().stage, CaptureStage::done);
  ASSERT_TRUE(workspace->notice());
  EXPECT_EQ(workspace->notice()->text.find("gated was lost (it fell off the bus): "), 0U) << workspace->notice()->text;
  EXPECT_FALSE(workspace->notice()->error);
  workspace->execute(DismissNotice{});
  frame();
  EXPECT_FALSE(workspace->notice());
}

TEST_F(WorkspaceTest, BeginsWithoutADocument) {
  frame();
  EXPECT_EQ(workspace->document(), nullptr);
  EXPECT_FALSE(workspace->focus_token());
  EXPECT_EQ(workspace->layer(), nullptr);
}

TEST_F(WorkspaceTest, AnExampleIsCapturedAndItsWordPicked) {
  open_sentence();
  ASSERT_NE(workspace->document(), nullptr);
  EXPECT_EQ(workspace->document()->info().text, workspace->examples()[0].text);
  ASSERT_TRUE(workspace->view().token);
  EXPECT_EQ(workspace->document()->label(*workspace->view().token), "it");
  ASSERT_NE(workspace->weights(), nullptr);
  EXPECT_TRUE(workspace->pair());
}

TEST_F(WorkspaceTest, TheHeadIsTheOneWithTheStrongestLinkBeyondNeighboursAndFirstToken) {
  open_sentence();
  const std::int64_t place = workspace->document()->place(*workspace->view().token);
  float best = 0;
  std::pair<std::int64_t, std::int64_t> expected;
  const auto reference = make_reference_backend();
  for (std::int64_t l = 0; l < 2; ++l) {
    for (std::int64_t h = 0; h < 4; ++h) {
      const auto layer = workspace->layer(l);
      std::vector<float> p(static_cast<std::size_t>(layer->tokens()));
      const float a = -layer->head_lse(h)[static_cast<std::size_t>(place)];
      reference->rows(layer->head(h), {&place, 1}, {{&a, 1}, {}}, p, Job{pool});
      for (std::int64_t k = 1; k < place - 1; ++k) {
        if (p[static_cast<std::size_t>(k)] > best) {
          best = p[static_cast<std::size_t>(k)];
          expected = {l, h};
        }
      }
    }
  }
  EXPECT_EQ(std::pair(workspace->view().layer, workspace->view().head), expected);
}

TEST_F(WorkspaceTest, AHeadThatWasAskedForStays) {
  Arrival arrival;
  arrival.layer = 1;
  arrival.head = 3;
  workspace->open_example(0, arrival);
  settle();
  EXPECT_EQ(workspace->view().layer, 1);
  EXPECT_EQ(workspace->view().head, 3);
}

TEST_F(WorkspaceTest, PickingIsUndoneAndRedone) {
  open_sentence();
  const auto first = workspace->view().token;
  workspace->execute(PickToken{2});
  EXPECT_EQ(workspace->view().token, 2);
  workspace->execute(Undo{});
  EXPECT_EQ(workspace->view().token, first);
  workspace->execute(Redo{});
  EXPECT_EQ(workspace->view().token, 2);
}

TEST_F(WorkspaceTest, StepsStopAtTheEnds) {
  open_sentence();
  workspace->execute(PickToken{0});
  workspace->execute(StepToken{-1});
  EXPECT_EQ(workspace->view().token, 0);
  workspace->execute(StepToken{1});
  EXPECT_EQ(workspace->view().token, 1);
  workspace->execute(PickHead{0, 0});
  workspace->execute(StepHead{-1});
  EXPECT_EQ(workspace->view().head, 0);
  workspace->execute(StepLayer{1});
  workspace->execute(StepLayer{1});
  EXPECT_EQ(workspace->view().layer, 1);
  workspace->execute(StepHead{3});
  workspace->execute(StepHead{1});
  EXPECT_EQ(workspace->view().head, 3);
}

TEST_F(WorkspaceTest, WhatIsNotThereCannotBePicked) {
  open_sentence();
  const View before = workspace->view();
  workspace->execute(PickToken{1000});
  workspace->execute(PickToken{-1});
  workspace->execute(PickHead{2, 0});
  workspace->execute(PickPair{0, 1000});
  EXPECT_EQ(workspace->view(), before);
}

TEST_F(WorkspaceTest, StrengthStepsWalkDownTheRowByWeight) {
  open_sentence();
  const auto row = workspace->weights();
  ASSERT_NE(row, nullptr);
  float last = 2;
  for (int step = 0; step < 3; ++step) {
    const auto pair = workspace->pair();
    ASSERT_TRUE(pair);
    const float weight = row->p[static_cast<std::size_t>(pair->second)];
    EXPECT_LE(weight, last);
    last = weight;
    workspace->execute(StepStrength{1});
    frame();
  }
}

TEST_F(WorkspaceTest, SwappingTheDirectionAsksForTheColumn) {
  open_sentence();
  workspace->execute(PickToken{0});
  workspace->execute(SetDirection{Direction::attended_by});
  settle();
  const auto column = workspace->weights();
  ASSERT_NE(column, nullptr);
  for (const float p : column->p) EXPECT_GE(p, 0);  // every query sees the first token
}

TEST_F(WorkspaceTest, TypingCapturesAgainAfterAPauseAndKeepsThePickedWord) {
  open_sentence();
  workspace->execute(EditText{"The dog sat on the mat because it was hungry."});
  now = 0.1;
  frame();
  EXPECT_EQ(workspace->capture_status().order, 1U);
  EXPECT_NEAR(*workspace->due_in(), 0.15, 1e-9);
  EXPECT_NE(workspace->document()->info().text, workspace->draft()) << "the old picture stays";
  now = 0.3;
  frames_until([this] { return workspace->document()->info().text == workspace->draft(); });
  settle();
  ASSERT_TRUE(workspace->view().token);
  EXPECT_EQ(workspace->document()->label(*workspace->view().token), "it");
}

TEST_F(WorkspaceTest, AnEmptiedFieldLeavesThePicture) {
  open_sentence();
  workspace->execute(EditText{""});
  now = 1;
  settle();
  EXPECT_FALSE(workspace->notice());
  EXPECT_FALSE(workspace->due_in());
  EXPECT_EQ(workspace->document()->info().text, workspace->examples()[0].text);
}

TEST_F(WorkspaceTest, ATextWithoutTokensIsAnErrorThatLeavesThePicture) {
  open_sentence();
  workspace->execute(OpenText{"", "pasted text"});
  settle();
  ASSERT_TRUE(workspace->notice());
  EXPECT_TRUE(workspace->notice()->error);
  EXPECT_EQ(workspace->document()->info().text, workspace->examples()[0].text);
  workspace->execute(DismissNotice{});
  EXPECT_FALSE(workspace->notice());
}

TEST_F(WorkspaceTest, FilesAreOpenedAndBrokenOnesRefusedWithAReason) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("a.txt")) << "Once upon a time there was a text.";
  workspace->execute(OpenFile{folder.file("a.txt")});
  settle();
  ASSERT_NE(workspace->document(), nullptr);
  EXPECT_EQ(workspace->document()->name(), "a.txt");
  workspace->execute(OpenFile{folder.file("none.txt")});
  settle();
  ASSERT_TRUE(workspace->notice());
  EXPECT_NE(workspace->notice()->text.find("none.txt"), std::string::npos);
  EXPECT_EQ(workspace->document()->name(), "a.txt");
}

TEST_F(WorkspaceTest, MadeUpTokensAreADocumentThatSaysSo) {
  workspace->execute(OpenSynthetic{500});
  settle();
  ASSERT_NE(workspace->document(), nullptr);
  EXPECT_EQ(workspace->document()->tokens(), 500);
  EXPECT_EQ(workspace->document()->info().model, "synthetic");
  EXPECT_TRUE(workspace->notice());
}

TEST_F(WorkspaceTest, SettingsFollowTheCommands) {
  workspace->execute(SetTheme{Theme::light});
  workspace->execute(SetReducedMotion{true});
  EXPECT_EQ(workspace->settings().theme, Theme::light);
  EXPECT_TRUE(workspace->settings().reduced_motion);
}

}  // namespace
}  // namespace attnscope
