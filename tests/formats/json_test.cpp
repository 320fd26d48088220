#include "formats/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "core/error.h"

namespace attnscope {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string refusal(std::string_view text, DuplicateKeys duplicates = DuplicateKeys::allow) {
  try {
    parse_json(text, "a.json", duplicates);
  } catch (const BrokenFile& error) {
    return error.what();
  }
  return "accepted";
}

std::string nested(int levels) {
  return std::string(static_cast<std::size_t>(levels), '[') + std::string(static_cast<std::size_t>(levels), ']');
}

TEST(Json, KeepsEveryKindOfValue) {
  const Json value =
      parse_json(R"( {"a":[null,true,-3,18446744073709551615,0.5,"x\u00e9\ud83d\ude00"],"b":{"c":{}}} )", "");
  EXPECT_EQ(value.dump(), R"({"a":[null,true,-3,18446744073709551615,0.5,"xé😀"],"b":{"c":{}}})");
  EXPECT_TRUE(value["a"][2].is_number_integer());
  EXPECT_EQ(value["a"][3].get<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
}

TEST(Json, TakesAnyValueAtTheTop) { EXPECT_EQ(parse_json("7", ""), 7); }

TEST(Json, LastOfEqualKeysWins) {
  EXPECT_EQ(parse_json(R"({"a":{"x":1},"b":2,"a":[3]})", "").dump(), R"({"a":[3],"b":2})");
}

TEST(Json, RefusesEqualKeysWhereAsked) {
  EXPECT_THAT(refusal(R"({"b":{"a":1,"a":2}})", DuplicateKeys::refuse), HasSubstr(R"(the key "a" appears twice)"));
}

TEST(Json, EqualKeysOfDifferentObjectsAreNoDuplicates) {
  EXPECT_EQ(refusal(R"({"a":{"a":1},"b":{"a":1}})", DuplicateKeys::refuse), "accepted");
}

TEST(Json, TakesNestingUpTo128Levels) {
  EXPECT_EQ(refusal(nested(128)), "accepted");
  EXPECT_THAT(refusal(nested(129)), HasSubstr("nested deeper than 128 levels"));
}

TEST(Json, RefusesEndlessNestingWithoutRecursion) {
  EXPECT_THAT(refusal(std::string(1'000'000, '[')), HasSubstr("nested deeper"));
}

TEST(Json, SiblingsDoNotCountAsNesting) {
  std::string text = "[";
  for (int i = 0; i < 300; ++i) text += "[{}],";
  EXPECT_EQ(refusal(text + "0]"), "accepted");
}

TEST(Json, RefusesALoneSurrogate) {
  EXPECT_NE(refusal(R"("\ud800")"), "accepted");
  EXPECT_NE(refusal(R"("\udc00")"), "accepted");
  EXPECT_NE(refusal(R"("\ud800\u0041")"), "accepted");
}

TEST(Json, RefusesInvalidUtf8) {
  for (const std::string_view bytes :
       {"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\""}) {
    EXPECT_THAT(refusal(bytes), HasSubstr("UTF-8")) << bytes;
  }
}

TEST(Json, RefusesAByteOrderMark) { EXPECT_THAT(refusal("\xef\xbb\xbf{}"), HasSubstr("byte order mark")); }

TEST(Json, RefusesWhatFollowsTheValue) {
  EXPECT_THAT(refusal("{} x"), HasSubstr("at byte 3"));
  EXPECT_NE(refusal("{}{}"), "accepted");
  EXPECT_EQ(refusal("{} \n\t\r"), "accepted");
}

TEST(Json, RefusesANulByteAnywhere) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view text : {"{}\0"sv, "\0{}"sv, "\"a\0\""sv, "[1,\0 2]"sv}) {
    EXPECT_THAT(refusal(text), HasSubstr("NUL")) << text;
  }
}

TEST(Json, RefusesWhatOtherDialectsAllow) {
  for (const std::string_view text : {"{a:1}", "[1,]", "{\"a\":1,}", "/* */1", "// \n1", "NaN", "Infinity", "+1", "01",
                                      "'a'", ".5", "1.", "\"\t\"", "", " ", "{\"a\"}", "[1 2]"}) {
    EXPECT_NE(refusal(text), "accepted") << text;
  }
}

TEST(Json, RefusesANumberBeyondDouble) { EXPECT_THAT(refusal("[1e999]"), HasSubstr("number overflow")); }

TEST(Json, MessageNamesTheFileAndTheByteInOneShortLine) {
  const std::string message = refusal("{\"a\": " + std::string(100'000, 'x') + "\n}");
  EXPECT_THAT(message, StartsWith("a.json: not valid JSON at byte 6: "));
  EXPECT_LT(message.size(), 200U);
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST(Json, MessageShowsNamesInOneShortLine) {
  const std::string key(1000, 'k');
  const std::string member = R"("\n)" + key + R"(":1)";
  const std::string message = refusal("{" + member + "," + member + "}", DuplicateKeys::refuse);
  EXPECT_THAT(message, HasSubstr(R"("\x0akkk)"));
  EXPECT_LT(message.size(), 200U);
}

}  // namespace
}  // namespace attnscope
