// SmolLM2-135M, as set-up fetches it, against transformers on the same GGUF file. Skipped where it was not fetched.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/places.h"
#include "attention/select.h"
#include "core/error.h"
#include "golden.h"
#include "models/model.h"

namespace attnscope {
namespace {

class KeepAll final : public LayerSink {
 public:
  bool wants(std::int64_t /*layer*/) const override { return true; }
  void take(std::int64_t /*index*/, std::shared_ptr<const Layer> layer) override { layers.push_back(std::move(layer)); }
  std::vector<std::shared_ptr<const Layer>> layers;
};

class SmolLm2 : public testing::Test {
 protected:
  void SetUp() override {
    const Places places = find_places(process_environment(), program_path());
    const auto known = known_models(places.assets, places.models);
    if (!std::filesystem::exists(places.models / "smollm2.gguf"))
      GTEST_SKIP() << "smollm2 is not fetched: scripts/setup does";
    model_ = open_model("smollm2", known, *backend_);
  }

  void capture(const std::string& golden) {
    facts_ = golden_json("smollm2/" + golden + ".json");
    values_ = SafetensorsFile::open(data_path("smollm2/" + golden + ".safetensors"));
    info_ = model_->describe(facts_["text"].get<std::string>());
    model_->compute(info_, sink_, job_);
  }

  std::vector<float> row(std::int64_t layer, std::int64_t head, std::int64_t query) {
    const Layer& data = *sink_.layers[static_cast<std::size_t>(layer)];
    std::vector<float> p(static_cast<std::size_t>(data.tokens()));
    const float a = -data.head_lse(head)[static_cast<std::size_t>(query)];
    backend_->rows(data.head(head), {&query, 1}, {{&a, 1}, {}}, p, job_);
    return p;
  }

  void expect_tokens() const {
    const auto ids = facts_["ids"].get<std::vector<std::int32_t>>();
    const auto begin = facts_["begin"].get<std::vector<std::int64_t>>();
    const auto end = facts_["end"].get<std::vector<std::int64_t>>();
    ASSERT_EQ(info_.tokens.size(), ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
      ASSERT_EQ(info_.tokens[i], (Token{ids[i], begin[i], end[i]})) << "token " << i;
  }

  void expect_lse(std::int64_t layer) {
    const auto expected = numbers(*values_, "layer." + std::to_string(layer) + ".lse");
    ASSERT_FALSE(expected.empty());
    const float* actual = sink_.layers[static_cast<std::size_t>(layer)]->lse->f32();
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_NEAR(actual[i], expected[i], 1e-4 * (1 + std::abs(static_cast<double>(expected[i])))) << "layer " << layer;
    }
  }

  static void expect_row(const std::vector<float>& actual, const float* expected) {
    for (std::size_t j = 0; j < actual.size(); ++j) ASSERT_NEAR(actual[j], expected[j], 2e-5) << "key " << j;
  }

  std::unique_ptr<Backend> backend_ = select_backend("cpu", "");
  Pool pool_;
  Job job_{pool_};
  std::unique_ptr<Model> model_;
  Json facts_;
  std::optional<SafetensorsFile> values_;
  CaptureInfo info_;
  KeepAll sink_;
};

TEST_F(SmolLm2, TokensAttentionAndNextTokensOfAShortText) {
  capture("smollm2");
  expect_tokens();
  for (const std::int64_t layer : {0, 14, 29}) expect_lse(layer);
  const auto n = static_cast<std::int64_t>(info_.tokens.size());
  for (const Json& pair : facts_["p"]) {
    const std::int64_t layer = pair[0], head = pair[1];
    const auto expected = numbers(*values_, "layer." + std::to_string(layer) + ".head." + std::to_string(head) + ".p");
    ASSERT_FALSE(expected.empty());
    for (std::int64_t i = 0; i < n; ++i) expect_row(row(layer, head, i), expected.data() + i * n);
  }
  const std::vector<float> logits = model_->logits(info_, {n - 1}, job_);
  std::vector<std::int32_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0);
  std::partial_sort(order.begin(), order.begin() + 5, order.end(), [&](std::int32_t a, std::int32_t b) {
    return logits[static_cast<std::size_t>(a)] > logits[static_cast<std::size_t>(b)];
  });
  const auto expected = facts_["next_token_top20"]["ids"].get<std::vector<std::int32_t>>();
  EXPECT_TRUE(std::equal(order.begin(), order.begin() + 5, expected.begin()));
}

TEST_F(SmolLm2, TokensAndAttentionOf1500Tokens) {
  capture("smollm2_long");
  expect_tokens();
  for (const std::int64_t layer : {0, 14, 29}) expect_lse(layer);
  for (const Json& line : facts_["rows"]) {
    const auto expected = numbers(*values_, line["name"]);
    ASSERT_EQ(expected.size(), info_.tokens.size());
    expect_row(row(line["layer"], line["head"], line["query"]), expected.data());
  }
}

TEST_F(SmolLm2, ATextLongerThanTheContextIsRefusedWithBothLengths) {
  std::string text;
  for (int i = 0; i < 8193; ++i) text += " a";
  try {
    model_->describe(text);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("8193"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("8192"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace attnscope
