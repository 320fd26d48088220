#include "capture/layer.h"

#include <gmock/gmock.h>

#include <limits>
#include <set>

#include "capture/layer_json.h"
#include "capture_samples.h"
#include "core/error.h"

namespace attnscope {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Layer, QueryHeadsOfAGroupShareTheirKvHead) {
  const auto layer = sample_layer(sample_info().layers[0], 5, 1);
  for (std::int64_t h = 0; h < 6; ++h) {
    const HeadView head = layer->head(h);
    EXPECT_EQ(head.q.row_f32(2), layer->q.f32() + (h * 5 + 2) * 8) << h;
    EXPECT_EQ(head.k.row_f32(2), layer->k.f32() + (h / 2 * 5 + 2) * 8) << h;
    EXPECT_EQ(head.v.row_f32(2), layer->v.f32() + (h / 2 * 5 + 2) * 8) << h;
  }
}

TEST(Layer, AHeadHasTheShapesOfTheWholeContext) {
  const auto layer = sample_layer(sample_info().layers[2], 5, 1);
  const HeadView head = layer->head(1);
  EXPECT_EQ(head.n_q(), 5);
  EXPECT_EQ(head.n_k(), 5);
  EXPECT_EQ(head.q.cols, 5);
  EXPECT_EQ(head.v.cols, 7);
  EXPECT_EQ(head.mask.offset, 0);
}

TEST(Layer, AHeadHasItsOwnSlopeAndNoSinkWhereTheLayerHasNone) {
  const auto layer = sample_layer(sample_info().layers[2], 5, 1);
  EXPECT_EQ(layer->head(1).score.slope, 0.1F);
  EXPECT_EQ(layer->head(1).score.scale, -1.0F / 3);
  EXPECT_FALSE(layer->head(1).score.cap);
  EXPECT_FALSE(layer->head(1).score.sink_logit);
}

TEST(Layer, AHeadHasTheCapAndItsOwnSinkLogit) {
  const auto layer = sample_layer(sample_info().layers[1], 5, 1);
  EXPECT_EQ(layer->head(4).score.cap, 50.0F);
  EXPECT_EQ(layer->head(4).score.sink_logit, 2.5F);
  EXPECT_EQ(layer->head(4).score.slope, 0);
}

TEST(Layer, TheMaskIsTheOneOfTheSpec) {
  const std::vector<LayerSpec> specs = sample_info().layers;
  const Mask causal = sample_layer(specs[1], 5, 1)->head(0).mask;  // a window of 3 and a sink
  const Mask both = sample_layer(specs[2], 5, 1)->head(0).mask;    // 4 to the left, 2 to the right, one key of padding
  for (std::int64_t i = 0; i < 5; ++i) {
    for (std::int64_t j = 0; j < 5; ++j) {
      EXPECT_EQ(causal.visible(i, j), j <= i && (j > i - 3 || j == 0)) << i << " " << j;
      EXPECT_EQ(both.visible(i, j), j < 4 && j - i > -4 && j - i < 2) << i << " " << j;
    }
  }
}

TEST(Layer, LimitsBeyondTheMasksOwnMeanNoLimit) {
  LayerSpec spec = sample_info().layers[0];
  spec.mask.left = spec.mask.right = spec.mask.n_valid = std::numeric_limits<std::int64_t>::max();
  const Mask mask = sample_layer(spec, 5, 1)->head(0).mask;
  EXPECT_EQ(mask.left, Mask::unlimited);
  EXPECT_EQ(mask.right, Mask::unlimited);
  EXPECT_EQ(mask.n_valid, Mask::unlimited);
}

TEST(Layer, LseOfAHeadIsItsRow) {
  const auto layer = sample_layer(sample_info().layers[0], 5, 1);
  EXPECT_EQ(layer->head_lse(3).data(), layer->lse->f32() + 15);
  EXPECT_EQ(layer->head_lse(3).size(), 5U);
}

TEST(Layer, LseIsEmptyWhereThereIsNone) {
  EXPECT_TRUE(sample_layer(sample_info().layers[2], 5, 1)->head_lse(1).empty());
}

TEST(Layer, IdsAreUnique) {
  std::set<std::uint64_t> ids;
  for (int i = 0; i < 100; ++i) ids.insert(next_layer_id());
  EXPECT_EQ(ids.size(), 100U);
}

TEST(LayerJson, IsWrittenAsTheFormatHasIt) {
  LayerSpec spec;
  spec.heads = 9;
  spec.kv_heads = 3;
  spec.head_dim = spec.value_dim = 64;
  spec.scale = 0.125;
  spec.rotary = Rotary{1e5, 64};
  EXPECT_EQ(layer_json(spec),
            R"({"heads":9,"kv_heads":3,"head_dim":64,"scale":0.125,"cap":null,"slopes":null,"mask":{"causal":true,)"
            R"("left":null,"right":null,"sinks":0,"n_valid":null},"rotary":{"base":100000.0,"dims":64}})");
}

TEST(LayerJson, ReadsBackWhatItWrote) {
  for (LayerSpec spec : sample_info().layers) {
    spec.value_dim = spec.head_dim;
    spec.gives_lse = true;
    spec.gives_sink = false;
    EXPECT_EQ(parse_layer_json(layer_json(spec), "x"), spec);
  }
}

TEST(LayerJson, NullAndAbsentAreTheSameAndUnknownKeysAreIgnored) {
  const LayerSpec spec = parse_layer_json(
      R"({"heads":2,"kv_heads":1,"head_dim":4,"scale":1,"new":[1],"mask":{"causal":false,"shape":"x"}})", "x");
  EXPECT_FALSE(spec.cap || spec.rotary || spec.mask.left || spec.mask.right || spec.mask.n_valid);
  EXPECT_EQ(spec.mask.sinks, 0);
  EXPECT_TRUE(spec.slopes.empty());
}

struct BadJson {
  const char* from;
  const char* to;
  const char* message;
};

class BadLayerJson : public testing::TestWithParam<BadJson> {};

TEST_P(BadLayerJson, IsRefusedByItsKey) {
  std::string text =
      R"({"heads":6,"kv_heads":3,"head_dim":8,"scale":0.5,"cap":30,"slopes":[1,2,3,4,5,6],)"
      R"("mask":{"causal":true,"left":3,"right":2,"sinks":1,"n_valid":7},"rotary":{"base":100.0,"dims":8}})";
  ASSERT_NO_THROW(parse_layer_json(text, "file"));
  const std::string from = GetParam().from;
  ASSERT_NE(text.find(from), std::string::npos);
  text.replace(text.find(from), from.size(), GetParam().to);
  EXPECT_THAT([&] { parse_layer_json(text, "file"); }, ThrowsMessage<BrokenFile>(HasSubstr(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Keys, BadLayerJson,
    testing::Values(BadJson{R"("heads":6,)", "", R"(file: "heads" is missing)"},
                    BadJson{R"("heads":6)", R"("heads":0)", R"("heads" must be a whole number of at least 1)"},
                    BadJson{R"("heads":6)", R"("heads":6.0)", R"("heads" must be a whole number)"},
                    BadJson{R"("heads":6)", R"("heads":"6")", R"("heads" must be a whole number)"},
                    BadJson{R"("heads":6)", R"("heads":18446744073709551615)", R"("heads" must be a whole number)"},
                    BadJson{R"("kv_heads":3)", R"("kv_heads":4)", R"("kv_heads" must be a divisor of heads, 6)"},
                    BadJson{R"("kv_heads":3)", R"("kv_heads":-3)", R"("kv_heads" must be a whole number)"},
                    BadJson{R"("head_dim":8)", R"("head_dim":null)", R"("head_dim" is missing)"},
                    BadJson{R"("scale":0.5)", R"("scale":NaN)", "file: not valid JSON"},
                    BadJson{R"("scale":0.5)", R"("scale":1e39)", R"("scale" must be finite)"},
                    BadJson{R"("scale":0.5)", R"("scale":"0.5")", R"("scale" must be finite)"},
                    BadJson{R"("cap":30)", R"("cap":0)", R"("cap" must be above 0)"},
                    BadJson{R"(4,5,6])", R"(4,5])", R"("slopes" must be a list of 6 numbers)"},
                    BadJson{R"(4,5,6])", R"(4,5,null])", R"("slopes" must be finite)"},
                    BadJson{R"("causal":true)", R"("causal":1)", R"(file mask: "causal" must be true or false)"},
                    BadJson{R"("causal":true,)", "", R"(file mask: "causal" is missing)"},
                    BadJson{R"("left":3)", R"("left":-1)", R"(file mask: "left" must be a whole number)"},
                    BadJson{R"("sinks":1)", R"("sinks":true)", R"(file mask: "sinks" must be a whole number)"},
                    BadJson{R"("base":100.0)", R"("base":0)", R"(file rotary: "base" must be above 0)"},
                    BadJson{R"("dims":8)", R"("dims":10)", R"("dims" must be even and at most head_dim, 8)"},
                    BadJson{R"("dims":8)", R"("dims":7)", R"("dims" must be even)"},
                    BadJson{R"({"base":100.0,"dims":8})", "[]", "file rotary: must be a JSON object"}));

}  // namespace
}  // namespace attnscope
