// What only the program itself shows: full disks, readers that go away, Ctrl-C, and what a check takes.
#include "process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <thread>

#include "app/interrupt.h"
#include "command_run.h"

namespace attnscope {
namespace {

void open_as(int target, const char* path) {
  const int file = ::open(path, O_RDWR | O_CLOEXEC);
  ::dup2(file, target);
}

// Until the folder has an entry, for at most 20 s.
void wait_for_entry(const TemporaryFolder& folder) {
  for (int i = 0; i < 2000 && folder.entries() == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

TEST(Program, SaysInOneLineThatStandardOutputIsFull) {
  ProcessSetting setting;
  setting.prepare = [] { open_as(STDOUT_FILENO, "/dev/full"); };
  const ProcessResult result = run_process({"devices"}, setting);
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.err, "attnscope: cannot write to standard output: No space left on device\n");
}

TEST(Program, SaysNothingWhereTheReaderOfItsOutputHasGone) {
  ProcessSetting setting;
  setting.prepare = [] {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) ::_exit(98);
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
  };
  const ProcessResult result = run_process({"query", "lse", "synthetic:9000", "--layer", "0", "--head", "0"}, setting);
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.err, "");
}

TEST(Program, LeavesNothingWhereTheDiskIsFullDuringACapture) {
  const TemporaryFolder folder;
  ProcessSetting setting;
  setting.prepare = [] {
    const rlimit limit{100'000, 100'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  };
  const ProcessResult result =
      run_process({"capture", "synthetic:5000", "-o", folder.path() / "c.safetensors"}, setting);
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(result.err.find("c.safetensors"), std::string::npos) << result.err;
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  EXPECT_EQ(folder.entries(), 0U);
}

TEST(Program, LeavesNothingWhereCtrlCEndsACapture) {
  const TemporaryFolder folder;
  ProcessSetting setting;
  setting.running = [&folder](int process) {
    wait_for_entry(folder);
    EXPECT_EQ(folder.entries(), 1U) << "the capture must have begun";
    ::kill(process, SIGINT);
  };
  const ProcessResult result =
      run_process({"capture", "synthetic:2000000", "-o", folder.path() / "c.safetensors"}, setting);
  EXPECT_EQ(result.code, 130);
  EXPECT_NE(result.err.find("attnscope: stopped\n"), std::string::npos) << result.err;
  EXPECT_EQ(folder.entries(), 0U);
}

TEST(Program, StopsAtCtrlCWhileItWaitsForAText) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ProcessSetting setting;
  setting.prepare = [&ends] { ::dup2(ends[0], STDIN_FILENO); };
  setting.running = [](int process) {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    ::kill(process, SIGINT);
  };
  const ProcessResult result = run_process({"tokens", "--model", ATTNSCOPE_TEST_DATA "/models/llama"}, setting);
  EXPECT_EQ(result.code, 130);
  ::close(ends[0]);
  ::close(ends[1]);
}

// Sanitizers take time and memory of their own.
#if !defined(__SANITIZE_ADDRESS__)
TEST(Program, ChecksEveryOddFileWithin100MillisecondsAnd64Megabytes) {
  for (const char* kind : {"safetensors", "gguf", "tokenizer", "config"}) {
    for (const auto& entry : std::filesystem::directory_iterator(std::string(ATTNSCOPE_TEST_DATA "/bad/") + kind)) {
      const ProcessResult result =
          run_process({"check", entry.path()}, {[] { open_as(STDOUT_FILENO, "/dev/null"); }, {}});
      EXPECT_EQ(result.signal, 0) << entry.path();
      const auto microseconds = [](const timeval& time) { return time.tv_sec * 1'000'000 + time.tv_usec; };
      EXPECT_LT(microseconds(result.used.ru_utime) + microseconds(result.used.ru_stime), 100'000) << entry.path();
      // NOLINTNEXTLINE(cppcoreguidelines-pro-type-union-access): the C library makes this field a union
      EXPECT_LT(result.used.ru_maxrss, 64 * 1024) << entry.path();
    }
  }
}
#endif

TEST(InterruptWatch, LetsTheSecondCtrlCEndTheProgram) {
  EXPECT_EXIT(
      {
        const InterruptWatch watch;
        ::kill(::getpid(), SIGINT);
        while (!watch.stop().stop_requested()) std::this_thread::yield();
        ::kill(::getpid(), SIGINT);
        std::this_thread::sleep_for(std::chrono::seconds(20));
      },
      testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace attnscope
