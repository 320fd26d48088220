// Rows, columns, links and pairs against the formulas.
#include "engine/compute.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "attention/select.h"
#include "core/error.h"
#include "gated_backend.h"
#include "plain_attention.h"

namespace attnscope::test {
namespace {

// One weight, or NaN where there is none.
void expect_weight(float actual, std::optional<double> expected) {
  if (expected) {
    EXPECT_NEAR(actual, *expected, 1e-6 + 1e-5 * *expected);
  } else {
    EXPECT_TRUE(std::isnan(actual)) << actual;
  }
}

class Compute : public testing::TestWithParam<std::int64_t> {
 protected:
  template <typename Request>
  auto answer(const std::shared_ptr<const Layer>& layer, const Request& request) {
    return compute(request, ComputeContext{layer, runner_, cache_});
  }
  static std::int64_t n() { return GetParam(); }
  static std::vector<std::int64_t> places() { return {0, n() / 2, n() - 1}; }

  std::unique_ptr<Backend> backend_ = select_backend("cpu", "");
  Pool pool_{2};
  OpRunner runner_{*backend_, Job{pool_}};
  LseCache cache_;
};

TEST_P(Compute, RowsAreTheWeightsOfAQuery) {
  for (const auto& [name, layer] : sample_layers(n())) {
    SCOPED_TRACE(name);
    const std::int64_t head = layer->spec.heads - 1;
    const PlainAttention plain(*layer, head);
    for (const std::int64_t query : places()) {
      const Weights row = answer(layer, RowRequest{{layer->id, head}, query});
      ASSERT_EQ(std::ssize(row.p), n());
      for (std::int64_t key = 0; key < n(); ++key) {
        expect_weight(row.p[static_cast<std::size_t>(key)], plain.p(query, key));
      }
    }
  }
}

TEST_P(Compute, ColumnsAreTheWeightsOnAKey) {
  for (const auto& [name, layer] : sample_layers(n())) {
    SCOPED_TRACE(name);
    const PlainAttention plain(*layer, 1);
    for (const std::int64_t key : places()) {
      const Weights column = answer(layer, ColumnRequest{{layer->id, 1}, key});
      ASSERT_EQ(std::ssize(column.p), n());
      for (std::int64_t query = 0; query < n(); ++query) {
        expect_weight(column.p[static_cast<std::size_t>(query)], plain.p(query, key));
      }
    }
  }
}

TEST_P(Compute, LinksAreTheStrongestKeysOfEveryQuery) {
  constexpr std::int64_t k = 3;
  for (const auto& [name, layer] : sample_layers(n())) {
    SCOPED_TRACE(name);
    const PlainAttention plain(*layer, 0);
    const Links links = answer(layer, LinksRequest{{layer->id, 0}, k});
    EXPECT_EQ(links.stride, 1);
    ASSERT_EQ(std::ssize(links.keys), n() * k);
    ASSERT_EQ(links.weights.size(), links.keys.size());
    for (std::int64_t query = 0; query < n(); ++query) {
      std::vector<double> sorted;
      for (std::int64_t key = 0; key < n(); ++key) {
        if (const auto p = plain.p(query, key); p && *p > 1e-30) sorted.push_back(*p);
      }
      std::sort(sorted.begin(), sorted.end(), std::greater<>());
      for (std::int64_t rank = 0; rank < k; ++rank) {
        const auto at = static_cast<std::size_t>(query * k + rank);
        const bool there = rank < std::ssize(sorted);
        ASSERT_EQ(links.keys[at] >= 0, there) << query << " " << rank;
        expect_weight(links.weights[at], there ? sorted[static_cast<std::size_t>(rank)] : 0);
        if (there) expect_weight(links.weights[at], plain.p(query, links.keys[at]));
      }
    }
  }
}

TEST_P(Compute, PairsAreTakenApartIntoTheModelsNumbers) {
  for (const auto& [name, layer] : sample_layers(n())) {
    SCOPED_TRACE(name);
    const HeadView view = layer->head(0);
    const PlainAttention plain(*layer, 0);
    const std::int64_t query = n() - 1;
    const std::int64_t key = n() / 2;
    const Pair pair = answer(layer, PairRequest{{layer->id, 0}, query, key});
    ASSERT_EQ(std::ssize(pair.product), view.q.cols);
    for (std::size_t c = 0; c < pair.product.size(); ++c) {
      EXPECT_EQ(pair.query[c], view.q.at(query, static_cast<std::int64_t>(c)));
      EXPECT_EQ(pair.key[c], view.k.at(key, static_cast<std::int64_t>(c)));
      EXPECT_EQ(pair.product[c], pair.query[c] * pair.key[c]);
    }
    EXPECT_NEAR(pair.dot, std::accumulate(pair.product.begin(), pair.product.end(), 0.0), 1e-4);
    EXPECT_NEAR(pair.score, plain.score(query, key), 1e-6);
    const std::vector<double> output = plain.output(query);
    ASSERT_EQ(pair.output.size(), output.size());
    ASSERT_EQ(pair.value.size(), output.size());
    for (std::size_t c = 0; c < output.size(); ++c) {
      EXPECT_EQ(pair.value[c], view.v.at(key, static_cast<std::int64_t>(c)));
      EXPECT_NEAR(pair.output[c], output[c], 2e-5);
    }
    EXPECT_EQ(pair.visible, plain.p(query, key).has_value());
    EXPECT_NEAR(pair.weight, plain.p(query, key).value_or(0), 1e-5);
  }
}

TEST_P(Compute, PairsAreRankedAmongWhatTheQuerySees) {
  for (const auto& [name, layer] : sample_layers(n())) {
    SCOPED_TRACE(name);
    const PlainAttention plain(*layer, 0);
    const std::int64_t query = n() / 2;
    for (std::int64_t key = 0; key < std::min<std::int64_t>(n(), 8); ++key) {
      std::int64_t seen = 0;
      std::int64_t rank = plain.p(query, key) ? 1 : 0;
      for (std::int64_t other = 0; other < n(); ++other) {
        seen += plain.p(query, other) ? 1 : 0;
        if (rank > 0 && plain.p(query, other) > plain.p(query, key)) ++rank;
      }
      const Pair pair = answer(layer, PairRequest{{layer->id, 0}, query, key});
      EXPECT_EQ(pair.seen, seen) << key;
      EXPECT_EQ(pair.rank, rank) << key;
    }
  }
}

TEST_P(Compute, APairIsWeighedInEveryHead) {
  for (const auto& [name, layer] : sample_layers(n())) {
    SCOPED_TRACE(name);
    for (const std::int64_t key : places()) {
      const PairInHeads pair = answer(layer, PairInHeadsRequest{layer->id, n() / 2, key});
      ASSERT_EQ(std::ssize(pair.p), layer->spec.heads);
      for (std::int64_t head = 0; head < layer->spec.heads; ++head) {
        expect_weight(pair.p[static_cast<std::size_t>(head)], PlainAttention(*layer, head).p(n() / 2, key));
      }
    }
  }
}

TEST_P(Compute, PlacesHeadsAndSizesOutOfRangeAreRefused) {
  const auto layer = causal_layer(n());
  const HeadRef head{layer->id, 0};
  for (const std::int64_t bad : {std::int64_t{-1}, n()}) {
    EXPECT_THROW(answer(layer, RowRequest{head, bad}), InputError);
    EXPECT_THROW(answer(layer, ColumnRequest{head, bad}), InputError);
    EXPECT_THROW(answer(layer, PairRequest{head, bad, 0}), InputError);
    EXPECT_THROW(answer(layer, PairRequest{head, 0, bad}), InputError);
    EXPECT_THROW(answer(layer, PairInHeadsRequest{layer->id, bad, 0}), InputError);
    EXPECT_THROW(answer(layer, PairInHeadsRequest{layer->id, 0, bad}), InputError);
  }
  for (const std::int64_t bad : {std::int64_t{-1}, layer->spec.heads}) {
    EXPECT_THROW(answer(layer, RowRequest{{layer->id, bad}, 0}), InputError);
    EXPECT_THROW(answer(layer, ProfileRequest{{layer->id, bad}}), InputError);
  }
  EXPECT_THROW(answer(layer, LinksRequest{head, 0}), InputError);
  EXPECT_THROW(answer(layer, LinksRequest{head, 1001}), InputError);
}

INSTANTIATE_TEST_SUITE_P(Tokens, Compute, testing::Values(1, 2, 40));

// Only how many there are matters here, so the numbers may be a fast backend's own.
TEST(LinksOfLongTexts, AreThoseOfEveryStrideThQuery) {
  const auto backend = select_backend("cpu", "");
  Pool pool;
  OpRunner runner{*backend, Job{pool}};
  LseCache cache;
  constexpr std::int64_t n = 400;
  const auto layer = causal_layer(n);
  const ComputeContext context{layer, runner, cache};
  // 100,000 / 300 = 333 queries at most, so every second one.
  const Links few = compute(LinksRequest{{layer->id, 0}, 300}, context);
  EXPECT_EQ(few.stride, 2);
  ASSERT_EQ(std::ssize(few.keys), 200 * 300);
  const Links all = compute(LinksRequest{{layer->id, 0}, 250}, context);
  EXPECT_EQ(all.stride, 1);
  for (std::size_t query = 0; query < 200; ++query) {
    EXPECT_EQ(few.keys[query * 300], all.keys[2 * query * 250]) << query;
  }
}

}  // namespace
}  // namespace attnscope::test
