// Whole captures asked through the engine, in every layer and head, against the formulas: a made-up text, the bundled
// model on a sentence, a model whose heads share keys.
#include <gtest/gtest.h>

#include <cmath>
#include <ostream>

#include "attention/select.h"
#include "engine/capture_runner.h"
#include "engine/engine.h"
#include "gated_backend.h"
#include "plain_attention.h"

namespace attnscope::test {
namespace {

struct Case {
  std::string name;
  CaptureOrder order;
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

// Weights of planted heads come from scores of up to 64, so float32 leaves them about 64 times its own error.
void expect_weight(float actual, std::optional<double> expected) {
  if (expected) {
    EXPECT_NEAR(actual, *expected, 1e-6 + 1e-4 * *expected);
  } else {
    EXPECT_TRUE(std::isnan(actual)) << actual;
  }
}

class CaptureAnswers : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    CaptureRunner runner(*backend_, pool_, known_models(ATTNSCOPE_SOURCE_ASSETS, "no-such-folder"), bell_.ring());
    runner.start(GetParam().order);
    ASSERT_TRUE(bell_.until([&] { return runner.status().stage == CaptureStage::done; })) << runner.status().message;
    capture_ = runner.capture();
    for (const Token& token : capture_->info().tokens) tokens_.push_back(token.id);
  }
  template <typename R>
  std::shared_ptr<const typename R::Result> await(const std::shared_ptr<const Layer>& layer, const R& request) {
    std::shared_ptr<const typename R::Result> result;
    EXPECT_TRUE(bell_.until([&] {
      engine_.begin_frame();
      result = engine_.want(layer, request, Urgency::answer, tokens_);
      engine_.end_frame();
      return result != nullptr || !engine_.failure().empty();
    }));
    EXPECT_EQ(engine_.failure(), "");
    return result;
  }
  // Does this for every head of every layer.
  template <typename Check>
  void for_heads(const Check& check) {
    for (std::int64_t index = 0; index < capture_->layer_count(); ++index) {
      const auto layer = capture_->layer(index);
      for (std::int64_t head = 0; head < layer->spec.heads && !HasFailure(); ++head) {
        SCOPED_TRACE("layer " + std::to_string(index) + ", head " + std::to_string(head));
        check(layer, HeadRef{layer->id, head}, PlainAttention(*layer, head));
      }
    }
  }

  std::unique_ptr<Backend> backend_ = select_backend("cpu", "");
  Pool pool_{2};
  Bell bell_;
  std::shared_ptr<const Capture> capture_;
  std::vector<std::int32_t> tokens_;
  Engine engine_{*backend_, pool_, bell_.ring()};
};

TEST_P(CaptureAnswers, RowsAndColumnsOfTheLastToken) {
  for_heads([&](const auto& layer, const HeadRef& head, const PlainAttention& plain) {
    const std::int64_t last = plain.n() - 1;
    const auto row = await(layer, RowRequest{head, last});
    const auto column = await(layer, ColumnRequest{head, last / 2});
    ASSERT_TRUE(row && column);
    for (std::int64_t at = 0; at <= last; ++at) {
      expect_weight(row->p[static_cast<std::size_t>(at)], plain.p(last, at));
      expect_weight(column->p[static_cast<std::size_t>(at)], plain.p(at, last / 2));
    }
  });
}

TEST_P(CaptureAnswers, TilesThumbnailsAndEstimates) {
  for_heads([&](const auto& layer, const HeadRef& head, const PlainAttention& plain) {
    const std::int64_t edge = (plain.n() - 1) / 256;
    const auto tile = await(layer, TileRequest{head, Pool2d::max, 0, edge, 0});
    // As many pixels as cells, and every query sampled: these are P itself.
    const auto thumbnail = await(layer, ThumbnailRequest{head, Pool2d::mean, plain.n()});
    const auto estimate = await(layer, EstimateRequest{head, Pool2d::max, plain.n()});
    ASSERT_TRUE(tile && thumbnail && estimate);
    ASSERT_EQ(tile->height, plain.n() - 256 * edge);
    for (std::int64_t i = 0; i < plain.n(); ++i) {
      for (std::int64_t j = 0; j < plain.n(); ++j) {
        const auto at = static_cast<std::size_t>(i * plain.n() + j);
        const std::optional<double> p = plain.p(i, j);
        expect_weight(thumbnail->pixels[at], p);
        expect_weight(estimate->pixels[at], p);
        if (i < 256 * edge || j >= tile->width) continue;
        expect_weight(tile->pixels[static_cast<std::size_t>((i - 256 * edge) * tile->width + j)], p);
      }
    }
  });
}

TEST_P(CaptureAnswers, LinksAndProfiles) {
  for_heads([&](const auto& layer, const HeadRef& head, const PlainAttention& plain) {
    const auto links = await(layer, LinksRequest{head, 1});
    const auto profile = await(layer, ProfileRequest{head});
    ASSERT_TRUE(links && profile);
    double self = 0;
    double mass_of_first = 0;
    for (std::int64_t i = 0; i < plain.n(); ++i) {
      double largest = 0;
      for (std::int64_t j = 0; j < plain.n(); ++j) largest = std::max(largest, plain.p(i, j).value_or(0));
      expect_weight(links->weights[static_cast<std::size_t>(i)], largest);
      expect_weight(links->weights[static_cast<std::size_t>(i)], plain.p(i, links->keys[static_cast<std::size_t>(i)]));
      self += plain.p(i, i).value_or(0) / static_cast<double>(plain.n());
      mass_of_first += plain.p(i, 0).value_or(0);
    }
    EXPECT_NEAR(profile->self, self, 1e-5);
    EXPECT_NEAR(profile->mass.front(), mass_of_first, 1e-4 * mass_of_first);
  });
}

TEST_P(CaptureAnswers, PairsInOneHeadAndInAll) {
  for_heads([&](const auto& layer, const HeadRef& head, const PlainAttention& plain) {
    const std::int64_t query = plain.n() - 1;
    const std::int64_t key = plain.n() - 2;
    const auto pair = await(layer, PairRequest{head, query, key});
    const auto in_heads = await(layer, PairInHeadsRequest{layer->id, query, key});
    ASSERT_TRUE(pair && in_heads);
    EXPECT_NEAR(pair->score, plain.score(query, key), 1e-5);
    EXPECT_NEAR(pair->weight, plain.p(query, key).value_or(0), 1e-6 + 1e-4 * pair->weight);
    expect_weight(in_heads->p[static_cast<std::size_t>(head.head)], plain.p(query, key));
    const std::vector<double> output = plain.output(query);
    for (std::size_t c = 0; c < output.size(); ++c) EXPECT_NEAR(pair->output[c], output[c], 1e-4);
  });
}

INSTANTIATE_TEST_SUITE_P(
    Texts, CaptureAnswers,
    testing::Values(Case{"a made-up text of two tokens", SyntheticOrder{2}}, Case{"of a block", SyntheticOrder{256}},
                    Case{"of a block and a token", SyntheticOrder{257}},
                    Case{"a sentence", TextOrder{"The dog saw the cat because it was loud.", "tiny", 0}},
                    Case{"shared keys", TextOrder{"one two three one two", ATTNSCOPE_TEST_DATA "/models/llama", 0}}));

}  // namespace
}  // namespace attnscope::test
