// The whole bundled model on a short text: every op on every layer, on a device and on the CPU, against float64. On the
// GPU where there is one, else on the emulation of one.
#include <gtest/gtest.h>

#include <map>

#include "../attention/op_check.h"
#include "attention/error_bounds.h"
#include "attention/select.h"
#include "models/model.h"

namespace attnscope::test {
namespace {

constexpr const char* text = "The cat sat on the mat because it was tired, and the dog saw the cat. The cat saw it.";

class Layers : public LayerSink {
 public:
  bool wants(std::int64_t /*layer*/) const override { return true; }
  void take(std::int64_t layer, std::shared_ptr<const Layer> data) override { taken[layer] = std::move(data); }
  std::map<std::int64_t, std::shared_ptr<const Layer>> taken;
};

// "cuda" or "emulation"; empty where the build has neither.
std::string device_name() {
  for (const BackendInfo& info : list_backends()) {
    if ((info.name == "cuda" || info.name == "emulation") && info.usable) return info.name;
  }
  return {};
}

class TinyOps : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const bool on_device = GetParam() == std::string("device");
    if (on_device && device_name().empty()) GTEST_SKIP() << "this build has no device";
    backend_ = on_device ? select_backend("auto", device_name()) : select_backend("cpu", "");
    model_ = open_model("tiny", known_models(ATTNSCOPE_SOURCE_ASSETS, "no-such-folder"), *backend_);
    const CaptureInfo info = model_->describe(text, {});
    model_->compute(info, layers_, Job{pool_});
    ASSERT_EQ(std::ssize(layers_.taken), std::ssize(info.layers));
  }
  // Calls body(head, layer, number of the head, what it is called) for each head of each layer.
  template <class Body>
  void for_each_head(const Body& body) const {
    for (const auto& [index, layer] : layers_.taken) {
      for (std::int64_t h = 0; h < layer->spec.heads; ++h)
        body(layer->head(h), *layer, h, "layer " + std::to_string(index) + " head " + std::to_string(h));
    }
  }

  Pool pool_{2};
  std::unique_ptr<Backend> reference_ = make_reference_backend();
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Model> model_;
  Layers layers_;
};

TEST_P(TinyOps, EveryOpOnEveryHeadAgreesWithTheReference) {
  std::uint64_t seed = 0;
  for (const Op op :
       {Op::forward, Op::rows, Op::columns, Op::map, Op::sampled_map, Op::top_k, Op::row_stats, Op::column_mass}) {
    OpCheck check(op, *backend_, *reference_, pool_);
    for_each_head([&](const HeadView& head, const Layer&, std::int64_t, const std::string& what) {
      check.run({&head, 1}, what, ++seed);
    });
    EXPECT_EQ(check.cases(), 8) << name_of(op);
    EXPECT_EQ(check.unsupported(), 0) << name_of(op);
  }
}

// What the model's own run on the backend left in the layers.
TEST_P(TinyOps, TheCapturesLogSumExpsAreThoseOfItsQueriesAndKeys) {
  for_each_head([&](const HeadView& head, const Layer& layer, std::int64_t h, const std::string& what) {
    std::vector<float> truth(static_cast<std::size_t>(layer.tokens()));
    const ForwardResult result{nullptr, 0, truth.data()};
    reference_->forward({&head, 1}, {&result, 1}, Job{pool_});
    Errors errors;
    const double relative = Tolerance(score_bound(head)).of_backend(backend_->name(), head.v.dtype).relative;
    for (std::size_t i = 0; i < truth.size(); ++i)
      EXPECT_TRUE(errors.add(layer.head_lse(h)[i], truth[i], 1, relative)) << what << ", query " << i;
  });
}

INSTANTIATE_TEST_SUITE_P(Backends, TinyOps, testing::Values("device", "cpu"),
                         [](const auto& param) { return std::string(param.param); });

}  // namespace
}  // namespace attnscope::test
