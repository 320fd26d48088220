#include "formats/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "bad_files.h"
#include "core/error.h"
#include "temporary_folder.h"

namespace attnscope {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class BadSafetensors : public testing::TestWithParam<BadFile> {};

TEST_P(BadSafetensors, IsJudgedAsTheFormatAsks) {
  expect_verdict("safetensors", GetParam(), [](const auto& path) { SafetensorsFile::open(path); });
}

INSTANTIATE_TEST_SUITE_P(Files, BadSafetensors, testing::ValuesIn(bad_files("safetensors")), test_name);

// A file from its header and the size of its data, whose byte i is i.
class Safetensors : public testing::Test {
 protected:
  std::filesystem::path make(const std::string& header, std::size_t data) const {
    std::string bytes(8, '\0');
    const std::uint64_t length = header.size();
    std::memcpy(bytes.data(), &length, 8);
    bytes += header;
    for (std::size_t i = 0; i < data; ++i) bytes += static_cast<char>(i);
    write_file(folder_.file("a.safetensors"), bytes);
    return folder_.file("a.safetensors");
  }
  SafetensorsFile open(const std::string& header, std::size_t data) const {
    return SafetensorsFile::open(make(header, data));
  }
  std::string refusal(const std::string& header, std::size_t data) const {
    return refusal_of([&] { open(header, data); });
  }

  TemporaryFolder folder_;
};

TEST_F(Safetensors, EntriesComeInTheOrderOfTheirBytes) {
  const SafetensorsFile file = open(R"({"b":{"dtype":"U8","shape":[3],"data_offsets":[4,7]},)"
                                    R"("a":{"dtype":"I16","shape":[1,2],"data_offsets":[0,4]}})",
                                    7);
  ASSERT_EQ(file.entries().size(), 2U);
  EXPECT_EQ(file.entries()[0].name, "a");
  EXPECT_THAT(file.entries()[0].shape, ElementsAre(1, 2));
  EXPECT_EQ(file.entries()[1].end - file.entries()[1].begin, 3U);
  EXPECT_THAT(file.bytes(*file.find("b")), ElementsAre(std::byte{4}, std::byte{5}, std::byte{6}));
}

TEST_F(Safetensors, FindsByNameOrGivesNull) {
  const SafetensorsFile file = open(R"({"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                                    R"("a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
                                    2);
  EXPECT_EQ(file.find("a")->name, "a");
  EXPECT_EQ(file.find("b")->name, "b");
  EXPECT_EQ(file.find("c"), nullptr);
  EXPECT_EQ(file.find(""), nullptr);
}

TEST_F(Safetensors, GivesTheMetadata) {
  const SafetensorsFile file = open(R"({"__metadata__":{"format":"pt","x":"é"}})", 0);
  EXPECT_THAT(file.metadata(), ElementsAre(testing::Pair("format", "pt"), testing::Pair("x", "é")));
}

TEST_F(Safetensors, IgnoresOtherKeysOfATensorWhateverTheyHold) {
  const SafetensorsFile file = open(R"({"a":{"note":{"dtype":[1,{"shape":null}]},"dtype":"U8","x":[[-1.5],"s"],)"
                                    R"("shape":[2],"data_offsets":[0,2],"last":true}})",
                                    2);
  EXPECT_EQ(file.find("a")->end - file.find("a")->begin, 2U);
}

TEST_F(Safetensors, TensorGetsLeadingOnes) {
  const Tensor tensor = [&] {
    const SafetensorsFile file = open(R"({"a":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]}} )", 12);
    return file.tensor(file.entries()[0]);
  }();
  EXPECT_EQ(tensor.blocks(), 1);
  EXPECT_EQ(tensor.rows(), 2);
  EXPECT_EQ(tensor.cols(), 3);
  EXPECT_EQ(tensor.dtype(), DType::f16);
  // The mapping outlives the file object.
  EXPECT_EQ(static_cast<const std::uint16_t*>(tensor.data())[5], 0x0b0a);
}

TEST_F(Safetensors, TensorNeedsAFloatType) {
  const SafetensorsFile file = open(R"({"a":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}})", 4);
  EXPECT_THAT(refusal_of([&] { file.tensor(file.entries()[0]); }),
              HasSubstr("of type I32, F32, F16 or BF16 is needed"));
}

TEST_F(Safetensors, TensorNeedsOneToThreeDimensions) {
  for (const std::string shape : {"[]", "[1,1,1,1]"}) {
    const SafetensorsFile file = open(R"({"a":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":[0,4]}})", 4);
    EXPECT_THAT(refusal_of([&] { file.tensor(file.entries()[0]); }), HasSubstr("one to three are needed"));
  }
}

TEST_F(Safetensors, TensorNeedsAlignedData) {
  const std::string header = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  for (std::size_t spaces = 0; spaces < 4; ++spaces) {
    const SafetensorsFile file = open(header + std::string(spaces, ' '), 4);
    const bool aligned = (8 + header.size() + spaces) % 4 == 0;
    const std::string answer = refusal_of([&] { file.tensor(file.entries()[0]); });
    EXPECT_EQ(answer == "accepted", aligned) << answer;
  }
}

TEST_F(Safetensors, RefusesBitsThatAreNoWholeBytes) {
  EXPECT_EQ(refusal(R"({"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}})", 1), "accepted");
  EXPECT_EQ(refusal(R"({"a":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]}})", 3), "accepted");
  EXPECT_THAT(refusal(R"({"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}})", 1),
              HasSubstr("whole number of bytes"));
}

TEST_F(Safetensors, RefusesAGapAndSaysWhere) {
  EXPECT_THAT(refusal(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
                      R"("b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}})",
                      4),
              HasSubstr("tensor \"b\" begins at byte 3 of the data, the one before it ends at 2"));
}

TEST_F(Safetensors, RefusesEmptyTensorsOutsideTheData) {
  EXPECT_NE(refusal(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[9,9]}})", 0), "accepted");
}

TEST_F(Safetensors, RefusesMetadataTwice) {
  EXPECT_THAT(refusal(R"({"__metadata__":{},"__metadata__":{}})", 0), HasSubstr("appears twice"));
  EXPECT_THAT(refusal(R"({"__metadata__":{"a":"1","a":"2"}})", 0), HasSubstr("appears twice"));
}

TEST_F(Safetensors, RefusesAFieldTwice) {
  EXPECT_THAT(refusal(R"({"a":{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}})", 1),
              HasSubstr("shape appears twice"));
}

TEST_F(Safetensors, RefusesDeepNestingInIgnoredKeys) {
  EXPECT_THAT(refusal(R"({"a":{"x":)" + std::string(200, '[') + std::string(200, ']') + "}}", 0),
              HasSubstr("nested deeper"));
}

TEST_F(Safetensors, AHeaderOfAHundredMegabytesIsNeverTakenBeyondTheFile) {
  std::string bytes = "\xff\xe0\xf5\x05";  // 99,999,999
  bytes += std::string(4, '\0') + "{\"a\":1";
  write_file(folder_.file("short"), bytes);
  EXPECT_THAT(refusal_of([&] { SafetensorsFile::open(folder_.file("short")); }),
              HasSubstr("but the file ends after 6"));
}

TEST_F(Safetensors, AHeaderOneByteBeyondTheFileIsNotRead) {
  write_file(folder_.file("short"), std::string("\3\0\0\0\0\0\0\0{}", 10));
  EXPECT_THAT(refusal_of([&] { SafetensorsFile::open(folder_.file("short")); }),
              HasSubstr("but the file ends after 2"));
}

TEST_F(Safetensors, AnotherFormatIsNotABrokenFile) {
  write_file(folder_.file("b"), "GGUF\3\0\0\0 and more");
  EXPECT_THROW(SafetensorsFile::open(folder_.file("b")), NotThisFormat);
  write_file(folder_.file("c"), "");
  EXPECT_THROW(SafetensorsFile::open(folder_.file("c")), NotThisFormat);
  EXPECT_THROW(open("{", 0), BrokenFile);
}

TEST_F(Safetensors, AMissingFileIsTheInputsFault) {
  EXPECT_THROW(SafetensorsFile::open(folder_.file("absent")), InputError);
}

TEST(SafetensorsDtype, NamesGoBothWays) {
  for (const DType type : {DType::f32, DType::f16, DType::bf16}) EXPECT_EQ(dtype_of(safetensors_name(type)), type);
  EXPECT_FALSE(dtype_of("I32"));
  EXPECT_FALSE(dtype_of("f32"));
}

}  // namespace
}  // namespace attnscope
