#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <string>
#include <vector>

#include "core/error.h"
#include "formats/safetensors.h"
#include "temporary_folder.h"

namespace attnscope {
namespace {

using testing::HasSubstr;

class SafetensorsWriting : public testing::Test {
 protected:
  std::filesystem::path path() const { return folder_.file("out.safetensors"); }
  template <typename Call>
  static std::string failure(Call call) {
    try {
      call();
    } catch (const Error& error) {
      return error.what();
    }
    return "done";
  }

  TemporaryFolder folder_;
};

std::vector<float> numbers(std::size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 0.5F);
  return values;
}

TEST_F(SafetensorsWriting, ReadsBackWhatItWrote) {
  const std::vector<float> q = numbers(24);
  const std::array<std::uint16_t, 3> k = {1, 2, 3};
  const std::map<std::string, std::string> metadata = {{"model", "a \"b\" é\n"}, {"attnscope.version", "1"}};
  SafetensorsWriter writer(path(), {{"q", "F32", {2, 3, 4}}, {"k \\ \"é", "BF16", {3}}, {"text", "U8", {0}}}, metadata);
  writer.write("k \\ \"é", 0, std::as_bytes(std::span(k)));
  writer.write("q", 48, std::as_bytes(std::span(q).subspan(12)));
  writer.write("q", 0, std::as_bytes(std::span(q).first(12)));
  writer.finish();

  const SafetensorsFile file = SafetensorsFile::open(path());
  EXPECT_EQ(file.metadata(), metadata);
  ASSERT_EQ(file.entries().size(), 3U);
  const Tensor tensor = file.tensor(*file.find("q"));
  EXPECT_EQ(tensor.blocks(), 2);
  EXPECT_EQ(std::vector<float>(tensor.f32(), tensor.f32() + 24), q);
  const Tensor bf16 = file.tensor(*file.find("k \\ \"é"));
  EXPECT_EQ(static_cast<const std::uint16_t*>(bf16.data())[2], 3);
  EXPECT_EQ(folder_.count(), 1);
}

TEST_F(SafetensorsWriting, DataStartsAtAMultipleOf64ForAnyHeaderLength) {
  for (std::size_t length = 1; length < 70; ++length) {
    SafetensorsWriter writer(path(), {{std::string(length, 'n'), "U8", {1}}}, {});
    const std::byte one{1};
    writer.write(std::string(length, 'n'), 0, std::span(&one, 1));
    writer.finish();
    EXPECT_EQ(SafetensorsFile::open(path()).entries()[0].begin % 64, 0U) << length;
  }
}

TEST_F(SafetensorsWriting, EntriesSayWhereTheDataWillLie) {
  SafetensorsWriter writer(path(), {{"a", "F32", {3}}, {"b", "F32", {2}}}, {});
  const std::vector<float> values = numbers(3);
  writer.write("a", 0, std::as_bytes(std::span(values)));
  writer.write("b", 0, std::as_bytes(std::span(values).first(2)));
  writer.finish();
  const SafetensorsFile file = SafetensorsFile::open(path());
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(writer.entries()[i].begin, file.entries()[i].begin);
    EXPECT_EQ(writer.entries()[i].end, file.entries()[i].end);
  }
}

TEST_F(SafetensorsWriting, AnEmptyFileIsAFile) {
  SafetensorsWriter(path(), {}, {}).finish();
  EXPECT_TRUE(SafetensorsFile::open(path()).entries().empty());
}

TEST_F(SafetensorsWriting, RefusesToFinishWithAHole) {
  const std::vector<float> values = numbers(8);
  SafetensorsWriter writer(path(), {{"a", "F32", {4}}, {"b", "F32", {4}}}, {});
  writer.write("a", 0, std::as_bytes(std::span(values).first(4)));
  writer.write("b", 0, std::as_bytes(std::span(values).first(1)));
  writer.write("b", 8, std::as_bytes(std::span(values).first(2)));
  // Written twice, so that the sum of the bytes is right.
  writer.write("b", 8, std::as_bytes(std::span(values).first(1)));
  EXPECT_THAT(failure([&] { writer.finish(); }), HasSubstr("tensor \"b\" was not written from its byte 4 on"));
  EXPECT_FALSE(std::filesystem::exists(path()));
  writer.write("b", 4, std::as_bytes(std::span(values).first(1)));
  EXPECT_EQ(failure([&] { writer.finish(); }), "done");
}

TEST_F(SafetensorsWriting, RefusesToFinishWithoutTheLastByte) {
  const std::array<std::byte, 3> bytes = {};
  SafetensorsWriter writer(path(), {{"a", "U8", {4}}}, {});
  writer.write("a", 0, bytes);
  EXPECT_THAT(failure([&] { writer.finish(); }), HasSubstr("from its byte 3 on"));
}

TEST_F(SafetensorsWriting, RefusesDataBeyondTheTensor) {
  const std::array<std::byte, 4> bytes = {};
  SafetensorsWriter writer(path(), {{"a", "U8", {4}}}, {});
  EXPECT_THAT(failure([&] { writer.write("a", 1, bytes); }), HasSubstr("has 4 bytes"));
  EXPECT_THAT(failure([&] { writer.write("a", ~std::size_t{0}, bytes); }), HasSubstr("has 4 bytes"));
  EXPECT_THAT(failure([&] { writer.write("b", 0, bytes); }), HasSubstr("no tensor \"b\""));
}

TEST_F(SafetensorsWriting, RefusesWhatTheFormatCannotHold) {
  const auto failure_of = [&](std::vector<SafetensorsEntry> entries, std::map<std::string, std::string> metadata) {
    return failure([&] { SafetensorsWriter(path(), std::move(entries), metadata); });
  };
  EXPECT_THAT(failure_of({{"a", "F33", {4}}}, {}), HasSubstr("tensor \"a\" has a dtype or shape"));
  EXPECT_THAT(failure_of({{"a", "F32", {-1}}}, {}), HasSubstr("tensor \"a\" has a dtype or shape"));
  EXPECT_THAT(failure_of({{"a", "U8", {1}}, {"a", "U8", {1}}}, {}), HasSubstr("\"a\" appears twice"));
  EXPECT_THAT(failure_of({{"\xff", "U8", {1}}}, {}), HasSubstr("is not UTF-8"));
  EXPECT_THAT(failure_of({}, {{"a", "\xff"}}), HasSubstr("is not UTF-8"));
  EXPECT_EQ(folder_.count(), 0);
}

TEST_F(SafetensorsWriting, AnUnfinishedWriterLeavesNothing) {
  {
    const std::array<std::byte, 4> bytes = {};
    SafetensorsWriter writer(path(), {{"a", "U8", {4}}}, {});
    writer.write("a", 0, bytes);
    EXPECT_EQ(folder_.count(), 1);
  }
  EXPECT_EQ(folder_.count(), 0);
}

}  // namespace
}  // namespace attnscope
