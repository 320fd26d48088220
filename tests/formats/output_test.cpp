#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

#include "core/error.h"
#include "formats/output_file.h"
#include "formats/safetensors.h"
#include "temporary_folder.h"

namespace attnscope {
namespace {

using testing::StartsWith;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

template <typename Call>
std::string failure(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "done";
}

// Runs `call` in a process of its own and returns what it returned, or the number of the signal plus 1000.
template <typename Call>
int in_child(Call call) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(call());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

class Output : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(Output, AppearsOnlyWhenFinished) {
  OutputFile file(folder_.file("a"));
  file.write(2, bytes_of("cd"));
  file.write(0, bytes_of("ab"));
  EXPECT_FALSE(std::filesystem::exists(folder_.file("a")));
  file.finish();
  EXPECT_EQ(read_file(folder_.file("a")), "abcd");
  EXPECT_EQ(folder_.count(), 1);
}

TEST_F(Output, ReplacesTheOldFileOnlyWhenFinished) {
  write_file(folder_.file("a"), "old");
  {
    OutputFile file(folder_.file("a"));
    file.write(0, bytes_of("new"));
  }
  EXPECT_EQ(read_file(folder_.file("a")), "old");
  EXPECT_EQ(folder_.count(), 1);
  OutputFile file(folder_.file("a"));
  file.write(0, bytes_of("new"));
  file.finish();
  EXPECT_EQ(read_file(folder_.file("a")), "new");
}

TEST_F(Output, TwoWritersOfOneNameDoNotMeet) {
  OutputFile first(folder_.file("a"));
  OutputFile second(folder_.file("a"));
  first.write(0, bytes_of("first"));
  second.write(0, bytes_of("2nd"));
  first.finish();
  second.finish();
  EXPECT_EQ(read_file(folder_.file("a")), "2nd");
}

TEST_F(Output, FollowsASymbolicLink) {
  write_file(folder_.file("a"), "old");
  std::filesystem::create_symlink("a", folder_.file("link"));
  OutputFile file(folder_.file("link"));
  file.write(0, bytes_of("new"));
  file.finish();
  EXPECT_TRUE(std::filesystem::is_symlink(folder_.file("link")));
  EXPECT_EQ(read_file(folder_.file("a")), "new");
}

TEST_F(Output, TakesARelativePathAndALongName) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder_.file(""));
  const std::string name(250, 'n');
  OutputFile file(name);
  file.finish();
  std::filesystem::current_path(before);
  EXPECT_TRUE(std::filesystem::exists(folder_.file(name)));
}

TEST_F(Output, NeverReplacesADeviceAPipeOrAFolder) {
  ASSERT_EQ(::mkfifo(folder_.file("pipe").c_str(), 0600), 0);
  for (const std::filesystem::path& path :
       {std::filesystem::path("/dev/null"), folder_.file("pipe"), folder_.file("")}) {
    EXPECT_THROW(OutputFile{path}, InputError) << path;
  }
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST_F(Output, AFolderThatIsNotThereIsTheInputsFault) {
  const std::filesystem::path path = folder_.file("absent") / "a";
  EXPECT_THROW(OutputFile{path}, InputError);
  EXPECT_THAT(failure([&] { OutputFile{path}; }), StartsWith(path.string() + ": cannot be written: No such file"));
}

TEST_F(Output, ASizeLimitIsAnErrorThatNamesTheFileAndLeavesNothing) {
  const std::filesystem::path path = folder_.file("a");
  const int result = in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const std::string message = failure([&] {
      OutputFile file(path);
      file.write(0, bytes_of(std::string(900, 'x')));
      file.write(900, bytes_of(std::string(900, 'x')));
    });
    const std::string reserving = failure([&] { OutputFile(path).reserve(2000); });
    const std::string right = path.string() + ": no space left for it";
    return message.rfind(right, 0) == 0 && reserving.rfind(right, 0) == 0 ? 0 : 1;
  });
  EXPECT_EQ(result, 0);
  EXPECT_EQ(folder_.count(), 0);
}

// A process of its own with a file system of 64 KiB at the folder; 77 where this user may not make one.
template <typename Call>
int on_a_small_disk(const std::filesystem::path& folder, Call call) {
  return in_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return 77;
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 77;
    if (::mount("none", folder.c_str(), "tmpfs", 0, "size=64k") != 0) return 77;
    return call();
  });
}

TEST_F(Output, AFullDiskIsAnErrorAtOnceAndTheOldFileStays) {
  const int result = on_a_small_disk(folder_.file(""), [&] {
    const std::filesystem::path path = folder_.file("a.safetensors");
    write_file(path, "old");
    const std::string message = failure([&] { SafetensorsWriter(path, {{"a", "U8", {100'000}}}, {}); });
    if (message.rfind(path.string() + ": no space left for it (No space left", 0) != 0) return 1;
    return read_file(path) == "old" && folder_.count() == 1 ? 0 : 2;
  });
  if (result == 77) GTEST_SKIP() << "this user may not mount a file system";
  EXPECT_EQ(result, 0);
}

TEST_F(Output, ADiskThatFillsWhileWritingIsAnError) {
  const int result = on_a_small_disk(folder_.file(""), [&] {
    const std::filesystem::path path = folder_.file("a");
    const std::string message = failure([&] {
      OutputFile file(path);
      for (std::uint64_t at = 0;; at += 1000) file.write(at, bytes_of(std::string(1000, 'x')));
    });
    return message.rfind(path.string() + ": no space left for it", 0) == 0 && folder_.count() == 0 ? 0 : 1;
  });
  if (result == 77) GTEST_SKIP() << "this user may not mount a file system";
  EXPECT_EQ(result, 0);
}

TEST_F(Output, AKilledProcessLeavesTheOldFile) {
  const std::filesystem::path path = folder_.file("a.safetensors");
  write_file(path, "old");
  const int result = in_child([&] {
    SafetensorsWriter writer(path, {{"a", "U8", {8}}}, {});
    writer.write("a", 0, bytes_of("half"));
    ::raise(SIGKILL);
    return 0;
  });
  EXPECT_EQ(result, 1000 + SIGKILL);
  EXPECT_EQ(read_file(path), "old");
  EXPECT_EQ(folder_.count(), 2);
}

}  // namespace
}  // namespace attnscope
