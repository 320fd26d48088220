#include "formats/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "core/error.h"
#include "temporary_folder.h"

namespace attnscope {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// The dictionary of the header, without the padding; what the format says of the bytes around it is checked.
std::string dictionary(const std::string& file) {
  EXPECT_THAT(file, StartsWith(std::string("\x93NUMPY\x01\x00", 8)));
  const std::size_t length = static_cast<unsigned char>(file[8]) + 256U * static_cast<unsigned char>(file[9]);
  EXPECT_EQ((10 + length) % 64, 0U);
  EXPECT_EQ(file[10 + length - 1], '\n');
  const std::string text = file.substr(10, length - 1);
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

template <typename T>
std::string written(const std::vector<std::int64_t>& shape, const std::vector<T>& values) {
  const TemporaryFolder folder;
  write_npy(folder.file("a.npy"), shape, std::span<const T>(values));
  return read_file(folder.file("a.npy"));
}

TEST(Npy, WritesFloatsInCOrder) {
  const std::vector<float> values = {0, 1, -2.5F, 3, std::numeric_limits<float>::infinity(), 5};
  const std::string file = written<float>({2, 3}, values);
  EXPECT_EQ(dictionary(file), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
  ASSERT_EQ(file.size(), 128 + 24U);
  EXPECT_EQ(std::memcmp(file.data() + 128, values.data(), 24), 0);
}

TEST(Npy, WritesIntegers) {
  EXPECT_THAT(dictionary(written<std::int32_t>({1}, {-1})), HasSubstr("'descr': '<i4'"));
  const std::string file = written<std::int64_t>({1}, {0x0102030405060708});
  EXPECT_THAT(dictionary(file), HasSubstr("'descr': '<i8'"));
  EXPECT_EQ(file.substr(128), "\x08\x07\x06\x05\x04\x03\x02\x01");
}

TEST(Npy, WritesTuplesOfAnyLength) {
  EXPECT_THAT(dictionary(written<float>({}, {1})), HasSubstr("'shape': (), }"));
  EXPECT_THAT(dictionary(written<float>({2}, {1, 2})), HasSubstr("'shape': (2,), }"));
  EXPECT_THAT(dictionary(written<float>({0, 7, 1}, {})), HasSubstr("'shape': (0, 7, 1), }"));
  EXPECT_THAT(dictionary(written<float>(std::vector<std::int64_t>(64, 1), {1})), HasSubstr(", 1, 1), }"));
}

TEST(Npy, RefusesNumbersThatDoNotFillTheShape) {
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{3}, {}, {-1, -2}, {std::int64_t{1} << 62, 4}}) {
    EXPECT_THROW(written<float>(shape, {1, 2}), Error);
  }
}

TEST(Npy, LeavesNothingBesideTheFile) {
  const TemporaryFolder folder;
  const std::array<float, 1> one = {1};
  write_npy(folder.file("a.npy"), std::array<std::int64_t, 1>{1}, std::span<const float>(one));
  EXPECT_EQ(folder.count(), 1);
}

}  // namespace
}  // namespace attnscope
