// Decoders against values that transformers computed in float64 from the same weights.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "attention/select.h"
#include "golden.h"
#include "models/config.h"
#include "models/decoder_pass.h"

namespace attnscope {
namespace {

// Our float32 against float64, relative to 1 + |value|. The reference's own float32 run is up to 3.3e-5 away (qwen2).
constexpr double tolerance = 5e-5;

struct Golden {
  std::string name;    // folder or file under models/
  std::string json;    // where ids and layers are
  std::string values;  // safetensors
};

void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.name; }

class GoldenModel : public testing::TestWithParam<Golden> {
 protected:
  Pool pool_{2};
  Job job_{pool_};
  std::unique_ptr<Backend> backend_ = make_reference_backend();

  static std::unique_ptr<DecoderWeights> open(const std::string& name) {
    if (!name.ends_with(".gguf")) {
      const auto folder = data_path("models/" + name);
      return std::make_unique<DecoderWeights>(decoder_from_config(text_of(folder / "config.json"), name),
                                              open_weights_folder(folder), name);
    }
    auto file = std::make_shared<GgufFile>(GgufFile::open(data_path("models/" + name)));
    const DecoderConfig config = decoder_from_gguf(*file);
    return std::make_unique<DecoderWeights>(config, gguf_weights(std::move(file), config), name);
  }

  static Json facts_of(const Golden& golden) {
    Json json = golden_json(golden.json);
    if (!json.contains("models")) return json;
    for (const Json& model : json["models"]) {
      if (model["file"] == golden.name) return model;
    }
    return {};
  }

  static void expect_near(const std::vector<float>& expected, const float* actual, const std::string& what) {
    double largest = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const double scale = 1 + std::abs(static_cast<double>(expected[i]));
      largest = std::max(largest, std::abs(static_cast<double>(expected[i]) - static_cast<double>(actual[i])) / scale);
    }
    EXPECT_LE(largest, tolerance) << what;
  }

  void compare_layer(const SafetensorsFile& values, std::int64_t index, const Layer& layer) const {
    const std::string prefix = "layer." + std::to_string(index) + ".";
    const std::pair<const char*, const Tensor*> tensors[] = {{"q", &layer.q}, {"k", &layer.k}, {"v", &layer.v}};
    for (const auto& [part, tensor] : tensors) {
      const auto expected = numbers(values, prefix + part);
      if (expected.empty()) continue;
      ASSERT_EQ(expected.size() * sizeof(float), tensor->bytes());
      expect_near(expected, tensor->f32(), prefix + part);
    }
    const auto lse = numbers(values, prefix + "lse");
    ASSERT_FALSE(lse.empty());
    expect_near(lse, layer.lse->f32(), prefix + "lse");
    const auto o = numbers(values, prefix + "o");
    ASSERT_FALSE(o.empty());
    std::vector<float> actual(o.size());
    for (std::int64_t h = 0; h < layer.spec.heads; ++h) {
      const HeadView head = layer.head(h);
      const ForwardResult result{actual.data() + h * layer.tokens() * layer.spec.head_dim, layer.spec.head_dim,
                                 nullptr};
      backend_->forward({&head, 1}, {&result, 1}, job_);
    }
    expect_near(o, actual.data(), prefix + "o");
  }
};

TEST_P(GoldenModel, LayersAndLogitsAreThoseOfTheReference) {
  const Json facts = facts_of(GetParam());
  const auto ids = facts["ids"].get<std::vector<std::int32_t>>();
  const SafetensorsFile values = SafetensorsFile::open(data_path(GetParam().values));
  const auto weights = open(GetParam().name);
  DecoderPass pass(*weights, *backend_, ids, job_);
  for (std::int64_t l = 0; l < weights->config().layers; ++l) compare_layer(values, l, *pass.run_layer(false));
  const auto expected = numbers(values, "logits");
  ASSERT_FALSE(expected.empty());
  const auto n = static_cast<std::int64_t>(ids.size());
  const std::int64_t last[] = {n - 4, n - 3, n - 2, n - 1};
  expect_near(expected, pass.logits(last).data(), "logits");
}

INSTANTIATE_TEST_SUITE_P(
    Families, GoldenModel,
    testing::Values(Golden{"llama", "models/llama.golden.json", "models/llama.golden.safetensors"},
                    Golden{"mistral", "models/mistral.golden.json", "models/mistral.golden.safetensors"},
                    Golden{"qwen2", "models/qwen2.golden.json", "models/qwen2.golden.safetensors"},
                    Golden{"qwen3", "models/qwen3.golden.json", "models/qwen3.golden.safetensors"},
                    Golden{"llama_f16.gguf", "models/gguf.json", "models/llama_f16.gguf.golden.safetensors"},
                    Golden{"llama_q4_1.gguf", "models/gguf.json", "models/llama_q4_1.gguf.golden.safetensors"}),
    [](const auto& instance) {
      std::string name = instance.param.name;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

}  // namespace
}  // namespace attnscope
