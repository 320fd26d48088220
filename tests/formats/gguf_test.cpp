#include "formats/gguf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>

#include "bad_files.h"
#include "core/error.h"
#include "gguf_builder.h"
#include "temporary_folder.h"

namespace attnscope {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Kind = GgufBuilder::Kind;

class BadGguf : public testing::TestWithParam<BadFile> {};

TEST_P(BadGguf, IsJudgedAsTheFormatAsks) {
  expect_verdict("gguf", GetParam(), [](const auto& path) { GgufFile::open(path); });
}

INSTANTIATE_TEST_SUITE_P(Files, BadGguf, testing::ValuesIn(bad_files("gguf")), test_name);

class Gguf : public testing::Test {
 protected:
  GgufFile open(const GgufBuilder& builder) const {
    write_file(folder_.file("a.gguf"), builder.bytes());
    return GgufFile::open(folder_.file("a.gguf"));
  }
  std::string refusal(const GgufBuilder& builder) const {
    return refusal_of([&] { open(builder); });
  }

  TemporaryFolder folder_;
};

TEST_F(Gguf, WidensEveryKindOfNumber) {
  const GgufFile file = open(GgufBuilder()
                                 .value<std::uint8_t>("u8", Kind::u8, 200)
                                 .value<std::int8_t>("i8", Kind::i8, -3)
                                 .value<std::uint16_t>("u16", Kind::u16, 60000)
                                 .value<std::int16_t>("i16", Kind::i16, -300)
                                 .value<std::uint32_t>("u32", Kind::u32, 4'000'000'000)
                                 .value<std::int32_t>("i32", Kind::i32, -70000)
                                 .value<float>("f32", Kind::f32, 0.5F)
                                 .value<std::uint64_t>("u64", Kind::u64, 1ULL << 62U)
                                 .value<std::int64_t>("i64", Kind::i64, std::numeric_limits<std::int64_t>::min())
                                 .value<double>("f64", Kind::f64, 1e300)
                                 .value<std::uint8_t>("yes", Kind::boolean, 1)
                                 .text("text", "héllo"));
  EXPECT_EQ(file.integer("u8"), 200);
  EXPECT_EQ(file.integer("i8"), -3);
  EXPECT_EQ(file.integer("u16"), 60000);
  EXPECT_EQ(file.integer("i16"), -300);
  EXPECT_EQ(file.integer("u32"), 4'000'000'000);
  EXPECT_EQ(file.integer("i32"), -70000);
  EXPECT_EQ(file.number("f32"), 0.5);
  EXPECT_EQ(file.integer("u64"), std::int64_t{1} << 62);
  EXPECT_EQ(file.integer("i64"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(file.number("f64"), 1e300);
  EXPECT_EQ(std::get<bool>(*file.find("yes")), true);
  EXPECT_EQ(file.string("text"), "héllo");
}

TEST_F(Gguf, NumberTakesIntegers) {
  const GgufFile file =
      open(GgufBuilder().value<std::uint32_t>("u", Kind::u32, 7).value<std::int32_t>("i", Kind::i32, -7));
  EXPECT_EQ(file.number("u"), 7.0);
  EXPECT_EQ(file.number("i"), -7.0);
}

TEST_F(Gguf, AMissingKeyGivesTheFallbackOrIsNamed) {
  const GgufFile file = open(GgufBuilder());
  EXPECT_EQ(file.integer("k", 3), 3);
  EXPECT_EQ(file.number("k", 0.25), 0.25);
  EXPECT_EQ(file.string("k", "x"), "x");
  EXPECT_EQ(file.find("k"), nullptr);
  EXPECT_THAT(refusal_of([&] { file.integer("k"); }), HasSubstr("a.gguf: the key \"k\" is missing"));
  EXPECT_THAT(refusal_of([&] { file.number("k"); }), HasSubstr("the key \"k\" is missing"));
  EXPECT_THAT(refusal_of([&] { file.string("k"); }), HasSubstr("the key \"k\" is missing"));
  EXPECT_THAT(refusal_of([&] { file.strings("k"); }), HasSubstr("the key \"k\" is missing"));
  EXPECT_THAT(refusal_of([&] { file.integers("k"); }), HasSubstr("the key \"k\" is missing"));
}

TEST_F(Gguf, AValueOfAnotherKindIsRefusedEvenWithAFallback) {
  const GgufFile file = open(GgufBuilder()
                                 .text("t", "7")
                                 .value<float>("f", Kind::f32, 1)
                                 .value<std::uint64_t>("big", Kind::u64, std::numeric_limits<std::uint64_t>::max()));
  EXPECT_THAT(refusal_of([&] { file.integer("t", 1); }), HasSubstr("the key \"t\" must be an integer"));
  EXPECT_THAT(refusal_of([&] { file.integer("f"); }), HasSubstr("must be an integer"));
  EXPECT_THAT(refusal_of([&] { file.integer("big"); }), HasSubstr("must be below 2^63"));
  EXPECT_THAT(refusal_of([&] { file.number("t"); }), HasSubstr("must be a number"));
  EXPECT_THAT(refusal_of([&] { file.string("f", "x"); }), HasSubstr("must be a string"));
  EXPECT_THAT(refusal_of([&] { file.strings("t"); }), HasSubstr("must be a list of strings"));
}

TEST_F(Gguf, GivesListsOfStringsAndIntegers) {
  const GgufFile file = open(GgufBuilder()
                                 .texts("s", {"a", "", std::string("b\0c", 3)})
                                 .list<std::int8_t>("i", Kind::i8, {-1, 2})
                                 .list<std::uint64_t>("u", Kind::u64, {5, 6})
                                 .list<std::uint8_t>("b", Kind::boolean, {1, 0})
                                 .texts("none", {}));
  EXPECT_THAT(file.strings("s"), ElementsAre("a", "", std::string("b\0c", 3)));
  EXPECT_THAT(file.integers("i"), ElementsAre(-1, 2));
  EXPECT_THAT(file.integers("u"), ElementsAre(5, 6));
  EXPECT_THAT(file.integers("b"), ElementsAre(1, 0));
  EXPECT_TRUE(file.strings("none").empty());
}

TEST_F(Gguf, KeepsUnsignedNumbersBeyondSigned) {
  const GgufFile file = open(GgufBuilder().list<std::uint64_t>("u", Kind::u64, {1, ~0ULL}));
  const auto& array = *std::get<std::shared_ptr<GgufArray>>(*file.find("u"));
  EXPECT_THAT(std::get<std::vector<std::uint64_t>>(array.items), ElementsAre(1U, ~0ULL));
  EXPECT_THAT(refusal_of([&] { file.integers("u"); }), HasSubstr("list of integers below 2^63"));
}

TEST_F(Gguf, GivesListsOfReals) {
  const GgufFile file = open(GgufBuilder().list<float>("f", Kind::f32, {0.5F, -2}));
  const auto& array = *std::get<std::shared_ptr<GgufArray>>(*file.find("f"));
  EXPECT_THAT(std::get<std::vector<double>>(array.items), ElementsAre(0.5, -2));
}

TEST_F(Gguf, TensorsLieInTheFilesOrderAndAreFoundByName) {
  const GgufFile file = open(GgufBuilder().tensor("b", {4, 2}, 0, 0, 32).tensor("a", {3}, 0, 32, 12));
  ASSERT_EQ(file.tensors().size(), 2U);
  EXPECT_EQ(file.tensors()[0].name, "b");
  EXPECT_EQ(file.tensors()[0].cols(), 4);
  EXPECT_EQ(file.tensors()[0].rows(), 2);
  EXPECT_EQ(file.tensor("a")->data.size(), 12U);
  EXPECT_EQ(file.tensor("a")->data[1], std::byte{33});
  EXPECT_EQ(file.tensor("c"), nullptr);
}

TEST_F(Gguf, ATensorWithoutDimensionsIsOneNumber) {
  const GgufFile file = open(GgufBuilder().tensor("a", {}, 0, 0, 4));
  EXPECT_EQ(file.tensor("a")->cols(), 1);
  EXPECT_EQ(file.tensor("a")->rows(), 1);
  EXPECT_EQ(file.tensor("a")->data.size(), 4U);
}

TEST_F(Gguf, AnEmptyTensorHasNoData) {
  const GgufFile file = open(GgufBuilder().tensor("a", {0, 5}, 0, 64, 0));
  EXPECT_TRUE(file.tensor("a")->data.empty());
}

TEST_F(Gguf, ReadsVersion2) { EXPECT_EQ(open(GgufBuilder(2).value<std::uint8_t>("k", Kind::u8, 1)).integer("k"), 1); }

TEST_F(Gguf, SaysThatAFileIsBigEndian) { EXPECT_THAT(refusal(GgufBuilder(0x03000000)), HasSubstr("big-endian")); }

TEST_F(Gguf, RefusesAKeyTwice) {
  EXPECT_THAT(refusal(GgufBuilder().text("k", "1").text("j", "2").text("k", "3")),
              HasSubstr("the key \"k\" appears twice"));
}

TEST_F(Gguf, RefusesATensorNameTwice) {
  EXPECT_THAT(refusal(GgufBuilder().tensor("a", {1}, 0, 0, 4).tensor("a", {1}, 0, 32, 4)),
              HasSubstr("name \"a\" appears twice"));
}

TEST_F(Gguf, RefusesATensorThatIsNotAligned) {
  EXPECT_THAT(refusal(GgufBuilder().tensor("a", {1}, 0, 16, 4)), HasSubstr("not a multiple of the alignment 32"));
  EXPECT_EQ(refusal(GgufBuilder().value<std::uint32_t>("general.alignment", Kind::u32, 16).tensor("a", {1}, 0, 16, 4)),
            "accepted");
}

TEST_F(Gguf, RefusesAnAlignmentThatIsNoPowerOfTwo) {
  EXPECT_THAT(refusal(GgufBuilder().value<std::uint32_t>("general.alignment", Kind::u32, 24)),
              HasSubstr("power of two"));
  EXPECT_THAT(refusal(GgufBuilder().value<std::uint64_t>("general.alignment", Kind::u64, 32)),
              HasSubstr("must be a 32-bit unsigned integer"));
}

TEST_F(Gguf, RefusesOverlapInAnyOrder) {
  EXPECT_THAT(refusal(GgufBuilder().tensor("a", {8}, 0, 32, 32).tensor("b", {16}, 0, 0, 64)),
              HasSubstr("tensors \"b\" and \"a\" overlap"));
  EXPECT_EQ(refusal(GgufBuilder().tensor("a", {8}, 0, 32, 32).tensor("b", {8}, 0, 0, 32)), "accepted");
}

TEST_F(Gguf, RefusesDimensionsThatOverflowBehindAZero) {
  EXPECT_THAT(refusal(GgufBuilder().tensor("a", {0, 1LL << 40, 1LL << 40}, 0, 0, 0)), HasSubstr("beyond 2^63"));
}

TEST_F(Gguf, RefusesANameBeyond64Bytes) {
  EXPECT_EQ(refusal(GgufBuilder().tensor(std::string(64, 'n'), {1}, 0, 0, 4)), "accepted");
  EXPECT_THAT(refusal(GgufBuilder().tensor(std::string(65, 'n'), {1}, 0, 0, 4)), HasSubstr("at most 64"));
}

TEST_F(Gguf, RefusesAKeyBeyond65535Bytes) {
  EXPECT_EQ(refusal(GgufBuilder().text(std::string(65535, 'k'), "")), "accepted");
  EXPECT_THAT(refusal(GgufBuilder().text(std::string(65536, 'k'), "")), HasSubstr("at most 65535"));
}

// A file that claims what a sparse one of any length could hold: nothing may be allocated for it.
TEST_F(Gguf, RefusesMoreArrayItemsThanMemoryIsFor) {
  const std::filesystem::path path = folder_.file("sparse");
  write_file(path, GgufBuilder().list_claiming("a", Kind::u8, std::uint64_t{1} << 36U).bytes());
  std::filesystem::resize_file(path, (std::uint64_t{1} << 36U) + 4096);
  EXPECT_THAT(refusal_of([&] { GgufFile::open(path); }), HasSubstr("beyond 33554432 items"));
}

TEST_F(Gguf, AnotherFormatIsNotABrokenFile) {
  write_file(folder_.file("b"), "PK\3\4 something");
  EXPECT_THROW(GgufFile::open(folder_.file("b")), NotThisFormat);
  write_file(folder_.file("c"), "GGU");
  EXPECT_THROW(GgufFile::open(folder_.file("c")), NotThisFormat);
  write_file(folder_.file("d"), "GGUF");
  EXPECT_THROW(GgufFile::open(folder_.file("d")), BrokenFile);
}

TEST_F(Gguf, AMovedFileKeepsItsContent) {
  GgufFile file = open(GgufBuilder().text("k", "v").tensor("a", {1}, 0, 0, 4));
  const GgufFile moved = std::move(file);
  EXPECT_EQ(moved.string("k"), "v");
  EXPECT_EQ(moved.tensor("a")->data[3], std::byte{3});
}

}  // namespace
}  // namespace attnscope
