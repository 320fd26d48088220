// Exit codes and messages of everything that can be wrong with a command line and its input.
#include "app/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "command_run.h"

namespace attnscope {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string model = ATTNSCOPE_TEST_DATA "/models/llama";
const std::string text = "The cat sat on the mat.";

// Wrong input gives code 2, nothing on standard output and one line that holds `message`.
void expect_refused(const std::vector<std::string>& words, const std::string& message,
                    const CommandSetting& setting = {text}) {
  const CommandRun run = run_command(words, setting);
  EXPECT_EQ(run.code, 2);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, StartsWith("attnscope: "));
  EXPECT_THAT(run.err, HasSubstr(message));
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
}

std::string write_file(const TemporaryFolder& folder, const std::string& name, const std::string& content) {
  const std::filesystem::path path = folder.path() / name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

TEST(CommandLine, PrintsItsHelpAndVersionOnStandardOutput) {
  EXPECT_EQ(run_command({"--help"}).code, 0);
  EXPECT_THAT(run_command({"--help"}).out, HasSubstr("query"));
  EXPECT_THAT(run_command({"query", "rows", "--help"}).out, HasSubstr("--tokens"));
  EXPECT_THAT(run_command({"--version"}).out, StartsWith("attnscope "));
}

TEST(CommandLine, RefusesAnUnknownCommand) {
  expect_refused({"measure", "attention"}, "attention");
  expect_refused({"frobnicate"}, "frobnicate: neither a command nor a file");
}

TEST(CommandLine, RefusesUnknownOptionsAndMissingOnes) {
  expect_refused({"show", "--colour"}, "--colour");
  expect_refused({"query", "rows", "synthetic:9", "--layer", "0", "--head", "0"}, "--tokens");
  expect_refused({"query"}, "query takes one of rows");
  expect_refused({"query", "foo"}, "foo: no such question");
  expect_refused({"capture", "--model", model}, "--out");
}

TEST(CommandLine, RefusesAFileThatIsMissing) {
  expect_refused({"tokens", "/nowhere/x.txt", "--model", model}, "/nowhere/x.txt: No such file or directory");
}

TEST(CommandLine, RefusesAFolderAsText) {
  expect_refused({"tokens", "/", "--model", model}, "/: is a folder, not a text");
}

TEST(CommandLine, RefusesAnEmptyText) {
  expect_refused({"tokens", "-", "--model", model}, "standard input: empty", {});
  const TemporaryFolder folder;
  expect_refused({"tokens", write_file(folder, "empty.txt", ""), "--model", model}, "empty.txt: empty");
}

TEST(CommandLine, RefusesABinaryFile) {
  const TemporaryFolder folder;
  const std::string file = write_file(folder, "b", std::string("ELF\0\1", 5));
  expect_refused({"tokens", file, "--model", model}, "b: not a text: a NUL byte at byte 3");
}

TEST(CommandLine, TakesInvalidUtf8) {
  const CommandRun run = run_command({"tokens", "--model", model, "--json"}, {"caf\xe9 \xff"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.json()["end"].back(), 6);
}

TEST(CommandLine, RefusesAModelThatIsNotThere) {
  expect_refused({"tokens", "--model", "gpt9"}, "gpt9");
  expect_refused({"tokens", "--model", "smollm2"}, "smollm2");
}

TEST(CommandLine, RefusesATextLongerThanTheContextWithBothLengths) {
  std::string long_text;
  for (int i = 0; i < 2000; ++i) long_text += "cat ";
  expect_refused({"show", "--model", model}, "--first and --count", {long_text});
  expect_refused({"show", "--model", model}, "the context of", {long_text});
  EXPECT_EQ(run_command({"tokens", "--model", model}, {long_text}).code, 0);
  EXPECT_EQ(run_command({"show", "--model", model, "--first", "100", "--count", "20"}, {long_text}).code, 0);
}

TEST(CommandLine, RefusesAContextOutsideTheText) {
  expect_refused({"show", "--model", model, "--first", "500"}, "--first 500");
  expect_refused({"show", "--model", model, "--first", "0", "--count", "500"}, "the text has tokens 0 to");
}

TEST(CommandLine, RefusesLayersHeadsAndTokensThatAreNotThere) {
  const auto rows = [](const std::string& layer, const std::string& head, const std::string& tokens) {
    return std::vector<std::string>{"query",  "rows", "synthetic:9", "--layer", layer,
                                    "--head", head,   "--tokens",    tokens};
  };
  expect_refused(rows("2", "0", "1"), "layer 2: synthetic has layers 0 to 1");
  expect_refused(rows("-1", "0", "1"), "layer -1");
  expect_refused(rows("0", "4", "1"), "head 4: layer 0 of synthetic has heads 0 to 3");
  expect_refused(rows("0", "0", "1,9"), "token 9: the text has tokens 0 to 8");
  expect_refused(rows("0", "0", "x"), "x");
}

TEST(CommandLine, RefusesAMapThatIsNoMap) {
  const auto map = [](const std::string& option, const std::string& value) {
    return std::vector<std::string>{"query", "map", "synthetic:9", "--layer", "0", "--head", "0", option, value};
  };
  expect_refused(map("--size", "0x4"), "--size 0x4");
  expect_refused(map("--size", "4"), "--size 4");
  expect_refused(map("--size", "65536x65536"), "2^28");
  expect_refused(map("--rect", "0,10,0,9"), "--rect: 0,10");
  expect_refused(map("--rect", "3,3,0,9"), "--rect: 3,3");
  expect_refused(map("--rect", "0,9"), "--rect takes four numbers");
  expect_refused(map("--pool", "sum"), "--pool sum");
}

TEST(CommandLine, RefusesOptionsThatContradictEachOther) {
  expect_refused({"query", "lse", "synthetic:9", "--layer", "0", "--head", "0", "--json", "--npy", "x"}, "--json");
  expect_refused({"query", "lse", "synthetic:9", "--capture", "x", "--layer", "0", "--head", "0"}, "not both");
  expect_refused({"query", "lse", "synthetic:9", "--model", model, "--layer", "0", "--head", "0"}, "needs no --model");
  expect_refused({"query", "lse", "synthetic:9", "--count", "3", "--layer", "0", "--head", "0"}, "--count");
}

TEST(CommandLine, RefusesASyntheticCaptureWithoutALength) {
  expect_refused({"query", "lse", "synthetic:x", "--layer", "0", "--head", "0"}, "synthetic");
  expect_refused({"query", "lse", "synthetic:0", "--layer", "0", "--head", "0"}, "synthetic");
}

TEST(CommandLine, RefusesLogitsOfWhatHasNoModel) {
  expect_refused({"query", "logits", "synthetic:9"}, "needs a text and a model");
}

TEST(CommandLine, RefusesUnknownDevicesAndBackends) {
  expect_refused({"query", "lse", "synthetic:9", "--layer", "0", "--head", "0", "--device", "tpu"}, "tpu");
  expect_refused({"query", "lse", "synthetic:9", "--layer", "0", "--head", "0"}, "ATTNSCOPE_BACKEND=tpu", {"", "tpu"});
}

TEST(CommandLine, RefusesACaptureFileThatIsNone) {
  const TemporaryFolder folder;
  const std::string file = write_file(folder, "c.safetensors", "no capture");
  expect_refused({"query", "lse", "--capture", file, "--layer", "0", "--head", "0"}, "c.safetensors");
}

TEST(CommandLine, EndsWithCode130WhereItIsStopped) {
  std::stop_source stop;
  stop.request_stop();
  const CommandRun run = run_command({"query", "lse", "synthetic:9000", "--layer", "0", "--head", "0"},
                                     {"", "", "", "", stop.get_token()});
  EXPECT_EQ(run.code, 130);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, "attnscope: stopped\n");
}

TEST(CommandLine, WritesNoCaptureWhereTheFolderIsMissing) {
  expect_refused({"capture", "synthetic:9", "-o", "/nowhere/c.safetensors"}, "/nowhere");
}

}  // namespace
}  // namespace attnscope
