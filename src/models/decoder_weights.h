// A decoder's weights in float32, as the forward pass multiplies them: checked against the configuration when opened,
// read one layer at a time when first needed, kept afterwards.
#pragma once
#include <memory>
#include <vector>

#include "core/jobs.h"
#include "models/decoder_config.h"
#include "models/weight_file.h"

namespace attnscope {

// Matrices are [inputs, outputs], as multiply() takes them. Biases and norms that a model does not have are empty.
struct LayerWeights {
  std::vector<float> attention_norm;  // [hidden]
  std::vector<float> qkv;             // [hidden, (heads + 2 kv_heads) * head_dim]: q, then k, then v
  std::vector<float> qkv_bias;
  std::vector<float> q_norm, k_norm;       // [head_dim]
  std::vector<float> output, output_bias;  // [heads * head_dim, hidden]
  std::vector<float> mlp_norm;             // [hidden]
  std::vector<float> gate_up;              // [hidden, 2 * intermediate]: gate, then up
  std::vector<float> gate_up_bias;
  std::vector<float> down, down_bias;  // [intermediate, hidden]
};

class DecoderWeights {
 public:
  // Throws BrokenFile naming the tensor that is missing or has another shape than the configuration asks for.
  DecoderWeights(DecoderConfig config, std::unique_ptr<WeightFile> file, std::string where);

  const DecoderConfig& config() const { return config_; }
  const std::string& where() const { return where_; }  // the file or folder, for messages
  std::int64_t parameters() const { return parameters_; }
  // Reads the layer on the pool at the first call. Valid as long as this is. One caller at a time.
  const LayerWeights& layer(std::int64_t index, const Job& job);
  // Embedding of one token, [hidden].
  void embedding(std::int32_t id, float* out) const { file_->read("model.embed_tokens.weight", id, 1, out); }
  std::vector<float> final_norm() const;
  // Rows [row, row + count) of the output matrix [vocabulary, hidden].
  void output_rows(std::int64_t row, std::int64_t count, float* out) const {
    file_->read(output_name_, row, count, out);
  }
  // Factors of the rotary frequencies that the file brings along, or empty.
  std::vector<float> rotary_divisors() const;

 private:
  void check();
  void expect(const std::string& name, std::int64_t rows, std::int64_t cols);

  DecoderConfig config_;
  std::unique_ptr<WeightFile> file_;
  std::string where_;
  std::string output_name_;
  std::int64_t parameters_ = 0;
  std::vector<std::unique_ptr<LayerWeights>> layers_;
};

}  // namespace attnscope
