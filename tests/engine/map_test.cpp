// Tiles, thumbnails and estimates against pixels pooled one by one.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "attention/select.h"
#include "core/error.h"
#include "engine/compute.h"
#include "gated_backend.h"
#include "plain_attention.h"

namespace attnscope::test {
namespace {

// The pixel over queries x keys; the ranges may end beyond the text.
float pooled(const PlainAttention& plain, KeyRange queries, KeyRange keys, Pool2d pool) {
  double largest = 0;
  double sum = 0;
  int visible = 0;
  for (std::int64_t i = queries.begin; i < std::min(queries.end, plain.n()); ++i) {
    for (std::int64_t j = keys.begin; j < std::min(keys.end, plain.n()); ++j) {
      const auto p = plain.p(i, j);
      if (!p) continue;
      largest = std::max(largest, *p);
      sum += *p;
      ++visible;
    }
  }
  if (visible == 0) return NAN;
  return static_cast<float>(pool == Pool2d::max ? largest : sum / visible);
}

void expect_pixel(float actual, float expected) {
  if (std::isnan(expected)) {
    EXPECT_TRUE(std::isnan(actual)) << actual;
  } else {
    EXPECT_NEAR(actual, expected, 1e-6 + 1e-5 * expected);
  }
}

class Maps : public testing::Test {
 protected:
  template <typename Request>
  WeightImage answer(const std::shared_ptr<const Layer>& layer, const Request& request) {
    return compute(request, ComputeContext{layer, runner_, cache_});
  }
  void expect_tile(const std::shared_ptr<const Layer>& layer, const PlainAttention& plain, const TileRequest& tile) {
    SCOPED_TRACE("level " + std::to_string(tile.level) + " y " + std::to_string(tile.y) + " x " +
                 std::to_string(tile.x));
    const WeightImage image = answer(layer, tile);
    const std::int64_t scale = std::int64_t{1} << tile.level;
    const auto pixels = [&](std::int64_t index) {
      return std::min<std::int64_t>(256, (plain.n() - index * 256 * scale + scale - 1) / scale);
    };
    ASSERT_EQ(image.height, pixels(tile.y));
    ASSERT_EQ(image.width, pixels(tile.x));
    ASSERT_EQ(std::ssize(image.pixels), image.height * image.width);
    for (std::int64_t r = 0; r < image.height; ++r) {
      for (std::int64_t c = 0; c < image.width; ++c) {
        const std::int64_t i = (256 * tile.y + r) * scale;
        const std::int64_t j = (256 * tile.x + c) * scale;
        expect_pixel(image.pixels[static_cast<std::size_t>(r * image.width + c)],
                     pooled(plain, {i, i + scale}, {j, j + scale}, tile.pool));
        if (HasFailure()) return;
      }
    }
  }

  std::unique_ptr<Backend> backend_ = select_backend("cpu", "");
  Pool pool_{2};
  OpRunner runner_{*backend_, Job{pool_}};
  LseCache cache_;
};

TEST_F(Maps, TilesPoolTheirOwnCellsAtEveryLevelAndEdge) {
  for (const std::int64_t n : {1, 255, 256, 257, 300}) {
    for (const auto& [name, layer] : sample_layers(n)) {
      SCOPED_TRACE(name + ", " + std::to_string(n) + " tokens");
      const PlainAttention plain(*layer, 0);
      const HeadRef head{layer->id, 0};
      const std::int64_t tiles = (n + 255) / 256;
      for (std::int64_t y = 0; y < tiles; ++y) {
        for (std::int64_t x = 0; x < tiles; ++x) expect_tile(layer, plain, {head, Pool2d::max, 0, y, x});
      }
      for (const std::int64_t level : {1, 3, 10}) {
        expect_tile(layer, plain, {head, Pool2d::mean, level, 0, 0});
        expect_tile(layer, plain, {head, Pool2d::max, level, 0, 0});
      }
    }
  }
}

TEST_F(Maps, TilesBehindTheFirstAreExactAtTheirEdges) {
  // 2 * 256 * 2 + 5 cells: the third tile of level 1 has two whole pixels and one of a single cell each way.
  const auto layer = causal_layer(1029);
  const PlainAttention plain(*layer, 0);
  for (const std::int64_t x : {0, 1, 2}) expect_tile(layer, plain, {{layer->id, 0}, Pool2d::mean, 1, 2, x});
}

TEST_F(Maps, TilesWithoutCellsAreRefused) {
  const auto layer = causal_layer(300);
  const HeadRef head{layer->id, 0};
  EXPECT_THROW(answer(layer, TileRequest{head, Pool2d::max, 0, 2, 0}), InputError);
  EXPECT_THROW(answer(layer, TileRequest{head, Pool2d::max, 0, 0, 2}), InputError);
  EXPECT_THROW(answer(layer, TileRequest{head, Pool2d::max, 1, 1, 0}), InputError);
  EXPECT_THROW(answer(layer, TileRequest{head, Pool2d::max, 0, -1, 0}), InputError);
  EXPECT_THROW(answer(layer, TileRequest{head, Pool2d::max, -1, 0, 0}), InputError);
  EXPECT_THROW(answer(layer, TileRequest{head, Pool2d::max, 64, 0, 0}), InputError);
  EXPECT_THROW(answer(layer, TileRequest{head, Pool2d::max, 40, std::int64_t{1} << 60, 0}), InputError);
}

TEST_F(Maps, ThumbnailsShowAllOfP) {
  for (const std::int64_t n : {1, 20, 75}) {
    for (const auto& [name, layer] : sample_layers(n)) {
      SCOPED_TRACE(name + ", " + std::to_string(n) + " tokens");
      const PlainAttention plain(*layer, 2);
      const std::int64_t side = std::min<std::int64_t>(32, n);
      for (const Pool2d pool : {Pool2d::max, Pool2d::mean}) {
        const WeightImage image = answer(layer, ThumbnailRequest{{layer->id, 2}, pool, 32});
        ASSERT_EQ(image.height, side);
        ASSERT_EQ(image.width, side);
        for (std::int64_t at = 0; at < side * side; ++at) {
          expect_pixel(image.pixels[static_cast<std::size_t>(at)],
                       pooled(plain, pixel_cells(at / side, side, n), pixel_cells(at % side, side, n), pool));
        }
      }
    }
  }
}

TEST_F(Maps, EstimatesShowOneQueryOfEachPixelRow) {
  constexpr std::int64_t n = 50;
  constexpr std::int64_t side = 8;
  for (const auto& [name, layer] : sample_layers(n)) {
    SCOPED_TRACE(name);
    const PlainAttention plain(*layer, 0);
    const WeightImage image = answer(layer, EstimateRequest{{layer->id, 0}, Pool2d::max, side});
    ASSERT_EQ(std::ssize(image.pixels), side * side);
    for (std::int64_t at = 0; at < side * side; ++at) {
      const std::int64_t query = sampled_query(pixel_cells(at / side, side, n), at / side, 0, 1);
      expect_pixel(image.pixels[static_cast<std::size_t>(at)],
                   pooled(plain, {query, query + 1}, pixel_cells(at % side, side, n), Pool2d::max));
    }
  }
}

TEST_F(Maps, PicturesWithoutASideAreRefused) {
  const auto layer = causal_layer(5);
  EXPECT_THROW(answer(layer, ThumbnailRequest{{layer->id, 0}, Pool2d::max, 0}), InputError);
  EXPECT_THROW(answer(layer, EstimateRequest{{layer->id, 0}, Pool2d::max, 4097}), InputError);
}

// Counts ops: what is masked must cost none.
class MapCost : public testing::Test {
 protected:
  WeightImage answer(const std::shared_ptr<const Layer>& layer, const TileRequest& tile) {
    return compute(tile, ComputeContext{layer, runner_, cache_});
  }
  int calls() const { return backend_.calls(Op::map) + backend_.calls(Op::forward); }

  GatedBackend backend_;
  Pool pool_{1};
  OpRunner runner_{backend_, Job{pool_}};
  LseCache cache_;
};

TEST_F(MapCost, ATileAboveTheDiagonalIsMaskedAndCostsNothing) {
  const auto layer = causal_layer(300);
  const WeightImage image = answer(layer, {{layer->id, 0}, Pool2d::max, 0, 0, 1});
  EXPECT_EQ(calls(), 0);
  ASSERT_EQ(std::ssize(image.pixels), 256 * 44);
  for (const float pixel : image.pixels) ASSERT_TRUE(std::isnan(pixel));
}

TEST_F(MapCost, TilesOfTheSameQueriesShareTheirLse) {
  const auto layer = causal_layer(300);
  answer(layer, {{layer->id, 0}, Pool2d::max, 0, 0, 0});
  EXPECT_EQ(backend_.calls(Op::forward), 1);
  answer(layer, {{layer->id, 0}, Pool2d::mean, 0, 0, 0});
  EXPECT_EQ(backend_.calls(Op::forward), 1);
  answer(layer, {{layer->id, 1}, Pool2d::mean, 0, 0, 0});
  EXPECT_EQ(backend_.calls(Op::forward), 2) << "another head has other sums";
}

}  // namespace
}  // namespace attnscope::test
