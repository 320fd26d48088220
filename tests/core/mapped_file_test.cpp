#include "core/mapped_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/error.h"

namespace attnscope {
namespace {

class MappedFileTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& text) const {
    std::filesystem::path path = folder_ / "file";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      ("attnscope_mapped_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
};

std::string refusal(const std::filesystem::path& path) {
  try {
    MappedFile::open(path);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST_F(MappedFileTest, GivesTheBytesOfTheFile) {
  const std::string text("a\0b\xff", 4);
  const auto file = MappedFile::open(write(text));
  ASSERT_EQ(file->bytes().size(), 4U);
  EXPECT_EQ(std::memcmp(file->bytes().data(), text.data(), 4), 0);
}

TEST_F(MappedFileTest, KeepsTheBytesOfAFileThatIsRemoved) {
  const auto path = write("still here");
  const auto file = MappedFile::open(path);
  std::filesystem::remove(path);
  EXPECT_EQ(std::memcmp(file->bytes().data(), "still here", 10), 0);
}

TEST_F(MappedFileTest, AnEmptyFileHasNoBytes) { EXPECT_TRUE(MappedFile::open(write(""))->bytes().empty()); }

TEST_F(MappedFileTest, AMissingFileIsRefusedByName) {
  EXPECT_THAT(refusal(folder_ / "nothing"),
              testing::AllOf(testing::HasSubstr("nothing"), testing::HasSubstr("No such file")));
}

TEST_F(MappedFileTest, AFolderIsRefused) { EXPECT_THAT(refusal(folder_), testing::HasSubstr("not a regular file")); }

TEST_F(MappedFileTest, ADeviceIsRefusedWithoutReadingIt) {
  EXPECT_THAT(refusal("/dev/null"), testing::HasSubstr("not a regular file"));
}

}  // namespace
}  // namespace attnscope
