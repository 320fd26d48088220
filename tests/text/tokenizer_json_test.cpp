#include "text/tokenizer_json.h"

#include <gtest/gtest.h>

#include <chrono>

#include "core/error.h"
#include "test_data.h"

namespace attnscope {
namespace {

struct Verdict {
  std::string file;
  std::string expect;  // accept, reject, or either: undefined, or a matter of limits
};

std::ostream& operator<<(std::ostream& out, const Verdict& verdict) { return out << verdict.file; }

std::vector<Verdict> verdicts() {
  std::vector<Verdict> all;
  const Json list = data_json("bad/tokenizer.verdicts.json");
  for (const auto& [file, expect] : list.items()) all.push_back({file, expect.get<std::string>()});
  return all;
}

struct BadTokenizer : testing::TestWithParam<Verdict> {};

TEST_P(BadTokenizer, GetsTheVerdictThatTheFormatAsksForInOneShortLineAndInTime) {
  const std::string text = data_text("bad/tokenizer/" + GetParam().file);
  std::string verdict = "accept";
  std::string message;
  const auto begin = std::chrono::steady_clock::now();
  try {
    check_tokenizer_json(text, "file");
  } catch (const BrokenFile& error) {
    verdict = "reject";
    message = error.what();
  }
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - begin;
  if (GetParam().expect != "either") {
    EXPECT_EQ(verdict, GetParam().expect) << message;
  }
  EXPECT_LT(spent.count(), 100);
  if (verdict == "accept") return;
  EXPECT_EQ(message.rfind("file: ", 0), 0U) << message;
  EXPECT_LT(message.size(), 300U) << message;
  for (const char c : message) EXPECT_GE(static_cast<unsigned char>(c), 0x20U) << message;
}

TEST_P(BadTokenizer, IsNeverBuiltFromAFileThatIsRejected) {
  if (GetParam().expect != "reject") return;
  EXPECT_THROW(tokenizer_from_json(data_text("bad/tokenizer/" + GetParam().file), "file"), BrokenFile);
}

INSTANTIATE_TEST_SUITE_P(Files, BadTokenizer, testing::ValuesIn(verdicts()), [](const auto& test) {
  std::string name = test.param.file.substr(0, test.param.file.rfind('.'));
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
});

// A right file of every kind of part, by its JSON.
Json file_with(const std::string& part, const Json& value) {
  Json file = Json::parse(
      R"({"version":"1.0","added_tokens":[],"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"}})");
  file[part] = value;
  return file;
}

std::string verdict_on(const std::string& part, const std::string& value) {
  try {
    check_tokenizer_json(file_with(part, Json::parse(value)).dump(), "file");
    return "accepted";
  } catch (const BrokenFile& error) {
    return error.what();
  }
}

TEST(TokenizerSchema, EveryNormalizerOfTheLibraryIsKnown) {
  for (
      const char* value :
      {R"({"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true})",
       R"({"type":"Strip","strip_left":true,"strip_right":false})", R"({"type":"StripAccents"})", R"({"type":"NFD"})",
       R"({"type":"NFKC"})", R"({"type":"NFKD"})", R"({"type":"Lowercase"})", R"({"type":"Nmt"})",
       R"({"type":"ByteLevel"})", R"({"type":"Precompiled","precompiled_charsmap":"AAAA"})",
       R"({"type":"Prepend","prepend":"_"})", R"({"type":"Replace","pattern":{"String":" "},"content":"_"})",
       R"({"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Sequence","normalizers":[]}]})"}) {
    EXPECT_EQ(verdict_on("normalizer", value), "accepted") << value;
  }
}

TEST(TokenizerSchema, EveryPreTokenizerOfTheLibraryIsKnown) {
  for (
      const char* value :
      {R"({"type":"BertPreTokenizer"})", R"({"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true})",
       R"({"type":"CharDelimiterSplit","delimiter":"_"})", R"({"type":"Whitespace"})", R"({"type":"WhitespaceSplit"})",
       R"({"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true})",
       R"({"type":"Metaspace","replacement":"▁","add_prefix_space":true})", R"({"type":"UnicodeScripts"})",
       R"({"type":"Punctuation"})", R"({"type":"Punctuation","behavior":"Contiguous"})",
       R"({"type":"Digits","individual_digits":true})", R"({"type":"FixedLength","length":5})",
       R"({"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\s"},"behavior":"Removed","invert":false}]})"}) {
    EXPECT_EQ(verdict_on("pre_tokenizer", value), "accepted") << value;
  }
}

TEST(TokenizerSchema, EveryDecoderAndPostProcessorOfTheLibraryIsKnown) {
  for (
      const char* value :
      {R"({"type":"BPEDecoder","suffix":"</w>"})",
       R"({"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true})",
       R"({"type":"WordPiece","prefix":"##","cleanup":true})", R"({"type":"Metaspace","replacement":"▁"})",
       R"({"type":"CTC","pad_token":"<pad>","word_delimiter_token":"|","cleanup":true})",
       R"({"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},
            {"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]})"}) {
    EXPECT_EQ(verdict_on("decoder", value), "accepted") << value;
  }
  for (const char* value :
       {R"({"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",0],"trim_offsets":true,"add_prefix_space":false})",
        R"({"type":"BertProcessing","sep":["[SEP]",102],"cls":["[CLS]",101]})",
        R"({"type":"Sequence","processors":[{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true}]})"}) {
    EXPECT_EQ(verdict_on("post_processor", value), "accepted") << value;
  }
}

TEST(TokenizerSchema, AMessageNamesTheKeyAndWhatWouldBeRight) {
  EXPECT_EQ(verdict_on("normalizer", R"({"type":"Sequence","normalizers":[{"type":"Prepend","prepend":7}]})"),
            "file: normalizer.normalizers[0].prepend must be a string");
  EXPECT_EQ(verdict_on("pre_tokenizer", R"({"type":"Digits"})"),
            "file: pre_tokenizer has no key \"individual_digits\"");
  EXPECT_EQ(verdict_on("version", R"("3\u001b")"), "file: version is \"3\\x1b\"; known are 1.0");
}

std::string refusal(const std::string& text) {
  try {
    tokenizer_from_json(text, "file");
    return "accepted";
  } catch (const InputError& error) {
    return error.what();
  }
}

TEST(TokenizerFromJson, OtherKindsAreRefusedByName) {
  EXPECT_EQ(refusal(file_with("version", "1.0").dump()), "file: WordLevel tokenizers are not supported yet");
  EXPECT_EQ(refusal(data_text("models/mistral/tokenizer.json")),
            "file: BPE tokenizers with byte_fallback are not supported yet");
  Json file = data_json("tokenizers/tiny_gpt2.tokenizer.json");
  file["normalizer"] = {{"type", "Lowercase"}};
  EXPECT_EQ(refusal(file.dump()),
            "file: byte-level BPE tokenizers with the normalizer Lowercase are not supported yet");
  file["normalizer"] = nullptr;
  file["pre_tokenizer"] = {{"type", "Whitespace"}};
  EXPECT_EQ(refusal(file.dump()), "file: Whitespace pre-tokenizers before ByteLevel are not supported yet");
}

TEST(TokenizerFromJson, MergesWrittenAsPairsAreTheSame) {
  const auto as_strings = tokenizer_from_json(data_text("bad/tokenizer/good.json"), "file");
  const auto as_pairs = tokenizer_from_json(data_text("bad/tokenizer/good_merges_as_pairs.json"), "file");
  const std::vector<Token> expected = {{98, 0, 5}, {99, 5, 7}, {78, 7, 8}, {100, 8, 13}};
  EXPECT_EQ(as_strings->encode("hello wo<end>"), expected);
  EXPECT_EQ(as_pairs->encode("hello wo<end>"), expected);
}

TEST(TokenizerFromJson, AnOldModelWithoutATypeIsKnownByItsMerges) {
  EXPECT_EQ(tokenizer_from_json(data_text("bad/tokenizer/model_type_missing.json"), "file")->encode("he").size(), 1U);
}

TEST(TokenizerFromJson, ATemplateGivesThePrefixAndTheSuffix) {
  Json file = data_json("bad/tokenizer/good.json");
  file["post_processor"] = Json::parse(R"({"type":"TemplateProcessing",
      "single":[{"SpecialToken":{"id":"b","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"e","type_id":0}}],
      "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],
      "special_tokens":{"b":{"id":"b","ids":[5,6],"tokens":["x","y"]},"e":{"id":"e","ids":[7],"tokens":["z"]}}})");
  const auto tokenizer = tokenizer_from_json(file.dump(), "file");
  EXPECT_EQ(tokenizer->prefix(), (std::vector<std::int32_t>{5, 6}));
  EXPECT_EQ(tokenizer->suffix(), (std::vector<std::int32_t>{7}));
}

}  // namespace
}  // namespace attnscope
