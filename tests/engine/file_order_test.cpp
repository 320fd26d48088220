// Files that a person opened: captures, texts, and what is neither.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "capture/capture_writer.h"
#include "capture_samples.h"
#include "engine/capture_runner.h"
#include "gated_backend.h"

namespace attnscope::test {
namespace {

using testing::HasSubstr;

class Files : public testing::Test {
 protected:
  CaptureStatus open(const std::string& name, std::int64_t first = 0) {
    const std::uint64_t number = runner_.start(FileOrder{folder_.file(name), "tiny", first});
    EXPECT_TRUE(bell_.until([&] {
      const CaptureStage stage = runner_.status().stage;
      return runner_.status().order == number && stage != CaptureStage::opening && stage != CaptureStage::computing;
    }));
    return runner_.status();
  }
  void expect_refused(const std::string& name, const std::string& why) {
    const CaptureStatus status = open(name);
    EXPECT_EQ(status.stage, CaptureStage::failed);
    EXPECT_THAT(status.message, HasSubstr(folder_.file(name).string()));
    EXPECT_THAT(status.message, HasSubstr(why));
    EXPECT_EQ(runner_.capture(), nullptr);
  }
  void write(const std::string& name, std::string_view bytes) const {
    std::ofstream(folder_.file(name), std::ios::binary).write(bytes.data(), std::ssize(bytes));
  }
  // A capture of the three sample layers, or of some of them.
  void write_capture(const std::string& name, const std::vector<std::int64_t>& layers = {0, 1, 2}) const {
    const CaptureInfo info = sample_info();
    CaptureWriter writer(folder_.file(name), info, {DType::f32, layers});
    for (const std::int64_t layer : layers) {
      writer.take(layer, sample_layer(info.layers[static_cast<std::size_t>(layer)], info.count, 1));
    }
    writer.finish();
  }

  TemporaryFolder folder_;
  GatedBackend backend_;
  Pool pool_{1};
  Bell bell_;
  CaptureRunner runner_{backend_, pool_, known_models(ATTNSCOPE_SOURCE_ASSETS, "no-such-folder"), bell_.ring()};
};

TEST_F(Files, ACaptureIsThereAtOnceWithoutAModel) {
  write_capture("a.safetensors");
  const CaptureStatus status = open("a.safetensors");
  EXPECT_EQ(status.stage, CaptureStage::done) << status.message;
  EXPECT_EQ(status.layers, 3);
  EXPECT_EQ(status.layers_done, 3);
  EXPECT_EQ(status.share, 1);
  ASSERT_NE(runner_.capture(), nullptr);
  EXPECT_EQ(runner_.capture()->info().text, sample_info().text);
  EXPECT_EQ(runner_.capture()->state(2), LayerState::on_disk);
  EXPECT_EQ(runner_.model(), nullptr);
  EXPECT_EQ(backend_.calls(Op::forward), 0);
}

TEST_F(Files, ACaptureIsKnownByItsContentNotByItsName) {
  write_capture("a.txt");
  EXPECT_EQ(open("a.txt").layers, 3);
}

TEST_F(Files, LayersThatACaptureLeavesOutAreNotDone) {
  write_capture("a.safetensors", {1});
  EXPECT_EQ(open("a.safetensors").layers_done, 1);
}

TEST_F(Files, ABrokenCaptureIsRefused) {
  write_capture("a.safetensors");
  std::filesystem::resize_file(folder_.file("a.safetensors"),
                               std::filesystem::file_size(folder_.file("a.safetensors")) - 1);
  expect_refused("a.safetensors", "ends at byte");
}

TEST_F(Files, ABrokenCaptureIsNotReadAsAText) {
  write_capture("a.txt");
  std::filesystem::resize_file(folder_.file("a.txt"), std::filesystem::file_size(folder_.file("a.txt")) - 1);
  expect_refused("a.txt", "ends at byte");
}

TEST_F(Files, AWeightsFileThatIsNoCaptureIsRefusedAsOne) {
  write("a.safetensors", "just words");
  expect_refused("a.safetensors", "not a safetensors file");
}

TEST_F(Files, AnyOtherFileIsATextForTheModel) {
  write("a.txt", "The dog saw the cat.");
  const CaptureStatus status = open("a.txt", 2);
  ASSERT_EQ(status.stage, CaptureStage::done) << status.message;
  EXPECT_EQ(runner_.capture()->info().text, "The dog saw the cat.");
  EXPECT_EQ(runner_.capture()->info().first, 2);
  EXPECT_EQ(runner_.model()->info().name, "tiny");
}

// Byte 8 of a safetensors file is a brace too.
TEST_F(Files, ATextWithABraceAtByteEightIsAText) {
  write("a.json", R"({"data":{"a":1}})");
  const CaptureStatus status = open("a.json");
  ASSERT_EQ(status.stage, CaptureStage::done) << status.message;
  EXPECT_EQ(runner_.capture()->info().text, R"({"data":{"a":1}})");
}

TEST_F(Files, ABinaryFileIsRefused) {
  write("a.bin", std::string_view("\x7f"
                                  "ELF\0\0\0",
                                  7));
  expect_refused("a.bin", "NUL byte at byte 4");
}

TEST_F(Files, AnEmptyFileIsRefused) {
  write("a.txt", "");
  expect_refused("a.txt", "empty");
}

TEST_F(Files, AFolderIsRefused) {
  std::filesystem::create_directory(folder_.file("a.txt"));
  expect_refused("a.txt", "not a regular file");
}

TEST_F(Files, AMissingFileIsRefused) { expect_refused("a.txt", "No such file"); }

}  // namespace
}  // namespace attnscope::test
