// attnscope check: the verdict on every broken and odd file, and the facts about whole ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "command_run.h"

namespace attnscope {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path bad = ATTNSCOPE_TEST_DATA "/bad";

std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Every file in the folder of a kind has a verdict ("accept", "reject", "either") and gets it.
void expect_verdicts(const std::string& kind) {
  const Json verdicts = parse_json(content_of(bad / (kind + ".verdicts.json")), kind);
  ASSERT_FALSE(verdicts.empty());
  for (const auto& [name, verdict] : verdicts.items()) {
    const CommandRun run = run_command({"check", bad / kind / name});
    if (verdict == "accept") {
      EXPECT_EQ(run.code, 0) << name << ": " << run.err;
    } else if (verdict == "reject") {
      EXPECT_EQ(run.code, 2) << name << ": " << run.out;
    } else {
      EXPECT_TRUE(run.code == 0 || run.code == 2) << name << ": " << run.err;
    }
    const std::string& said = run.code == 0 ? run.out : run.err;
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << name << ": " << said;
  }
}

TEST(Check, GivesTheVerdictOnEveryOddSafetensorsFile) { expect_verdicts("safetensors"); }
TEST(Check, GivesTheVerdictOnEveryOddGgufFile) { expect_verdicts("gguf"); }
TEST(Check, GivesTheVerdictOnEveryOddTokenizerFile) { expect_verdicts("tokenizer"); }
TEST(Check, GivesTheVerdictOnEveryOddConfigFile) { expect_verdicts("config"); }

TEST(Check, SaysWhatAFileIs) {
  const fs::path folder = ATTNSCOPE_TEST_DATA "/models/llama";
  EXPECT_THAT(run_command({"check", folder / "config.json"}).out, HasSubstr("OK, config.json, llama, 2 layers"));
  EXPECT_THAT(run_command({"check", folder / "tokenizer.json"}).out, HasSubstr("OK, tokenizer.json"));
  EXPECT_THAT(run_command({"check", folder / "model.safetensors"}).out, HasSubstr("OK, safetensors"));
  EXPECT_THAT(run_command({"check", ATTNSCOPE_TEST_DATA "/models/llama_f16.gguf"}).out, HasSubstr("OK, GGUF"));
}

TEST(Check, ChecksEveryFileOfAModelFolder) {
  const CommandRun run = run_command({"check", ATTNSCOPE_TEST_DATA "/models/qwen2"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(std::count(run.out.begin(), run.out.end(), '\n'), 6) << run.out;
}

TEST(Check, KnowsACaptureFromOtherSafetensors) {
  const TemporaryFolder folder;
  const std::string file = folder.path() / "c.safetensors";
  ASSERT_EQ(run_command({"capture", "synthetic:20", "-o", file, "--layers", "1"}).code, 0);
  EXPECT_THAT(run_command({"check", file}).out, HasSubstr("OK, capture of synthetic, 20 tokens, 1 of 2 layers"));
}

TEST(Check, TellsByTheContentWhatAFileWithoutAnEndingIs) {
  const TemporaryFolder folder;
  fs::copy_file(bad / "gguf" / "good.gguf", folder.path() / "a");
  fs::copy_file(bad / "safetensors" / "good.safetensors", folder.path() / "b");
  EXPECT_THAT(run_command({"check", folder.path() / "a"}).out, HasSubstr("GGUF"));
  EXPECT_THAT(run_command({"check", folder.path() / "b"}).out, HasSubstr("safetensors"));
}

TEST(Check, TakesTextsAndRefusesWhatIsOfNoKind) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "a.txt") << "one\ntwo \xff\n";
  std::ofstream(folder.path() / "b.bin") << std::string("\1\0\2", 3);
  std::ofstream(folder.path() / "c.json") << "{}";
  EXPECT_THAT(run_command({"check", folder.path() / "a.txt"}).out,
              HasSubstr("text, 10 bytes, 2 lines, 1 part not UTF-8"));
  EXPECT_EQ(run_command({"check", folder.path() / "b.bin"}).code, 2);
  EXPECT_EQ(run_command({"check", folder.path() / "c.json"}).code, 2);
  EXPECT_EQ(run_command({"check", folder.path() / "missing"}).code, 2);
  EXPECT_THAT(run_command({"check", folder.path()}).err, HasSubstr("not a model folder"));
}

}  // namespace
}  // namespace attnscope
