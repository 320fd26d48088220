// What a head does, against sums over all of P.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <set>

#include "attention/select.h"
#include "capture/synthetic.h"
#include "engine/compute.h"
#include "plain_attention.h"

namespace attnscope::test {
namespace {

class KeepLayers final : public LayerSink {
 public:
  bool wants(std::int64_t /*layer*/) const override { return true; }
  void take(std::int64_t /*index*/, std::shared_ptr<const Layer> layer) override { layers.push_back(std::move(layer)); }
  std::vector<std::shared_ptr<const Layer>> layers;
};

class Profiles : public testing::Test {
 protected:
  Profile answer(const std::shared_ptr<const Layer>& layer, std::int64_t head, std::vector<std::int32_t> tokens) {
    return compute(ProfileRequest{{layer->id, head}}, ComputeContext{layer, runner_, cache_, tokens});
  }

  std::unique_ptr<Backend> backend_ = select_backend("cpu", "");
  Pool pool_{2};
  OpRunner runner_{*backend_, Job{pool_}};
  LseCache cache_;
};

TEST_F(Profiles, AreTheMeansOfAllRows) {
  for (const std::int64_t n : {1, 2, 50}) {
    for (const auto& [name, layer] : sample_layers(n)) {
      SCOPED_TRACE(name + ", " + std::to_string(n) + " tokens");
      const PlainAttention plain(*layer, 1);
      const Profile profile = answer(layer, 1, {});
      EXPECT_EQ(profile.tokens, n);
      ASSERT_EQ(std::ssize(profile.entropy), n);
      ASSERT_EQ(std::ssize(profile.mass), n);
      double entropy = 0, distance = 0, self = 0, previous = 0, first = 0, log_seen = 0;
      std::vector<double> mass(static_cast<std::size_t>(n));
      for (std::int64_t i = 0; i < n; ++i) {
        double row_entropy = 0;
        int seen = 0;
        for (std::int64_t j = 0; j < n; ++j) {
          const auto p = plain.p(i, j);
          if (!p) continue;
          ++seen;
          if (*p > 0) row_entropy -= *p * std::log(*p);
          distance += *p * static_cast<double>(std::abs(i - j));
          mass[static_cast<std::size_t>(j)] += *p;
        }
        self += plain.p(i, i).value_or(0);
        first += plain.p(i, 0).value_or(0);
        if (i > 0) previous += plain.p(i, i - 1).value_or(0);
        entropy += row_entropy;
        if (seen > 0) log_seen += std::log(seen);
        EXPECT_NEAR(profile.entropy[static_cast<std::size_t>(i)], row_entropy, 2e-5) << i;
      }
      const auto count = static_cast<double>(n);
      EXPECT_NEAR(profile.mean_entropy, entropy / count, 2e-5);
      EXPECT_NEAR(profile.mean_distance, distance / count, 2e-4);
      EXPECT_NEAR(profile.self, self / count, 1e-5);
      EXPECT_NEAR(profile.previous, previous / count, 1e-5);
      EXPECT_NEAR(profile.first, first / count, 1e-5);
      EXPECT_NEAR(profile.mean_log_seen, log_seen / count, 1e-9);
      for (std::size_t j = 0; j < mass.size(); ++j) EXPECT_NEAR(profile.mass[j], mass[j], 1e-5 * (1 + mass[j]));
    }
  }
}

TEST_F(Profiles, PrefixMatchIsTheMassOnWhatFollowedTheSameTokenEarlier) {
  // "a b a c a a b": keys after earlier occurrences and before the query.
  const std::vector<std::int32_t> tokens = {7, 8, 7, 9, 7, 7, 8};
  const std::vector<std::set<std::int64_t>> keys = {{}, {}, {1}, {}, {1, 3}, {1, 3}, {2}};
  const auto layer = causal_layer(7);
  const PlainAttention plain(*layer, 0);
  double sum = 0;
  int queries = 0;
  std::array<double, 8> shares{};
  for (std::int64_t i = 0; i < 7; ++i) {
    const auto& followers = keys[static_cast<std::size_t>(i)];
    if (followers.empty()) continue;
    ++queries;
    for (const std::int64_t j : followers) sum += plain.p(i, j).value();
    for (std::int64_t j = 0; j <= i; ++j) {
      shares.at(static_cast<std::size_t>(std::bit_width(static_cast<unsigned>(i - j)))) += plain.p(i, j).value();
    }
  }
  const Profile profile = answer(layer, 0, tokens);
  EXPECT_NEAR(profile.prefix_match, sum / queries, 1e-6);
  for (std::size_t bin = 0; bin < 8; ++bin)
    EXPECT_NEAR(profile.distance_shares.at(bin), shares.at(bin) / queries, 1e-6);
}

TEST_F(Profiles, ATokenRightAfterItselfHasNothingThatFollowedEarlier) {
  const auto layer = causal_layer(3);
  EXPECT_TRUE(std::isnan(answer(layer, 0, {4, 4, 5}).prefix_match));
  EXPECT_FALSE(std::isnan(answer(layer, 0, {4, 4, 4}).prefix_match));
}

TEST_F(Profiles, WithoutRepetitionsDistancesAreOfQueriesSpreadEvenly) {
  const auto layer = causal_layer(40);
  const PlainAttention plain(*layer, 0);
  std::array<double, 8> shares{};
  for (std::int64_t i = 0; i < 40; ++i) {
    for (std::int64_t j = 0; j <= i; ++j) {
      shares.at(static_cast<std::size_t>(std::bit_width(static_cast<unsigned>(i - j)))) += plain.p(i, j).value() / 40;
    }
  }
  const Profile profile = answer(layer, 0, {});
  EXPECT_TRUE(std::isnan(profile.prefix_match));
  for (std::size_t bin = 0; bin < 8; ++bin) EXPECT_NEAR(profile.distance_shares.at(bin), shares.at(bin), 1e-5);
}

TEST_F(Profiles, NameThePlantedHeadsOfASyntheticText) {
  SyntheticSource source(400);
  const CaptureInfo info = source.describe({});
  KeepLayers kept;
  source.compute(info, kept, Job{pool_});
  std::vector<std::int32_t> tokens;
  for (const Token& token : info.tokens) tokens.push_back(token.id);
  const auto named = [&](std::size_t layer, std::int64_t head) {
    const auto name = name_head(answer(kept.layers[layer], head, tokens));
    return name ? name->name : "";
  };
  EXPECT_EQ(named(0, 0), "previous token");
  EXPECT_EQ(named(0, 3), "first token");
  EXPECT_EQ(named(1, 1), "broad");
  EXPECT_EQ(named(1, 2), "induction");
}

}  // namespace
}  // namespace attnscope::test
