// Each planted head does what its table says: whole matrices for short texts, sampled rows for long ones.
#include "capture/synthetic.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

#include "attention/select.h"
#include "capture/budget_sink.h"
#include "capture/synthetic_heads.h"
#include "capture_samples.h"
#include "core/error.h"

namespace attnscope {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

// One layer of a synthetic capture with rows of P by the reference backend.
class Planted {
 public:
  Planted(std::int64_t n, std::int64_t layer) : n_(n) {
    SyntheticSource source(n);
    Capture capture(source.describe(""));
    BudgetSink sink(capture, {}, {layer});
    source.compute(capture.info(), sink, {pool_});
    layer_ = capture.layer(layer);
  }

  // P of query i, all keys.
  std::vector<float> row(std::int64_t head, std::int64_t i) {
    const HeadView one = layer_->head(head).slice_queries(i, 1);
    float lse = 0;
    const ForwardResult result = {nullptr, 0, &lse};
    backend_->forward({&one, 1}, {&result, 1}, {pool_});
    const float a = -lse;
    const std::int64_t query = 0;
    std::vector<float> p(static_cast<std::size_t>(n_));
    backend_->rows(one, {&query, 1}, {{&a, 1}, {}}, p, {pool_});
    return p;
  }

 private:
  std::int64_t n_;
  Pool pool_{2};
  std::unique_ptr<Backend> backend_ = make_reference_backend();
  std::shared_ptr<const Layer> layer_;
};

// All queries of a short text, else some of them: the ends, both sides of the middle, and others in between.
std::vector<std::int64_t> sampled_queries(std::int64_t n) {
  std::vector<std::int64_t> queries;
  if (n <= 300) {
    queries.resize(static_cast<std::size_t>(n));
    std::iota(queries.begin(), queries.end(), 0);
    return queries;
  }
  const SyntheticText text{n};
  return {0,         1,     2,    777, text.period() - 1, text.period(), text.period() + 1, text.needle_query(),
          n - n / 5, n - 2, n - 1};
}

float mass(const std::vector<float>& p, std::int64_t begin, std::int64_t end) {
  return std::accumulate(p.begin() + std::max<std::int64_t>(begin, 0), p.begin() + end, 0.0F);
}

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

class PlantedPatterns : public testing::TestWithParam<std::int64_t> {
 protected:
  static std::int64_t n() { return GetParam(); }
  static SyntheticText text() { return {n()}; }
  // Calls check(i, P of i) for the sampled queries of a head.
  template <typename Check>
  static void for_rows(std::int64_t layer, std::int64_t head, Check check) {
    Planted planted(n(), layer);
    for (const std::int64_t i : sampled_queries(n())) {
      SCOPED_TRACE("query " + std::to_string(i));
      check(i, planted.row(head, i));
    }
  }
};

TEST_P(PlantedPatterns, PreviousToken) {
  for_rows(0, 0, [](std::int64_t i, const std::vector<float>& p) {
    EXPECT_GT(p[at(std::max<std::int64_t>(i - 1, 0))], .999F);
  });
}

TEST_P(PlantedPatterns, NeedleInEvenRows) {
  for_rows(0, 1, [&](std::int64_t i, const std::vector<float>& p) {
    if (i == text().needle_query()) {
      EXPECT_GT(p[at(text().needle_key())], .999F);
    } else {
      EXPECT_NEAR(p[at(i / 2)] * static_cast<float>(i + 1), 1, 1e-5);
    }
  });
}

TEST_P(PlantedPatterns, LocalBand) {
  for_rows(0, 2, [](std::int64_t i, const std::vector<float>& p) { EXPECT_GT(mass(p, i - 47, i + 1), .999F); });
}

TEST_P(PlantedPatterns, LocalBandFallsOffByItsFormula) {
  const PlantedCode code = PlantedCode::smooth();
  for_rows(0, 2, [&](std::int64_t i, const std::vector<float>& p) {
    for (std::int64_t delta = 1; delta <= std::min<std::int64_t>(i, 20); ++delta) {
      const double expected = std::exp(64 * (code.similarity(delta) - 1));
      EXPECT_NEAR(p[at(i - delta)] / p[at(i)], expected, 1e-4) << delta;
    }
  });
}

TEST_P(PlantedPatterns, SinkTakesItsExactShare) {
  for_rows(0, 3, [&](std::int64_t i, const std::vector<float>& p) {
    const auto total = static_cast<double>(9 * n() + i);
    EXPECT_NEAR(p[0], static_cast<double>(9 * n()) / total, 1e-5);
    if (i > 0) {
      EXPECT_NEAR(p[at(i)] * total, 1, 1e-5);
    }
  });
}

TEST_P(PlantedPatterns, BlocksAreEvenInside) {
  for_rows(1, 0, [&](std::int64_t i, const std::vector<float>& p) {
    const std::int64_t begin = i / text().block() * text().block();
    EXPECT_GT(mass(p, begin, i + 1), .999F);
    EXPECT_NEAR(p[at(begin)] * static_cast<float>(i + 1 - begin), 1, .001);
    EXPECT_NEAR(p[at(i)] * static_cast<float>(i + 1 - begin), 1, .001);
  });
}

TEST_P(PlantedPatterns, BroadIsEven) {
  for_rows(1, 1, [](std::int64_t i, const std::vector<float>& p) {
    for (const std::int64_t j : {std::int64_t{0}, i / 3, i}) EXPECT_NEAR(p[at(j)] * static_cast<float>(i + 1), 1, 1e-5);
  });
}

TEST_P(PlantedPatterns, InductionFollowsTheWordBefore) {
  for_rows(1, 2, [&](std::int64_t i, const std::vector<float>& p) {
    if (i >= text().period()) {
      EXPECT_GT(p[at(i + 1 - text().period())], .99F);
    } else {
      EXPECT_GT(p[0], .96F);
    }
  });
}

TEST_P(PlantedPatterns, DuplicateSeesItsWordTwice) {
  for_rows(1, 3, [&](std::int64_t i, const std::vector<float>& p) {
    if (i > text().period()) {
      EXPECT_GT(p[at(i - text().period())], .499F);
      EXPECT_GT(p[at(i)], .499F);
    } else {
      EXPECT_GT(p[at(i)], .999F);
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Tokens, PlantedPatterns, testing::Values(1, 2, 3, 4, 17, 250, 100000),
                         [](const auto& n) { return std::to_string(n.param); });

TEST(PlantedCode, TellsAllNumbersApart) {
  const PlantedCode code = PlantedCode::distinct();
  double largest = -1;
  for (std::int64_t delta = 1; delta < (std::int64_t{1} << 20U); ++delta) {
    largest = std::max(largest, code.similarity(delta));
  }
  EXPECT_LT(largest, .592);
  EXPECT_NEAR(code.similarity(10886821), .5910, 1e-4);  // the largest below 2^24
}

TEST(PlantedCode, SmoothFallsOffAndStaysLow) {
  const PlantedCode code = PlantedCode::smooth();
  double beyond = 0;
  double largest = -1;
  for (std::int64_t delta = 48; delta < (std::int64_t{1} << 20U); ++delta) {
    const double similarity = code.similarity(delta);
    beyond += std::exp(64 * (similarity - 1));
    if (delta >= 400) largest = std::max(largest, similarity);
  }
  EXPECT_LT(beyond, .01);  // the whole sum is above 15
  EXPECT_LT(largest, .569);
}

TEST(PlantedCode, DotProductsAreTheirSimilarity) {
  const PlantedCode code = PlantedCode::distinct();
  std::vector<float> a(PlantedCode::dims);
  std::vector<float> b(PlantedCode::dims);
  code.write(16000000, a.data());
  for (const std::int64_t delta : {0, 1, 1000, 15999999}) {
    code.write(16000000 - delta, b.data());
    EXPECT_NEAR(std::inner_product(a.begin(), a.end(), b.begin(), 0.0) / 31, code.similarity(delta), 1e-6) << delta;
  }
}

TEST(Synthetic, IsLabelledAndSaysWhatEachHeadDoes) {
  const CaptureInfo info = SyntheticSource(10).describe("ignored");
  EXPECT_EQ(info.model, "synthetic");
  EXPECT_THAT(info.notes.at(0), HasSubstr("not a model's attention"));
  ASSERT_EQ(info.notes.size(), 1 + planted_heads().size());
  EXPECT_THAT(info.notes[7], HasSubstr("layer 1 head 2, induction: P[i, i+1-s] > .99"));
}

TEST(Synthetic, TokensCoverTheTextWithoutGaps) {
  const CaptureInfo info = SyntheticSource(40).describe("");
  std::int64_t end = 0;
  for (const Token& token : info.tokens) {
    EXPECT_EQ(token.begin, end);
    EXPECT_LT(token.begin, token.end);
    end = token.end;
  }
  EXPECT_EQ(end, static_cast<std::int64_t>(info.text.size()));
  EXPECT_EQ(info.text.substr(0, 8), "t0 t1 t2");
  EXPECT_EQ(info.text.substr(at(info.tokens[16].begin), 4), "\nt16");
  EXPECT_EQ(info.text.substr(at(info.tokens[20].begin), 3), " t0");
  EXPECT_EQ(info.tokens[20].id, 0);
}

TEST(Synthetic, DoesNotDependOnThreads) {
  const auto compute = [](unsigned threads) {
    Pool pool(threads);
    SyntheticSource source(1000);
    Capture capture(source.describe(""));
    BudgetSink sink(capture);
    source.compute(capture.info(), sink, {pool});
    return std::pair{capture.layer(0), capture.layer(1)};
  };
  const auto one = compute(1);
  const auto three = compute(3);
  EXPECT_TRUE(same_layer(*one.first, *three.first));
  EXPECT_TRUE(same_layer(*one.second, *three.second));
}

TEST(Synthetic, ComputesOnlyWhatIsWantedAndCountsIt) {
  Pool pool(1);
  SyntheticSource source(1000);
  Capture capture(source.describe(""));
  BudgetSink sink(capture, {}, {1});
  Progress progress;
  source.compute(capture.info(), sink, {pool, Priority::background, {}, &progress});
  EXPECT_EQ(capture.state(0), LayerState::to_be_computed);
  EXPECT_EQ(capture.state(1), LayerState::present);
  EXPECT_EQ(progress.share(), 1);
}

TEST(Synthetic, StopsWhenAsked) {
  Pool pool(1);
  SyntheticSource source(1000);
  Capture capture(source.describe(""));
  BudgetSink sink(capture);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(source.compute(capture.info(), sink, {pool, Priority::background, stop.get_token()}), Stopped);
  EXPECT_EQ(capture.state(0), LayerState::to_be_computed);
}

TEST(Synthetic, ValuesAreSpreadEvenly) {
  Pool pool(1);
  SyntheticSource source(2000);
  Capture capture(source.describe(""));
  BudgetSink sink(capture);
  source.compute(capture.info(), sink, {pool});
  double sum = 0;
  double squares = 0;
  const std::int64_t count = 2L * 2000 * 64;
  for (std::int64_t i = 0; i < count; ++i) {
    const double value = capture.layer(1)->v.f32()[i];
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / count, 0, .01);
  EXPECT_NEAR(squares / count, 1.0 / 3, .01);
}

TEST(SyntheticName, GivesTheNumberOfTokens) {
  EXPECT_EQ(parse_synthetic("synthetic:12")->describe("").count, 12);
  EXPECT_EQ(parse_synthetic("file.txt"), nullptr);
  EXPECT_EQ(parse_synthetic("synthetic"), nullptr);
}

TEST(SyntheticName, RefusesWhatIsNoNumberOfTokens) {
  for (const char* source : {"synthetic:", "synthetic:x", "synthetic:1k", "synthetic:99999999999999999999"}) {
    EXPECT_THAT([&] { parse_synthetic(source); },
                ThrowsMessage<InputError>(HasSubstr(": a number of tokens must follow")));
  }
  for (const char* source : {"synthetic:0", "synthetic:-3", "synthetic:16777217"}) {
    EXPECT_THAT([&] { parse_synthetic(source); }, ThrowsMessage<InputError>(HasSubstr("must be 1 to 16777216")));
  }
}

}  // namespace
}  // namespace attnscope
