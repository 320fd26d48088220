#include "capture/capture_file.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <limits>

#include "capture/capture_writer.h"
#include "capture_samples.h"
#include "core/error.h"

namespace attnscope {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

// Writes the layers of `info` that the writer wants, layer l with seed l.
void write_capture(const std::filesystem::path& path, const CaptureInfo& info, const CaptureFileOptions& options = {}) {
  CaptureWriter writer(path, info, options);
  for (std::size_t l = info.layers.size(); l-- > 0;) {  // the order is free
    const auto index = static_cast<std::int64_t>(l);
    if (writer.wants(index)) writer.take(index, sample_layer(info.layers[l], info.count, l));
  }
  writer.finish();
}

TEST(CaptureFile, EveryBitOfEveryLayerComesBack) {
  const TemporaryFolder folder;
  const CaptureInfo info = sample_info();
  write_capture(folder.file("a"), info);
  const auto capture = open_capture(folder.file("a"));
  ASSERT_EQ(capture->layer_count(), 3);
  for (std::size_t l = 0; l < 3; ++l) {
    const auto index = static_cast<std::int64_t>(l);
    EXPECT_EQ(capture->state(index), LayerState::on_disk);
    EXPECT_TRUE(same_layer(*capture->layer(index), *sample_layer(info.layers[l], 5, l))) << l;
  }
}

TEST(CaptureFile, TheDocumentAndItsSliceComeBack) {
  const TemporaryFolder folder;
  const CaptureInfo info = sample_info();
  write_capture(folder.file("a"), info);
  const auto capture = open_capture(folder.file("a"));
  EXPECT_EQ(capture->info().model, info.model);
  EXPECT_EQ(capture->info().text, info.text);
  EXPECT_EQ(capture->info().tokens, info.tokens);
  EXPECT_EQ(capture->info().first, 2);
  EXPECT_EQ(capture->info().count, 5);
  EXPECT_EQ(capture->info().notes, info.notes);
  EXPECT_EQ(capture->info().layers, info.layers);
}

TEST(CaptureFile, LayersHaveIdsOfTheirOwn) {
  const TemporaryFolder folder;
  write_capture(folder.file("a"), sample_info());
  EXPECT_NE(open_capture(folder.file("a"))->layer(0)->id, open_capture(folder.file("a"))->layer(0)->id);
}

TEST(CaptureFile, ALayerOutlivesItsCapture) {
  const TemporaryFolder folder;
  write_capture(folder.file("a"), sample_info());
  const auto layer = open_capture(folder.file("a"))->layer(0);
  std::filesystem::remove(folder.file("a"));
  EXPECT_TRUE(same_layer(*layer, *sample_layer(sample_info().layers[0], 5, 0)));
}

TEST(CaptureFile, HoldsOnlyTheLayersAskedForAndKnowsTheOthers) {
  const TemporaryFolder folder;
  const CaptureInfo info = sample_info();
  write_capture(folder.file("a"), info, {DType::f32, {1}});
  EXPECT_EQ(SafetensorsFile::open(folder.file("a")).find("layer.0.q"), nullptr);
  const auto capture = open_capture(folder.file("a"));
  EXPECT_EQ(capture->layer_count(), 3);
  EXPECT_THAT(capture->info().absent, ElementsAre(0, 2));
  EXPECT_EQ(capture->state(0), LayerState::absent);
  EXPECT_EQ(capture->info().layers[0].heads, 6);
  EXPECT_TRUE(same_layer(*capture->layer(1), *sample_layer(info.layers[1], 5, 1)));
}

TEST(CaptureFile, WithoutDescriptionsTheLayerCountIsTheFilesOwn) {
  const TemporaryFolder folder;
  write_capture(folder.file("a"), sample_info(), {DType::f32, {1}});
  OpenedFile file(folder.file("a"));
  file.metadata.erase("layer.0");
  file.metadata.erase("layer.2");
  file.metadata["layers"] = "30";
  file.write(folder.file("b"));
  const auto capture = open_capture(folder.file("b"));
  EXPECT_EQ(capture->layer_count(), 30);
  EXPECT_EQ(capture->state(29), LayerState::absent);
  EXPECT_EQ(capture->state(1), LayerState::on_disk);
}

TEST(CaptureFile, ACaptureOfSomeLayersCanBeWrittenAgain) {
  const TemporaryFolder folder;
  write_capture(folder.file("a"), sample_info(), {DType::f32, {0, 2}});
  const auto first = open_capture(folder.file("a"));
  CaptureWriter writer(folder.file("b"), first->info());
  EXPECT_FALSE(writer.wants(1));
  for (const std::int64_t l : {0, 2}) writer.take(l, first->layer(l));
  writer.finish();
  const auto second = open_capture(folder.file("b"));
  EXPECT_EQ(second->info().absent, first->info().absent);
  EXPECT_TRUE(same_layer(*second->layer(2), *first->layer(2)));
}

class NarrowCapture : public testing::TestWithParam<DType> {};

TEST_P(NarrowCapture, NumbersAreRoundedToTheNearest) {
  const TemporaryFolder folder;
  const CaptureInfo info = sample_info();
  write_capture(folder.file("a"), info, {GetParam(), {}});
  const auto layer = open_capture(folder.file("a"))->layer(1);
  const auto original = sample_layer(info.layers[1], 5, 1);
  ASSERT_EQ(layer->spec.dtype, GetParam());
  for (const auto& [stored, exact] :
       {std::pair{&layer->q, &original->q}, {&layer->k, &original->k}, {&layer->v, &original->v}}) {
    ASSERT_EQ(stored->dtype(), GetParam());
    const auto* const bits = static_cast<const std::uint16_t*>(stored->data());
    for (std::int64_t i = 0; i < exact->blocks() * exact->rows() * exact->cols(); ++i) {
      const float number = exact->f32()[i];
      ASSERT_EQ(bits[i], GetParam() == DType::f16 ? f16_from_float(number) : bf16_from_float(number)) << i;
    }
  }
}

TEST_P(NarrowCapture, RoundedLayersHaveNoLseBecauseItWouldNotBeTheirs) {
  const TemporaryFolder folder;
  write_capture(folder.file("a"), sample_info(), {GetParam(), {}});
  const auto capture = open_capture(folder.file("a"));
  EXPECT_FALSE(capture->layer(0)->lse);
  EXPECT_THAT(capture->info().notes.back(), HasSubstr("rounded to " + std::string(name_of(GetParam()))));
}

TEST_P(NarrowCapture, AnotherTypesOwnNumbersAreWidenedWithoutLoss) {
  const TemporaryFolder folder;
  CaptureInfo info = sample_info();
  for (LayerSpec& spec : info.layers) spec.dtype = GetParam();
  write_capture(folder.file("narrow"), info, {GetParam(), {}});
  const auto narrow = open_capture(folder.file("narrow"));
  write_capture(folder.file("wide"), info, {DType::f32, {}});
  const auto wide = open_capture(folder.file("wide"));
  EXPECT_TRUE(same_layer(*narrow->layer(0), *sample_layer(info.layers[0], 5, 0)));  // lse included
  EXPECT_TRUE(same_bits(*wide->layer(0)->lse, *narrow->layer(0)->lse));
  for (std::int64_t c = 0; c < 8; ++c) {
    EXPECT_EQ(wide->layer(0)->head(3).q.at(4, c), narrow->layer(0)->head(3).q.at(4, c));
  }
  EXPECT_EQ(wide->info().notes, info.notes);
}

INSTANTIATE_TEST_SUITE_P(Types, NarrowCapture, testing::Values(DType::f16, DType::bf16),
                         [](const auto& type) { return std::string(name_of(type.param)); });

TEST(CaptureWriter, ConvertsTensorsLongerThanItsBlock) {
  const TemporaryFolder folder;
  CaptureInfo info = sample_info();
  info.tokens.assign(5000, {7, 0, 0});
  info.first = 0;
  info.count = 5000;
  write_capture(folder.file("a"), info, {DType::f16, {0}});
  const auto layer = open_capture(folder.file("a"))->layer(0);
  const auto original = sample_layer(info.layers[0], 5000, 0);
  for (std::int64_t i = 0; i < 6 * 5000 * 8; ++i) {
    ASSERT_EQ(static_cast<const std::uint16_t*>(layer->q.data())[i], f16_from_float(original->q.f32()[i])) << i;
  }
}

TEST(CaptureWriter, RefusesNumbersThatAreTooLargeForF16) {
  const TemporaryFolder folder;
  const CaptureInfo info = sample_info();
  const auto layer = std::make_shared<Layer>(*sample_layer(info.layers[0], 5, 0));
  layer->k.mutable_f32()[3] = 65520;  // the first that rounds beyond the largest, 65504
  CaptureWriter writer(folder.file("a"), info, {DType::f16, {0}});
  EXPECT_THAT([&] { writer.take(0, layer); },
              ThrowsMessage<InputError>(HasSubstr("layer.0.k: 65520 is too large for f16, use bf16 or f32")));
}

TEST(CaptureWriter, AnUnfinishedFileLeavesNothing) {
  const TemporaryFolder folder;
  const CaptureInfo info = sample_info();
  {
    CaptureWriter writer(folder.file("a"), info);
    writer.take(0, sample_layer(info.layers[0], 5, 0));
    EXPECT_FALSE(std::filesystem::exists(folder.file("a")));
  }
  EXPECT_TRUE(folder.empty());
}

TEST(CaptureWriter, AKilledProcessLeavesTheOldFile) {
  const TemporaryFolder folder;
  const CaptureInfo info = sample_info();
  write_capture(folder.file("a"), info);
  const pid_t child = ::fork();
  if (child == 0) {
    CaptureWriter writer(folder.file("a"), info, {DType::f16, {}});
    writer.take(0, sample_layer(info.layers[0], 5, 0));
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(same_layer(*open_capture(folder.file("a"))->layer(0), *sample_layer(info.layers[0], 5, 0)));
}

TEST(CaptureWriter, IsNotFinishedWithoutEveryWantedLayer) {
  const TemporaryFolder folder;
  const CaptureInfo info = sample_info();
  CaptureWriter writer(folder.file("a"), info, {DType::f32, {0, 2}});
  writer.take(0, sample_layer(info.layers[0], 5, 0));
  EXPECT_THAT([&] { writer.finish(); }, ThrowsMessage<Error>(HasSubstr("layer 2 was not computed")));
}

TEST(CaptureWriter, WantsEachLayerOnceAndOnlyThoseAskedFor) {
  const TemporaryFolder folder;
  const CaptureInfo info = sample_info();
  CaptureWriter writer(folder.file("a"), info, {DType::f32, {1}});
  EXPECT_FALSE(writer.wants(0));
  EXPECT_TRUE(writer.wants(1));
  EXPECT_FALSE(writer.wants(3));
  EXPECT_FALSE(writer.wants(-1));
  writer.take(1, sample_layer(info.layers[1], 5, 1));
  EXPECT_FALSE(writer.wants(1));
  EXPECT_THROW(writer.take(1, sample_layer(info.layers[1], 5, 1)), std::logic_error);
  writer.take(0, sample_layer(info.layers[0], 5, 0));  // not wanted, ignored
}

TEST(CaptureWriter, RefusesALayerThatIsNotWhatTheInfoSays) {
  const TemporaryFolder folder;
  const CaptureInfo info = sample_info();
  CaptureWriter writer(folder.file("a"), info);
  EXPECT_THROW(writer.take(0, sample_layer(info.layers[0], 4, 0)), std::logic_error);
  EXPECT_THROW(writer.take(0, sample_layer(info.layers[1], 5, 0)), std::logic_error);
  const auto without = std::make_shared<Layer>(*sample_layer(info.layers[0], 5, 0));
  without->lse.reset();
  EXPECT_THROW(writer.take(0, without), std::logic_error);
}

TEST(CaptureWriter, RefusesLayersThatThereAreNot) {
  const TemporaryFolder folder;
  CaptureInfo info = sample_info();
  EXPECT_THAT(
      [&] {
        CaptureWriter(folder.file("a"), info, {DType::f32, {3}});
      },
      ThrowsMessage<InputError>(HasSubstr("layer 3: there are layers 0 to 2")));
  info.absent = {1};
  EXPECT_THAT(
      [&] {
        CaptureWriter(folder.file("a"), info, {DType::f32, {1}});
      },
      ThrowsMessage<InputError>(HasSubstr("layer 1 is not in this capture")));
  info.count = 0;
  EXPECT_THROW(CaptureWriter(folder.file("a"), info), InputError);
  EXPECT_TRUE(folder.empty());
}

TEST(CaptureWriter, SaysHowMuchSpaceIsMissing) {
  const TemporaryFolder folder;
  CaptureInfo info = sample_info();
  info.layers[0].head_dim = std::int64_t{1} << 45U;  // 5 * 6 * 2^45 floats for q, half for k
  EXPECT_THAT(
      [&] {
        CaptureWriter(folder.file("a"), info, {DType::f32, {0}});
      },
      ThrowsMessage<Error>(HasSubstr("needs 6333186.975 GB, there are ")));
  info.layers[0].head_dim = std::numeric_limits<std::int64_t>::max();
  EXPECT_THROW(CaptureWriter(folder.file("a"), info), Error);
  EXPECT_TRUE(folder.empty());
}

TEST(CaptureWriter, RefusesAFolderThatIsNotThere) {
  const TemporaryFolder folder;
  const CaptureInfo info = sample_info();
  EXPECT_THROW(CaptureWriter(folder.file("no") / "a", info), InputError);
}

}  // namespace
}  // namespace attnscope
