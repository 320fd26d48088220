// Files that break the format's rules, each a good file with one change: every one is refused by one line that names
// the place; changes that the format allows are read.
#include <gmock/gmock.h>

#include <fstream>
#include <functional>
#include <limits>

#include "capture/capture_file.h"
#include "capture/capture_writer.h"
#include "capture_samples.h"
#include "core/error.h"

namespace attnscope {
namespace {

using testing::HasSubstr;

// A good file of three layers in `folder`, taken apart.
OpenedFile good_file(const TemporaryFolder& folder) {
  const CaptureInfo info = sample_info();
  CaptureWriter writer(folder.file("good"), info);
  for (std::size_t l = 0; l < 3; ++l) {
    writer.take(static_cast<std::int64_t>(l), sample_layer(info.layers[l], info.count, l));
  }
  writer.finish();
  return OpenedFile(folder.file("good"));
}

struct Change {
  const char* name;
  std::function<void(OpenedFile&)> change;
  std::string message;  // part of it
};

void PrintTo(const Change& change, std::ostream* out) { *out << change.name; }

class BadCapture : public testing::TestWithParam<Change> {};

TEST_P(BadCapture, IsRefusedInOneLineThatNamesThePlace) {
  const TemporaryFolder folder;
  OpenedFile file = good_file(folder);
  GetParam().change(file);
  file.write(folder.file("bad"));
  try {
    open_capture(folder.file("bad"));
    FAIL() << "was read";
  } catch (const BrokenFile& error) {
    const std::string message = error.what();
    EXPECT_THAT(message, HasSubstr(GetParam().message));
    EXPECT_EQ(message.find(folder.file("bad").string()), 0U) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
  }
}

const std::vector<Change>& shape_changes() {
  static const std::vector<Change> changes = {
      {"heads_of_q",
       [](auto& f) {
         f.reshape("layer.0.q", "F32", {5, 5, 8});
       },
       R"(tensor "layer.0.q" has shape [5, 5, 8], it must be [6, at least 1, 8])"},
      {"dims_of_q",
       [](auto& f) {
         f.reshape("layer.0.q", "F32", {6, 5, 9});
       },
       "it must be [6, at least 1, 8]"},
      {"no_tokens",
       [](auto& f) {
         f.reshape("layer.0.q", "F32", {6, 0, 8});
       },
       "it must be [6, at least 1, 8]"},
      {"flat_q",
       [](auto& f) {
         f.reshape("layer.0.q", "F32", {6, 40});
       },
       "has shape [6, 40]"},
      {"tokens_of_k",
       [](auto& f) {
         f.reshape("layer.0.k", "F32", {3, 6, 8});
       },
       R"(tensor "layer.0.k" has shape [3, 6, 8], it must be [3, 5, 8])"},
      {"heads_of_k",
       [](auto& f) {
         f.reshape("layer.0.k", "F32", {6, 5, 8});
       },
       "it must be [3, 5, 8]"},
      {"tokens_of_v",
       [](auto& f) {
         f.reshape("layer.2.v", "F32", {3, 4, 7});
       },
       "it must be [3, 5, at least 1]"},
      {"empty_v",
       [](auto& f) {
         f.reshape("layer.2.v", "F32", {3, 5, 0});
       },
       "it must be [3, 5, at least 1]"},
      {"tokens_of_another_layer",
       [](auto& f) {
         f.reshape("layer.1.q", "F32", {6, 4, 8});
         f.reshape("layer.1.k", "F32", {3, 4, 8});
         f.reshape("layer.1.v", "F32", {3, 4, 8});
       },
       R"(tensor "layer.1.q" has shape [6, 4, 8], it must be [6, 5, 8])"},
      {"shape_of_lse",
       [](auto& f) {
         f.reshape("layer.0.lse", "F32", {6, 4});
       },
       "it must be [6, 5]"},
      {"type_of_lse",
       [](auto& f) {
         f.reshape("layer.0.lse", "F16", {6, 5});
       },
       R"(tensor "layer.0.lse" is of type F16, it must be F32)"},
      {"shape_of_sink", [](auto& f) { f.reshape("layer.1.sink", "F32", {5}); }, "it must be [6]"},
      {"nan_in_sink", [](auto& f) { f.set("layer.1.sink", 2, std::numeric_limits<float>::quiet_NaN()); },
       R"(tensor "layer.1.sink" holds a NaN)"},
      {"type_of_q",
       [](auto& f) {
         f.reshape("layer.0.q", "I32", {6, 5, 8});
       },
       "it must be F32, F16 or BF16"},
      {"types_differ",
       [](auto& f) {
         f.reshape("layer.0.k", "F16", {3, 5, 8});
       },
       R"(tensor "layer.0.k" is of type F16, it must be F32)"},
      {"no_q", [](auto& f) { f.remove("layer.0.q"); }, R"(tensor "layer.0.q" is missing)"},
      {"no_k", [](auto& f) { f.remove("layer.1.k"); }, R"(tensor "layer.1.k" is missing)"},
      {"no_v", [](auto& f) { f.remove("layer.2.v"); }, R"(tensor "layer.2.v" is missing)"},
      {"no_layer",
       [](auto& f) {
         for (const char* name :
              {"0.q", "0.k", "0.v", "0.lse", "1.q", "1.k", "1.v", "1.lse", "1.sink", "2.q", "2.k", "2.v"}) {
           f.remove(std::string("layer.") + name);
         }
       },
       "holds no layer"},
  };
  return changes;
}

const std::vector<Change>& document_changes() {
  static const std::vector<Change> changes = {
      {"no_token_ids", [](auto& f) { f.remove("token_ids"); }, R"(tensor "token_ids" is missing)"},
      {"no_begin", [](auto& f) { f.remove("begin"); }, R"(tensor "begin" is missing)"},
      {"type_of_token_ids", [](auto& f) { f.reshape("token_ids", "I64", {8}); }, "is of type I64, it must be I32"},
      {"type_of_end", [](auto& f) { f.reshape("end", "I32", {8}); }, "is of type I32, it must be I64"},
      {"fewer_begins", [](auto& f) { f.reshape("begin", "I64", {7}); },
       R"(tensor "begin" has shape [7], it must be [8])"},
      {"no_tokens", [](auto& f) { f.reshape("token_ids", "I32", {0}); },
       R"(tensor "token_ids" has shape [0], it must be [at least 1])"},
      {"begin_after_end", [](auto& f) { f.set("begin", 3, std::int64_t{14}); },
       "token 3: bytes [14, 13) are no part of the text of 18 bytes"},
      {"begin_negative", [](auto& f) { f.set("begin", 1, std::int64_t{-1}); }, "token 1: bytes [-1, 3)"},
      {"end_behind_the_text", [](auto& f) { f.set("end", 7, std::int64_t{19}); }, "token 7: bytes [16, 19)"},
      {"end_huge", [](auto& f) { f.set("end", 7, std::numeric_limits<std::int64_t>::max()); }, "token 7: bytes [16, "},
      {"begin_decreases", [](auto& f) { f.set("begin", 3, std::int64_t{2}); },
       "token 3: bytes [2, 13) come before [3, 7)"},
      {"type_of_text", [](auto& f) { f.reshape("text", "I32", {4}); },
       R"(tensor "text" is of type I32, it must be U8)"},
      {"two_dimensional_text",
       [](auto& f) {
         f.reshape("text", "U8", {2, 9});
       },
       "it must be [any length]"},
      {"context_behind_the_tokens", [](auto& f) { f.metadata["first"] = "4"; },
       "the context of 5 tokens from token 4 (metadata \"first\") must lie within the 8 tokens"},
      {"first_huge", [](auto& f) { f.metadata["first"] = "9223372036854775807"; }, R"(metadata "first" is)"},
      {"first_negative", [](auto& f) { f.metadata["first"] = "-1"; }, "whole number of at most 8"},
      {"first_is_no_number", [](auto& f) { f.metadata["first"] = "2 "; }, R"(metadata "first" is "2 ")"},
  };
  return changes;
}

const std::vector<Change>& metadata_changes() {
  static const std::vector<Change> changes = {
      {"newer", [](auto& f) { f.metadata["attnscope.version"] = "2"; },
       "written by a newer attnscope: version 2, this one reads version 1"},
      {"version_0", [](auto& f) { f.metadata["attnscope.version"] = "0"; }, R"(is "0", it must be "1")"},
      {"version_01", [](auto& f) { f.metadata["attnscope.version"] = "01"; }, R"(is "01", it must be "1")"},
      {"no_model", [](auto& f) { f.metadata.erase("model"); }, R"(metadata has no "model")"},
      {"notes", [](auto& f) { f.metadata["notes"] = "a note"; }, R"(metadata "notes": not valid JSON)"},
      {"notes_of_numbers", [](auto& f) { f.metadata["notes"] = "[1]"; }, "must be a JSON list of strings"},
      {"description_missing", [](auto& f) { f.metadata.erase("layer.1"); },
       "needs its layer's description, metadata \"layer.1\""},
      {"description_not_json", [](auto& f) { f.metadata["layer.1"] = "{"; }, R"(metadata "layer.1": not valid JSON)"},
      {"description_a_list", [](auto& f) { f.metadata["layer.1"] = "[]"; }, R"("layer.1": must be a JSON object)"},
      {"kv_heads_do_not_divide", [](auto& f) { f.edit("layer.1", R"("kv_heads":3)", R"("kv_heads":4)"); },
       R"(metadata "layer.1": "kv_heads" must be a divisor of heads, 6)"},
      {"scale_nan", [](auto& f) { f.edit("layer.1", R"("scale":0)", R"("scale":NaN,"x":0)"); },
       R"(metadata "layer.1": not valid JSON)"},
      {"more_heads", [](auto& f) { f.edit("layer.0", R"("heads":6)", R"("heads":9)"); },
       R"(tensor "layer.0.q" has shape [6, 5, 8], it must be [9, )"},
      {"heads_huge", [](auto& f) { f.edit("layer.0", R"("heads":6)", R"("heads":9223372036854775806)"); },
       R"(tensor "layer.0.q" has shape [6, 5, 8], it must be [9223372036854775806, )"},
      {"nested", [](auto& f) { f.metadata["layer.1"] = std::string(100000, '['); }, "nested deeper"},
      {"layers_too_few", [](auto& f) { f.metadata["layers"] = "2"; },
       R"(metadata "layers" is 2, it must be at least 3)"},
      {"layers_too_many", [](auto& f) { f.metadata["layers"] = "1000000000"; }, "whole number of at most 10000"},
      {"layer_index_huge", [](auto& f) { f.metadata["layer.999999999999"] = "{}"; }, "at most 10000 layers"},
  };
  return changes;
}

std::string name_of_change(const testing::TestParamInfo<Change>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Shapes, BadCapture, testing::ValuesIn(shape_changes()), name_of_change);
INSTANTIATE_TEST_SUITE_P(Document, BadCapture, testing::ValuesIn(document_changes()), name_of_change);
INSTANTIATE_TEST_SUITE_P(Metadata, BadCapture, testing::ValuesIn(metadata_changes()), name_of_change);

TEST(CaptureFormat, ASafetensorsFileWithoutAVersionIsNoCapture) {
  const TemporaryFolder folder;
  OpenedFile file = good_file(folder);
  file.metadata.erase("attnscope.version");
  file.write(folder.file("weights"));
  EXPECT_THROW(open_capture(folder.file("weights")), NotThisFormat);
}

TEST(CaptureFormat, OtherFilesAreNoCaptures) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("text")) << "some text that is long enough";
  std::ofstream(folder.file("empty")).flush();
  EXPECT_THROW(open_capture(folder.file("text")), NotThisFormat);
  EXPECT_THROW(open_capture(folder.file("empty")), NotThisFormat);
  EXPECT_THROW(open_capture(folder.file("nothing")), InputError);
}

TEST(CaptureFormat, ACutFileIsBroken) {
  const TemporaryFolder folder;
  good_file(folder);
  std::filesystem::resize_file(folder.file("good"), std::filesystem::file_size(folder.file("good")) - 1);
  EXPECT_THROW(open_capture(folder.file("good")), BrokenFile);
}

TEST(CaptureFormat, OptionalPartsMayBeMissing) {
  const TemporaryFolder folder;
  OpenedFile file = good_file(folder);
  for (const char* name : {"text", "layer.0.lse", "layer.1.lse", "layer.1.sink"}) file.remove(name);
  for (const char* key : {"layers", "notes"}) file.metadata.erase(key);
  file.write(folder.file("a"));
  const auto capture = open_capture(folder.file("a"));
  EXPECT_EQ(capture->layer_count(), 3);
  EXPECT_FALSE(capture->layer(0)->lse);
  EXPECT_TRUE(capture->layer(1)->sink.empty());
  EXPECT_FALSE(capture->info().layers[1].gives_lse || capture->info().layers[1].gives_sink);
}

TEST(CaptureFormat, WithoutATextNoTokenHasBytes) {
  const TemporaryFolder folder;
  OpenedFile file = good_file(folder);
  file.remove("text");
  file.write(folder.file("a"));
  const auto capture = open_capture(folder.file("a"));
  ASSERT_EQ(capture->info().tokens.size(), 8U);
  EXPECT_EQ(capture->info().tokens[4], (Token{-5, 0, 0}));
}

TEST(CaptureFormat, UnknownKeysAndTensorsAreIgnored) {
  const TemporaryFolder folder;
  OpenedFile file = good_file(folder);
  file.metadata["layer.x"] = "?";
  file.metadata["layer.01"] = "?";
  file.metadata["attnscope.colour"] = "blue";
  for (const char* name : {"layer.0.residual", "layer.7.gate", "other"}) {
    file.entries.push_back({name, "U8", {1}});
    file.data[name].resize(1);
  }
  file.write(folder.file("a"));
  EXPECT_EQ(open_capture(folder.file("a"))->layer_count(), 3);
}

TEST(CaptureFormat, ATokenWithoutBytesStandsAfterTheOneBeforeIt) {
  const TemporaryFolder folder;
  OpenedFile file = good_file(folder);
  file.set("begin", 7, std::int64_t{0});  // as tokenizers of other programs place a closing token
  file.set("end", 7, std::int64_t{0});
  file.write(folder.file("a"));
  EXPECT_EQ(open_capture(folder.file("a"))->info().tokens[7], (Token{25, 16, 16}));
}

TEST(CaptureFormat, TokensMayShareTheBytesOfACharacter) {
  const TemporaryFolder folder;
  OpenedFile file = good_file(folder);
  file.set("begin", 5, std::int64_t{13});  // the bytes of token 4
  file.set("end", 5, std::int64_t{14});
  file.set("begin", 6, std::int64_t{13});
  file.write(folder.file("a"));
  EXPECT_EQ(open_capture(folder.file("a"))->info().tokens[6], (Token{24, 13, 16}));
}

}  // namespace
}  // namespace attnscope
