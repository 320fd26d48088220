#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>

#include "capture/budget_sink.h"
#include "capture/free_memory.h"
#include "capture/spill.h"
#include "capture_samples.h"
#include "core/error.h"

namespace attnscope {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::shared_ptr<const Layer> layer_of(const CaptureInfo& info, std::size_t index) {
  return sample_layer(info.layers[index], info.count, index);
}

TEST(AvailableMemory, IsWhatTheKernelSays) {
  EXPECT_EQ(available_memory("MemTotal:       100 kB\nMemAvailable:       12 kB\nBuffers: 1 kB\n"), 12U * 1024);
}

TEST(AvailableMemory, IsUnknownWhereTheTextDoesNotSay) {
  for (const char* text : {"", "MemTotal: 100 kB\n", "MemAvailable:", "MemAvailable: x kB", "MemAvailable: 12 MB",
                           "MemAvailable: 99999999999999999999 kB", "MemAvailable: 18014398509481984 kB"}) {
    EXPECT_EQ(available_memory(text), std::nullopt) << text;
  }
}

TEST(MemoryBudget, IsPartOfTheMachinesMemory) {
  const std::uint64_t memory =
      static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE));
  EXPECT_GT(default_memory_budget(), 0U);
  EXPECT_LE(default_memory_budget(), memory / 2);
}

TEST(SpillFolder, IsAFolder) { EXPECT_TRUE(std::filesystem::is_directory(default_spill_folder())); }

TEST(Spill, KeepsEveryBitAndTheId) {
  const TemporaryFolder folder;
  for (std::size_t l = 0; l < 3; ++l) {
    const auto layer = layer_of(sample_info(), l);
    const auto spilled = spill_layer(*layer, folder.path());
    EXPECT_TRUE(same_layer(*spilled, *layer)) << l;
    EXPECT_EQ(spilled->id, layer->id);
    EXPECT_NE(spilled->q.data(), layer->q.data());
  }
}

TEST(Spill, NarrowTypesKeepTheirBits) {
  const TemporaryFolder folder;
  LayerSpec spec = sample_info().layers[2];
  spec.dtype = DType::bf16;
  const auto layer = sample_layer(spec, 7, 3);
  EXPECT_TRUE(same_layer(*spill_layer(*layer, folder.path()), *layer));
}

TEST(Spill, LeavesNoNameInTheFolder) {
  const TemporaryFolder folder;
  const auto spilled = spill_layer(*layer_of(sample_info(), 0), folder.path());
  EXPECT_TRUE(folder.empty());
}

TEST(Spill, SaysWhichFolderFailed) {
  const TemporaryFolder folder;
  const auto layer = layer_of(sample_info(), 0);
  EXPECT_THAT([&] { spill_layer(*layer, folder.file("no")); },
              ThrowsMessage<Error>(HasSubstr(folder.file("no").string() + ": cannot take ")));
}

TEST(Spill, AFullDiskIsAnErrorThatSaysHowMuchWasNeeded) {
  const TemporaryFolder folder;
  const auto layer = layer_of(sample_info(), 0);
  struct rlimit old = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small = {1024, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_THAT([&] { spill_layer(*layer, folder.path()); }, ThrowsMessage<Error>(HasSubstr("cannot take 2112 bytes")));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_TRUE(folder.empty());
}

TEST(BudgetSink, KeepsLayersInMemoryUpToTheBudget) {
  const TemporaryFolder folder;
  Capture capture(sample_info());
  const auto first = layer_of(capture.info(), 0);
  const auto second = layer_of(capture.info(), 1);
  BudgetSink sink(capture, {first->bytes() + second->bytes(), folder.path()});
  sink.take(0, first);
  sink.take(1, second);
  EXPECT_EQ(capture.state(1), LayerState::present);
  EXPECT_EQ(capture.layer(1), second);
}

TEST(BudgetSink, PutsLayersBeyondTheBudgetOnDiskWithTheSameBits) {
  const TemporaryFolder folder;
  Capture capture(sample_info());
  const auto first = layer_of(capture.info(), 0);
  BudgetSink sink(capture, {first->bytes(), folder.path()});
  for (std::size_t l = 0; l < 3; ++l) sink.take(static_cast<std::int64_t>(l), layer_of(capture.info(), l));
  EXPECT_EQ(capture.state(0), LayerState::present);
  EXPECT_EQ(capture.state(1), LayerState::on_disk);
  EXPECT_EQ(capture.state(2), LayerState::on_disk);
  for (std::size_t l = 0; l < 3; ++l) {
    EXPECT_TRUE(same_layer(*capture.layer(static_cast<std::int64_t>(l)), *layer_of(capture.info(), l))) << l;
  }
}

TEST(BudgetSink, ReleasesTheMemoryOfALayerOnDisk) {
  const TemporaryFolder folder;
  Capture capture(sample_info());
  BudgetSink sink(capture, {0, folder.path()});
  auto layer = layer_of(capture.info(), 0);
  const std::weak_ptr<const Layer> watch = layer;
  sink.take(0, std::move(layer));
  EXPECT_TRUE(watch.expired());
  EXPECT_NE(capture.layer(0), nullptr);
}

TEST(BudgetSink, WantsWhatIsAskedForAndNotThereYet) {
  CaptureInfo info = sample_info();
  info.absent = {2};
  Capture capture(info);
  BudgetSink all(capture);
  EXPECT_TRUE(all.wants(0));
  EXPECT_FALSE(all.wants(2));
  EXPECT_FALSE(all.wants(3));
  EXPECT_FALSE(all.wants(-1));
  BudgetSink some(capture, {}, {1});
  EXPECT_FALSE(some.wants(0));
  some.take(0, layer_of(info, 0));
  EXPECT_EQ(capture.state(0), LayerState::to_be_computed);
  some.take(1, layer_of(info, 1));
  EXPECT_FALSE(some.wants(1));
  EXPECT_FALSE(all.wants(1));
}

TEST(BudgetSink, AFailedSpillLeavesTheLayerToBeComputed) {
  const TemporaryFolder folder;
  Capture capture(sample_info());
  BudgetSink sink(capture, {0, folder.file("no")});
  EXPECT_THROW(sink.take(0, layer_of(capture.info(), 0)), Error);
  EXPECT_EQ(capture.state(0), LayerState::to_be_computed);
}

}  // namespace
}  // namespace attnscope
