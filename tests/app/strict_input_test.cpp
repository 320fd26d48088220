// What must not pass for something else: numbers, empty values, names with control characters, outputs onto inputs,
// pipes.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "command_run.h"
#include "process.h"

namespace attnscope {
namespace {

using testing::HasSubstr;

const std::string model = ATTNSCOPE_TEST_DATA "/models/llama";

std::vector<std::string> rows_of(const std::string& tokens) {
  return {"query", "rows", "synthetic:20", "--layer", "0", "--head", "0", "--tokens", tokens, "--json"};
}

void expect_refused(const std::vector<std::string>& words, const std::string& message) {
  const CommandRun run = run_command(words, {"The cat sat."});
  EXPECT_EQ(run.code, 2);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, HasSubstr(message));
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
}

TEST(StrictInput, NumbersAreDecimalEvenWithALeadingZero) {
  EXPECT_EQ(run_command(rows_of("010")).json()["tokens"], Json({10}));
  for (const std::string wrong : {"0x3", "+3", " 3", "3.0", "3-5"})
    expect_refused(rows_of(wrong), "takes a whole number");
}

TEST(StrictInput, GapsInAListAreRefused) {
  for (const std::string wrong : {"", "3,,4", "3,", ",3"}) expect_refused(rows_of(wrong), "--tokens");
  expect_refused({"capture", "synthetic:9", "-o", "/nowhere/x", "--layers", ""}, "--layers");
}

TEST(StrictInput, ANumberTooLargeForAnythingIsNamedAsItWasTyped) {
  expect_refused(rows_of("99999999999999999999"), "--tokens 99999999999999999999: larger than any number here");
}

TEST(StrictInput, AnEmptyValueIsNotAnAbsentOne) {
  expect_refused({"show", "--model", ""}, "--model");
  expect_refused({"show", "--model", model, "--token", ""}, "--token");
  expect_refused({"show", "--model", model, "--find", ""}, "--find");
  expect_refused({"show", "", "--model", model}, "SOURCE");
  expect_refused({"query", "lse", "--capture", "", "--layer", "0", "--head", "0"}, "--capture");
  expect_refused({"query", "lse", "synthetic:9", "--layer", "0", "--head", "0", "--npy", ""}, "--npy");
}

TEST(StrictInput, ATokenListLeavesTheFileAfterItAlone) {
  const TemporaryFolder folder;
  const std::string file = folder.path() / "cat.txt";
  std::ofstream(file) << "The cat sat on the mat.";
  const CommandRun run =
      run_command({"query", "rows", "--tokens", "3", file, "--model", model, "--layer", "0", "--head", "0", "--json"});
  EXPECT_EQ(run.code, 0) << run.err;
}

TEST(StrictInput, NamesWithControlCharactersReachTheTerminalEscaped) {
  const std::string name = "/nowhere/\x1b[31m\nx\xff";
  for (const std::vector<std::string>& words : {std::vector<std::string>{"tokens", name, "--model", model},
                                                {"show", "--model", name},
                                                {name},
                                                {"check", name},
                                                {"show", "--model", model, "--find", name},
                                                {"query", name},
                                                {"show", "--" + name},
                                                {"show", "a", name}}) {
    const CommandRun run = run_command(words, {"The cat sat."});
    EXPECT_EQ(run.code, 2);
    EXPECT_EQ(run.err.find('\x1b'), std::string::npos) << run.err;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    EXPECT_THAT(run.err, HasSubstr("\\x1b[31m\\nx\\xff"));
  }
}

TEST(StrictInput, AnOutputNeverReplacesWhatTheCommandReads) {
  const TemporaryFolder folder;
  const std::string text = folder.path() / "cat.txt";
  std::ofstream(text) << "The cat sat on the mat.";
  const std::string copy = folder.path() / "model";
  std::filesystem::copy(model, copy);
  const std::string weights = copy + "/model.safetensors";
  const auto size = std::filesystem::file_size(weights);
  expect_refused({"capture", text, "--model", copy, "-o", text}, "is an input of this command");
  expect_refused({"capture", text, "--model", copy, "-o", weights}, "is an input of this command");
  expect_refused({"query", "mass", text, "--model", copy, "--layer", "0", "--head", "0", "--npy", text}, "is an input");
  EXPECT_EQ(std::filesystem::file_size(weights), size);
  EXPECT_EQ(std::filesystem::file_size(text), 23U);
  const std::string capture = folder.path() / "c.safetensors";
  ASSERT_EQ(run_command({"capture", text, "--model", copy, "-o", capture}).code, 0);
  expect_refused({"capture", "--capture", capture, "-o", capture}, "is an input of this command");
}

TEST(StrictInput, AClosedStandardInputIsAnErrorAndNotAHang) {
  ProcessSetting setting;
  setting.prepare = [] { ::close(STDIN_FILENO); };
  const ProcessResult result = run_process({"show", "-", "--model", model}, setting);
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.err, "attnscope: cannot read standard input: Bad file descriptor\n");
}

TEST(StrictInput, APipeIsNoFileToCheckOrToMap) {
  const TemporaryFolder folder;
  const std::string pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  expect_refused({"check", pipe}, "not a regular file");
  expect_refused({"query", "lse", "--capture", pipe, "--layer", "0", "--head", "0"}, "not a regular file");
}

TEST(StrictInput, CtrlCStopsTheWaitForAPipeThatNobodyWritesTo) {
  const TemporaryFolder folder;
  const std::string pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  ProcessSetting setting;
  setting.running = [](int process) {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    ::kill(process, SIGINT);
  };
  EXPECT_EQ(run_process({"show", pipe, "--model", model}, setting).code, 130);
}

TEST(StrictInput, AClosedTerminalLeavesNothingHalfWritten) {
  const TemporaryFolder folder;
  ProcessSetting setting;
  setting.running = [&folder](int process) {
    for (int i = 0; i < 2000 && folder.entries() == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ::kill(process, SIGHUP);
  };
  const ProcessResult result = run_process({"capture", "synthetic:2000000", "-o", folder.path() / "c.st"}, setting);
  EXPECT_EQ(result.code, 128 + SIGHUP);
  EXPECT_EQ(folder.entries(), 0U);
}

TEST(StrictInput, WeightsThatAreNotFiniteAreAnError) {
  const TemporaryFolder folder;
  const std::string copy = folder.path() / "model";
  std::filesystem::copy(model, copy);
  std::fstream file(copy + "/model.safetensors", std::ios::binary | std::ios::in | std::ios::out);
  const std::string broken(200'000, '\xff');  // NaN in many weights of the second half of the file
  file.seekp(150'000);
  file.write(broken.data(), static_cast<std::streamsize>(broken.size()));
  file.close();
  expect_refused({"query", "mass", "--model", copy, "--layer", "1", "--head", "0", "--json"}, "not finite");
}

}  // namespace
}  // namespace attnscope
