// Captures made beside the window.
#include "engine/capture_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>

#include "capture/capture_writer.h"
#include "capture_samples.h"
#include "gated_backend.h"

namespace attnscope::test {
namespace {

using testing::HasSubstr;

class Runs : public testing::Test {
 protected:
  TextOrder text(std::string words) const { return {std::move(words), "tiny", 0}; }
  bool until_stage(CaptureStage stage) {
    return bell_.until([&] { return runner_.status().stage == stage; });
  }
  // Closed gates and a capture that waits in its first layer.
  void begin_and_hold(const CaptureOrder& order) {
    backend_.close(Op::forward);
    const int before = backend_.calls(Op::forward);
    runner_.start(order);
    ASSERT_TRUE(bell_.until([&] { return backend_.calls(Op::forward) > before; }));
  }
  void write_capture(const std::filesystem::path& path) const {
    const CaptureInfo info = sample_info();
    CaptureWriter writer(path, info);
    for (std::int64_t layer = 0; layer < std::ssize(info.layers); ++layer) {
      writer.take(layer, sample_layer(info.layers[static_cast<std::size_t>(layer)], info.count, 9));
    }
    writer.finish();
  }

  Bell bell_;
  GatedBackend backend_;
  Pool pool_{2};
  TemporaryFolder folder_;
  CaptureRunner runner_{backend_, pool_, known_models(ATTNSCOPE_SOURCE_ASSETS, folder_.path()), bell_.ring()};
};

TEST_F(Runs, AreIdleAtFirst) {
  EXPECT_EQ(runner_.status().stage, CaptureStage::idle);
  EXPECT_EQ(runner_.status().order, 0U);
  EXPECT_EQ(runner_.capture(), nullptr);
  EXPECT_EQ(runner_.model(), nullptr);
}

TEST_F(Runs, CaptureATextLayerByLayer) {
  EXPECT_EQ(runner_.start(text("The cat sat on the mat.")), 1U);
  ASSERT_TRUE(until_stage(CaptureStage::done));
  const CaptureStatus status = runner_.status();
  const auto capture = runner_.capture();
  ASSERT_NE(capture, nullptr);
  EXPECT_EQ(status.order, 1U);
  EXPECT_EQ(status.layers, capture->layer_count());
  EXPECT_EQ(status.layers_done, status.layers);
  EXPECT_EQ(status.share, 1);
  EXPECT_GT(status.seconds, 0);
  EXPECT_EQ(runner_.capture_order(), 1U);
  EXPECT_EQ(capture->info().text, "The cat sat on the mat.");
  EXPECT_EQ(capture->info().first, 0);
  EXPECT_EQ(capture->info().count, std::ssize(capture->info().tokens));
  for (std::int64_t layer = 0; layer < capture->layer_count(); ++layer) EXPECT_NE(capture->layer(layer), nullptr);
  ASSERT_NE(runner_.model(), nullptr);
  EXPECT_EQ(runner_.model()->info().name, "tiny");
}

TEST_F(Runs, GiveTheTextBeforeItsLayers) {
  begin_and_hold(text("The cat sat."));
  EXPECT_EQ(runner_.status().stage, CaptureStage::computing);
  ASSERT_NE(runner_.capture(), nullptr);
  EXPECT_EQ(runner_.capture()->info().text, "The cat sat.");
  EXPECT_EQ(runner_.capture()->state(0), LayerState::to_be_computed);
  EXPECT_EQ(runner_.status().layers_done, 0);
  backend_.open();
  EXPECT_TRUE(until_stage(CaptureStage::done));
}

TEST_F(Runs, StopWhenToldTo) {
  begin_and_hold(text("The cat sat."));
  runner_.stop();
  ASSERT_TRUE(until_stage(CaptureStage::stopped));
  EXPECT_EQ(runner_.status().message, "");
  EXPECT_NE(runner_.capture(), nullptr) << "the text stays";
}

TEST_F(Runs, KeepLayersThatAreThereWhenStopped) {
  // The gate closes behind the first layer.
  backend_.set_trouble(Op::forward, [&, calls = std::make_shared<std::atomic<int>>(0)] {
    if (++*calls == 1) backend_.close(Op::forward);
  });
  runner_.start(text("The cat sat."));
  ASSERT_TRUE(bell_.until([&] { return runner_.status().layers_done == 1; }));
  runner_.stop();
  ASSERT_TRUE(until_stage(CaptureStage::stopped));
  EXPECT_EQ(runner_.capture()->state(0), LayerState::present);
  EXPECT_EQ(runner_.capture()->state(1), LayerState::to_be_computed);
}

TEST_F(Runs, AreReplacedByANewOrder) {
  begin_and_hold(text("The first text."));
  EXPECT_EQ(runner_.start(text("The second text.")), 2U);
  ASSERT_TRUE(bell_.until([&] { return backend_.stopped(Op::forward) == 1; }));
  backend_.open();
  ASSERT_TRUE(until_stage(CaptureStage::done));
  EXPECT_EQ(runner_.status().order, 2U);
  EXPECT_EQ(runner_.capture_order(), 2U);
  EXPECT_EQ(runner_.capture()->info().text, "The second text.");
}

TEST_F(Runs, KeepAModelOpenForTheNextText) {
  runner_.start(text("One."));
  ASSERT_TRUE(until_stage(CaptureStage::done));
  const auto model = runner_.model();
  runner_.start(text("Two."));
  ASSERT_TRUE(bell_.until([&] { return runner_.capture_order() == 2; }));
  EXPECT_EQ(runner_.model(), model);
}

TEST_F(Runs, CaptureAsMuchOfALongTextAsTheModelReads) {
  std::string words;
  for (int i = 0; i < 300; ++i) words += "cat ";
  backend_.close(Op::forward);
  runner_.start(TextOrder{words, ATTNSCOPE_TEST_DATA "/models/llama", 7});
  ASSERT_TRUE(bell_.until([&] { return runner_.capture() != nullptr; }));
  const CaptureInfo& info = runner_.capture()->info();
  EXPECT_GT(std::ssize(info.tokens), 300);
  EXPECT_EQ(info.first, 7);
  EXPECT_EQ(info.count, 256);
  EXPECT_EQ(runner_.model()->info().context, 256);
}

TEST_F(Runs, CaptureTheRestOfATextThatEndsBeforeTheContext) {
  backend_.close(Op::forward);
  runner_.start(TextOrder{"The cat sat on the mat.", "tiny", 2});
  ASSERT_TRUE(bell_.until([&] { return runner_.capture() != nullptr; }));
  const CaptureInfo& info = runner_.capture()->info();
  EXPECT_EQ(info.first, 2);
  EXPECT_EQ(info.count, std::ssize(info.tokens) - 2);
}

TEST_F(Runs, FailWhereTheTextHasNoSuchToken) {
  runner_.start(TextOrder{"The cat.", "tiny", 500});
  ASSERT_TRUE(until_stage(CaptureStage::failed));
  EXPECT_THAT(runner_.status().message, HasSubstr("token 500: the text has tokens 0 to "));
}

TEST_F(Runs, FailForATextWithoutTokensAndKeepTheCaptureBefore) {
  runner_.start(text("One."));
  ASSERT_TRUE(until_stage(CaptureStage::done));
  const auto before = runner_.capture();
  runner_.start(text(""));
  ASSERT_TRUE(until_stage(CaptureStage::failed));
  EXPECT_EQ(runner_.status().message, "the text has no tokens");
  EXPECT_EQ(runner_.capture(), before);
  EXPECT_EQ(runner_.capture_order(), 1U);
}

TEST_F(Runs, FailForAModelThatIsNotKnown) {
  runner_.start(TextOrder{"One.", "no such model", 0});
  ASSERT_TRUE(until_stage(CaptureStage::failed));
  EXPECT_THAT(runner_.status().message, HasSubstr("no such model"));
  EXPECT_EQ(runner_.capture(), nullptr);
}

TEST_F(Runs, FailWithTheReasonOfTheBackendAndKeepTheText) {
  backend_.set_trouble(Op::forward, [] { throw std::bad_alloc(); });
  runner_.start(text("One."));
  ASSERT_TRUE(until_stage(CaptureStage::failed));
  EXPECT_EQ(runner_.status().message, "not enough memory for this capture");
  EXPECT_NE(runner_.capture(), nullptr);
}

TEST_F(Runs, OpenACaptureFileWithAllItsLayers) {
  write_capture(folder_.file("capture.safetensors"));
  runner_.start(FileOrder{folder_.file("capture.safetensors"), "tiny", 0});
  ASSERT_TRUE(until_stage(CaptureStage::done));
  const auto capture = runner_.capture();
  ASSERT_NE(capture, nullptr);
  EXPECT_EQ(capture->info().model, "a model");
  EXPECT_EQ(capture->state(2), LayerState::on_disk);
  EXPECT_EQ(runner_.status().layers_done, 3);
  EXPECT_EQ(runner_.model(), nullptr);
}

TEST_F(Runs, OpenAnyOtherFileAsAText) {
  std::ofstream(folder_.file("text.txt")) << "The cat sat.";
  runner_.start(FileOrder{folder_.file("text.txt"), "tiny", 0});
  ASSERT_TRUE(until_stage(CaptureStage::done));
  EXPECT_EQ(runner_.capture()->info().text, "The cat sat.");
}

TEST_F(Runs, FailForABrokenFile) {
  const auto path = folder_.file("capture.safetensors");
  write_capture(path);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  runner_.start(FileOrder{path, "tiny", 0});
  ASSERT_TRUE(until_stage(CaptureStage::failed));
  EXPECT_THAT(runner_.status().message, HasSubstr("capture.safetensors"));
  EXPECT_EQ(runner_.capture(), nullptr);
}

TEST_F(Runs, FailForAFileThatIsNotThere) {
  runner_.start(FileOrder{folder_.file("nothing.txt"), "tiny", 0});
  ASSERT_TRUE(until_stage(CaptureStage::failed));
  EXPECT_THAT(runner_.status().message, HasSubstr("nothing.txt"));
}

TEST_F(Runs, MakeSyntheticCaptures) {
  runner_.start(SyntheticOrder{500});
  ASSERT_TRUE(until_stage(CaptureStage::done));
  EXPECT_EQ(runner_.capture()->info().count, 500);
  EXPECT_EQ(runner_.model(), nullptr);
  EXPECT_EQ(runner_.status().layers_done, 2);
}

TEST_F(Runs, FailForASyntheticCaptureOfNoTokens) {
  runner_.start(SyntheticOrder{0});
  ASSERT_TRUE(until_stage(CaptureStage::failed));
  EXPECT_NE(runner_.status().message, "");
}

TEST_F(Runs, EndWhileTheyCompute) {
  begin_and_hold(text("The cat sat."));  // the end of the test must stop it: the gate stays closed
}

}  // namespace
}  // namespace attnscope::test
