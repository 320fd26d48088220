// What counts as a text, and what is said of what does not.
#include "formats/text_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <sstream>

#include "core/error.h"
#include "temporary_folder.h"

namespace attnscope {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

// A NUL byte counts in the first 8 KiB only.
constexpr std::size_t probe = 8192;

std::string read_stream(const std::string& bytes) {
  std::istringstream in(bytes);
  return read_text_stream(in, "the input");
}

TEST(TextStream, GivesEveryByteAsItIs) {
  EXPECT_EQ(read_stream("a\r\n\xff\xfe b"), "a\r\n\xff\xfe b");
  std::string every;
  for (int byte = 1; byte < 256; ++byte) every += static_cast<char>(byte);
  EXPECT_EQ(read_stream(every), every);
}

TEST(TextStream, IsReadWhateverItsLength) {
  for (const std::size_t size : {1U, 65535U, 65536U, 65537U, 300000U}) {
    std::string text(size, 'x');
    text.back() = 'y';
    EXPECT_EQ(read_stream(text), text) << size;
  }
}

TEST(TextStream, AnEmptyOneIsRefused) {
  EXPECT_THAT([] { read_stream(""); }, ThrowsMessage<InputError>(HasSubstr("the input: empty")));
}

TEST(TextStream, ANulByteNearTheBeginningIsRefusedWithItsPlace) {
  for (const std::size_t place : {std::size_t{0}, std::size_t{5}, probe - 1}) {
    std::string bytes(probe + 100, 'x');
    bytes[place] = '\0';
    EXPECT_THAT([&] { read_stream(bytes); },
                ThrowsMessage<InputError>(HasSubstr("a NUL byte at byte " + std::to_string(place))));
  }
}

TEST(TextStream, ANulByteBehindTheProbeIsPartOfTheText) {
  std::string bytes(probe + 100, 'x');
  bytes[probe] = '\0';
  EXPECT_EQ(read_stream(bytes), bytes);
}

TEST(TextStream, WhatTheStreamThrowsIsPassedOn) {
  std::istringstream in("abc");
  in.setstate(std::ios::badbit);
  EXPECT_THROW(read_text_stream(in, "the input"), std::ios::failure);
}

class TextFile : public testing::Test {
 protected:
  std::string read(const std::string& name) { return read_text_file(folder_.file(name), {}); }
  static auto refused(const std::string& why) { return ThrowsMessage<InputError>(HasSubstr(why)); }

  TemporaryFolder folder_;
};

TEST_F(TextFile, IsReadWhole) {
  const std::string text(200000, 'z');
  write_file(folder_.file("a.txt"), text);
  EXPECT_EQ(read("a.txt"), text);
}

TEST_F(TextFile, IsReadThroughALink) {
  write_file(folder_.file("a.txt"), "abc");
  std::filesystem::create_symlink(folder_.file("a.txt"), folder_.file("b.txt"));
  EXPECT_EQ(read("b.txt"), "abc");
}

TEST_F(TextFile, MessagesNameTheFile) {
  write_file(folder_.file("a.txt"), "");
  EXPECT_THAT([&] { read("a.txt"); }, refused(folder_.file("a.txt").string() + ": empty"));
}

TEST_F(TextFile, AMissingOneIsRefused) {
  EXPECT_THAT([&] { read("a.txt"); }, refused("No such file"));
}

TEST_F(TextFile, AFolderIsRefused) {
  std::filesystem::create_directory(folder_.file("a.txt"));
  EXPECT_THAT([&] { read("a.txt"); }, refused("is a folder"));
}

// Reading a pipe that nobody writes to would wait for ever.
TEST_F(TextFile, APipeIsRefusedAtOnce) {
  ASSERT_EQ(::mkfifo(folder_.file("a.txt").c_str(), 0600), 0);
  EXPECT_THAT([&] { read("a.txt"); }, refused("is not a regular file"));
}

TEST_F(TextFile, OneThatIsTooLargeIsRefused) {
  const std::size_t most = std::size_t{1} << 30;
  write_file(folder_.file("a.txt"), std::string(probe, 'x'));
  std::filesystem::resize_file(folder_.file("a.txt"), most + 1);  // sparse: zeros that no disk holds
  EXPECT_THAT([&] { read("a.txt"); }, refused("larger than 1 GiB"));
}

TEST_F(TextFile, AStopEndsTheReading) {
  write_file(folder_.file("a.txt"), "abc");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(read_text_file(folder_.file("a.txt"), stop.get_token()), Stopped);
}

}  // namespace
}  // namespace attnscope
