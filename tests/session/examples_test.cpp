#include "session/examples.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace attnscope {
namespace {

std::string error_of(const std::string& content) {
  try {
    parse_examples(content, "e.txt");
  } catch (const BrokenFile& error) {
    return error.what();
  }
  return "";
}

TEST(ExamplesTest, TheBundledOnesAreFiveThatEachSayWhatToLookFor) {
  const std::vector<Example> examples = load_examples(ATTNSCOPE_TEST_ASSETS "/texts/examples.txt");
  ASSERT_EQ(examples.size(), 5U);
  for (const Example& example : examples) {
    EXPECT_FALSE(example.name.empty());
    EXPECT_FALSE(example.look_for.empty());
    EXPECT_NE(example.text.find(example.pick), std::string::npos) << example.name;
    EXPECT_TRUE(example.heads.contains("smollm2")) << example.name;
  }
}

TEST(ExamplesTest, FieldsAreRead) {
  const auto examples =
      parse_examples("# about\n\n## a name\nSome text.\npick: Some 2\ntiny: 1.3\nlook for: this: that\n", "e");
  ASSERT_EQ(examples.size(), 1U);
  EXPECT_EQ(examples[0].name, "a name");
  EXPECT_EQ(examples[0].text, "Some text.");
  EXPECT_EQ(examples[0].pick, "Some");
  EXPECT_EQ(examples[0].which, 2);
  EXPECT_EQ(examples[0].heads.at("tiny").layer, 1);
  EXPECT_EQ(examples[0].heads.at("tiny").head, 3);
  EXPECT_EQ(examples[0].look_for, "this: that");
}

TEST(ExamplesTest, ErrorsNameTheLine) {
  EXPECT_EQ(error_of("text\n"), "e.txt: line 1 begins before the first \"## name\"");
  EXPECT_EQ(error_of("## a\nt\nnothing\n"), "e.txt: line 3 is no field: \"name: value\" is wanted");
  EXPECT_EQ(error_of("## a\nt\ntiny: 1\n"), "e.txt: line 3 names no head: LAYER.HEAD is wanted");
  EXPECT_EQ(error_of("## a\nt\npick: it\n"), "e.txt: line 3 picks no token: its text and its number from 1 are wanted");
  EXPECT_EQ(error_of("## a\n\n## b\nt\n"), "e.txt: the example \"a\" has no text");
}

TEST(ExamplesTest, AFileThatIsNotThereIsAnInputError) { EXPECT_THROW(load_examples("/nowhere"), InputError); }

}  // namespace
}  // namespace attnscope
