#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "bad_files.h"
#include "formats/gguf.h"
#include "formats/json.h"
#include "formats/safetensors.h"
#include "temporary_folder.h"

namespace attnscope {
namespace {

using testing::HasSubstr;

struct BlockType {
  std::string name;
  std::uint32_t number = 0;
  std::int64_t block_values = 0;
  std::int64_t block_bytes = 0;
};

std::ostream& operator<<(std::ostream& out, const BlockType& type) { return out << type.name; }

std::filesystem::path data_file(const std::string& name) {
  return std::filesystem::path(ATTNSCOPE_TEST_DATA) / "gguf" / name;
}

std::vector<BlockType> block_types() {
  const std::string list = data_file("blocks.json").string();
  std::vector<BlockType> types;
  for (const Json& type : parse_json(read_file(list), list)) {
    types.push_back({type["type"], type["number"], type["values_a_block"], type["bytes_a_block"]});
  }
  return types;
}

class GgufBlocks : public testing::TestWithParam<BlockType> {
 protected:
  GgufBlocks() : file_(SafetensorsFile::open(data_file("blocks.safetensors"))) {}

  // The raw blocks as a tensor of as many rows as the reference has.
  GgufTensor tensor() const {
    const SafetensorsEntry& values = *file_.find(GetParam().name + ".values");
    return {
        "t", GetParam().number, {values.shape[1], values.shape[0]}, file_.bytes(*file_.find(GetParam().name + ".raw"))};
  }
  std::span<const std::byte> reference() const { return file_.bytes(*file_.find(GetParam().name + ".values")); }

  SafetensorsFile file_;
};

TEST_P(GgufBlocks, ValuesAreThoseOfGgufPyToTheBit) {
  const GgufTensor raw = tensor();
  const auto count = static_cast<std::size_t>(raw.cols() * raw.rows());
  ASSERT_EQ(reference().size(), count * 4);
  ASSERT_GT(count, 0U);
  ASSERT_EQ(raw.data.size(), count / static_cast<std::size_t>(GetParam().block_values) *
                                 static_cast<std::size_t>(GetParam().block_bytes));
  std::vector<std::uint32_t> bits(count);
  dequantize(raw, 0, raw.rows(), reinterpret_cast<float*>(bits.data()));
  std::vector<std::uint32_t> expected(count);
  std::memcpy(expected.data(), reference().data(), count * 4);
  EXPECT_EQ(bits, expected);
}

TEST_P(GgufBlocks, SomeRowsAreThoseOfTheWhole) {
  const GgufTensor raw = tensor();
  const std::size_t row_bytes = static_cast<std::size_t>(raw.cols()) * 4;
  ASSERT_GE(raw.rows(), 4);
  std::vector<float> rows(static_cast<std::size_t>(2 * raw.cols()));
  dequantize(raw, 2, 2, rows.data());
  EXPECT_EQ(std::memcmp(rows.data(), reference().data() + 2 * row_bytes, 2 * row_bytes), 0);
}

TEST_P(GgufBlocks, TypeIsKnownByItsName) {
  EXPECT_TRUE(gguf_type_readable(GetParam().number));
  EXPECT_EQ(gguf_type_name(GetParam().number), GetParam().name);
}

INSTANTIATE_TEST_SUITE_P(Types, GgufBlocks, testing::ValuesIn(block_types()),
                         [](const auto& type) { return type.param.name; });

TEST(GgufDequantize, RefusesATypeThatCannotBeRead) {
  const std::vector<std::byte> data(66);
  float out = 0;
  EXPECT_FALSE(gguf_type_readable(16));
  EXPECT_THAT(refusal_of([&] {
                dequantize({"blk.0.w", 16, {256}, data}, 0, 1, &out);
              }),
              HasSubstr("tensor \"blk.0.w\" is of type IQ2_XXS, which cannot be read"));
}

TEST(GgufDequantize, NamesAnUnknownType) {
  EXPECT_EQ(gguf_type_name(99), "type 99");
  EXPECT_EQ(gguf_type_name(4), "type 4");
  EXPECT_FALSE(gguf_type_readable(99));
}

TEST(GgufDequantize, RefusesRowsThatAreNotThere) {
  const std::vector<std::byte> data(16);
  const GgufTensor tensor = {"t", 0, {2, 2}, data};
  std::vector<float> out(4);
  EXPECT_EQ(refusal_of([&] { dequantize(tensor, 1, 1, out.data()); }), "accepted");
  EXPECT_EQ(refusal_of([&] { dequantize(tensor, 2, 0, out.data()); }), "accepted");
  EXPECT_THAT(refusal_of([&] { dequantize(tensor, 1, 2, out.data()); }), HasSubstr("has 2 rows, not 2 from row 1 on"));
  EXPECT_THAT(refusal_of([&] { dequantize(tensor, -1, 1, out.data()); }), HasSubstr("has 2 rows"));
}

}  // namespace
}  // namespace attnscope
