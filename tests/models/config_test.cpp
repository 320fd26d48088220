#include "models/config.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "golden.h"

namespace attnscope {
namespace {

std::string verdict(const std::string& file) {
  try {
    check_config(text_of(data_path("bad/config/" + file)), file);
    return "accept";
  } catch (const InputError&) {
    return "reject";
  }
}

TEST(Config, GivesTheExpectedVerdictOnEveryBrokenFile) {
  const Json verdicts = golden_json("bad/config.verdicts.json");
  ASSERT_GE(verdicts.size(), 50U);
  for (const auto& [file, expected] : verdicts.items()) {
    if (expected == "either") {
      verdict(file);  // any answer will do, as long as there is one
    } else {
      EXPECT_EQ(verdict(file), expected) << file;
    }
  }
}

TEST(Config, MessagesNameTheFileAndTheKey) {
  try {
    check_config(R"({"model_type": "llama", "hidden_size": "8"})", "config.json");
    FAIL();
  } catch (const BrokenFile& error) {
    EXPECT_STREQ(error.what(), "config.json: \"hidden_size\" must be a whole number from 1 to 1048576");
  }
}

TEST(Config, RefusesAFamilyItCannotRunByName) {
  const std::string gpt2 =
      R"({"model_type":"gpt2","n_embd":32,"n_head":4,"n_layer":2,"n_positions":64,"vocab_size":64})";
  EXPECT_EQ(check_config(gpt2, "config.json").refusal, "models of the family gpt2 are not supported yet");
  EXPECT_THROW(decoder_from_config(gpt2, "config.json"), InputError);
}

TEST(Config, ReadsSmolLm3WindowsAndLayersWithoutRotary) {
  const DecoderConfig config = decoder_from_config(
      R"({"model_type":"smollm3","hidden_size":128,"intermediate_size":352,"num_hidden_layers":2,"num_attention_heads":4,
          "num_key_value_heads":4,"vocab_size":2048,"max_position_embeddings":131072,"use_sliding_window":true,
          "sliding_window":64,"layer_types":["sliding_attention","full_attention"],"no_rope_layers":[1,0]})",
      "config.json");
  EXPECT_EQ(config.window[0], 64);
  EXPECT_FALSE(config.window[1].has_value());
  EXPECT_TRUE(config.rotary[0]);
  EXPECT_FALSE(config.rotary[1]);
  EXPECT_TRUE(config.tied_output);
}

TEST(Config, QwenWindowsOnlyWhenAskedTo) {
  const std::string base =
      R"("model_type":"qwen2","hidden_size":64,"intermediate_size":72,"num_hidden_layers":3,"num_attention_heads":4,
         "num_key_value_heads":1,"vocab_size":310,"sliding_window":8)";
  EXPECT_FALSE(decoder_from_config("{" + base + "}", "c").window[0].has_value());
  const auto windowed = decoder_from_config("{" + base + R"(,"use_sliding_window":true,"max_window_layers":2})", "c");
  EXPECT_FALSE(windowed.window[1].has_value());
  EXPECT_EQ(windowed.window[2], 8);
}

}  // namespace
}  // namespace attnscope
