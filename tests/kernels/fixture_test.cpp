// The model of each instruction against what a GPU did with the same numbers: recorded once, in
// tests/data/kernels/instructions.txt, and held against the GPU itself where there is one. Those of sm_90 need a GPU of
// sm_90.
//   ATTNSCOPE_RECORD=FILE     writes such a file from this machine's GPU
//   ATTNSCOPE_REQUIRE_GPU=1   fails where there is no GPU
#include "fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <bit>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "attention/cuda/gpu_device.h"

namespace attnscope::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* recorded_file = ATTNSCOPE_TEST_DATA "/kernels/instructions.txt";

cuda::GpuState find_gpu() {
#ifdef ATTNSCOPE_GPU
  return cuda::find_gpu();
#else
  return {false, "this build has no kernels for GPUs"};
#endif
}

Words to_record(const Family& family, const Words& words) {
  Words kept = kept_words(family, words);
  kept["inputs"] = {family.inputs};
  return kept;
}

// Of the families up to this one: if a later one fails, what the others gave is there.
void record_gpu(const cuda::GpuState& gpu, const Family& last, const std::string& file) {
  Record record;
  for (const Family& family : {sm_80_family(), sm_90_family()}) {
    record[family.name] = to_record(family, family.on_gpu());
    if (family.name == last.name) break;
  }
  std::ofstream out(file);
  write_record(out, gpu.detail, record);
  EXPECT_TRUE(out.flush()) << file;
}

class FixtureTest : public testing::TestWithParam<std::string> {
 protected:
  const Family family = GetParam() == "sm_90" ? sm_90_family() : sm_80_family();
};

TEST_P(FixtureTest, TheEmulationDoesWhatAGpuWasRecordedDoing) {
  std::ifstream in(recorded_file);
  if (!in) GTEST_SKIP() << "no GPU has been recorded: there is no " << recorded_file;
  const Record record = read_record(in);
  const auto found = record.find(family.name);
  if (found == record.end()) GTEST_SKIP() << "no GPU of " << family.name << " has been recorded in " << recorded_file;
  ASSERT_THAT(found->second.at("inputs"), ElementsAre(family.inputs)) << "recorded of other inputs: record anew";
  EXPECT_THAT(differences(family, kept_words(family, family.emulated({})), found->second), IsEmpty());
}

TEST_P(FixtureTest, TheGpuDoesWhatTheEmulationDoes) {
  const cuda::GpuState gpu = find_gpu();
  if (!gpu.usable && std::getenv("ATTNSCOPE_REQUIRE_GPU") != nullptr) FAIL() << gpu.detail;
  if (!gpu.usable) GTEST_SKIP() << gpu.detail;
  if (family.hopper && !gpu.hopper) GTEST_SKIP() << gpu.detail << " does not have the instructions of sm_90";
  if (const char* file = std::getenv("ATTNSCOPE_RECORD")) record_gpu(gpu, family, file);
  EXPECT_THAT(differences(family, family.emulated({}), family.on_gpu()), IsEmpty());
}

// A GPU runs its threads in any order: what depends on it could not be recorded.
TEST_P(FixtureTest, TheEmulationGivesTheSameUnderEverySchedule) {
  using Order = emulation::Schedule::Order;
  const Words first = family.emulated({});
  for (const Order order : {Order::forward, Order::reverse, Order::random}) {
    for (const bool late : {false, true}) EXPECT_EQ(family.emulated({order, late, 5}), first);
  }
}

// A word that differs by what must not pass.
unsigned wrong(unsigned word, Nearness nearness) {
  const auto moved = [word](float by) { return std::bit_cast<unsigned>(std::bit_cast<float>(word) + by); };
  switch (nearness) {
    case Nearness::power:
      return word + 8;
    case Nearness::sum_of_16:
      return moved(0x1p-14F);
    case Nearness::sum_of_64:
      return moved(0x1p-12F);
    default:
      return word ^ 1U;
  }
}

// What the emulation gives, as if a GPU had: the file is read as it was written, and one word of it that is wrong is
// noticed.
TEST_P(FixtureTest, OneWrongWordOfARecordIsNoticed) {
  const Words emulated = family.emulated({});
  const std::string name = "attnscope_record_" + family.name + "_" + std::to_string(::getpid()) + ".txt";
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / name;
  {
    std::ofstream out(path);
    write_record(out, "a GPU", {{family.name, to_record(family, emulated)}});
  }
  std::ifstream in(path);
  const Record record = read_record(in);
  std::filesystem::remove(path);
  ASSERT_EQ(record.size(), 1U);
  const Words& read = record.at(family.name);
  EXPECT_THAT(read.at("inputs"), ElementsAre(family.inputs));
  const Words kept = kept_words(family, emulated);
  EXPECT_THAT(differences(family, kept, read), IsEmpty());
  for (const Field& field : family.fields) {
    Words altered = read;
    unsigned& word = altered.at(field.name).back();
    word = wrong(word, field.nearness);
    EXPECT_THAT(differences(family, kept, altered), ElementsAre(StartsWith(field.name + ", thread "))) << field.name;
    altered.at(field.name).pop_back();
    EXPECT_THAT(differences(family, kept, altered), ElementsAre(StartsWith(field.name + ": "))) << field.name;
    altered.erase(field.name);
    EXPECT_THAT(differences(family, kept, altered), ElementsAre(StartsWith(field.name + ": 0 words"))) << field.name;
  }
}

// What a file keeps of a thread in one word depends on all of its words.
TEST_P(FixtureTest, AWrongWordIsSeenInWhatAFileKeeps) {
  const Words emulated = family.emulated({});
  for (const Field& field : family.fields) {
    if (field.nearness != Nearness::bits) continue;
    Family alone = family;
    alone.fields = {field};
    const Words words{{field.name, emulated.at(field.name)}}, kept = kept_words(alone, words);
    for (std::size_t i = 0; i < field.words; ++i) {
      Words altered = words;
      altered.at(field.name)[field.words + i] ^= 1U;
      EXPECT_THAT(differences(alone, kept, kept_words(alone, altered)),
                  ElementsAre(StartsWith(field.name + ", thread 1, ")));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Instructions, FixtureTest, testing::Values("sm_80", "sm_90"),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace attnscope::test
