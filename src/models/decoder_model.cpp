#include "models/decoder_model.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "models/decoder_pass.h"

namespace attnscope {
namespace {

class DecoderModel final : public Model {
 public:
  DecoderModel(std::string name, std::unique_ptr<DecoderWeights> weights, std::unique_ptr<Tokenizer> tokenizer,
               Backend& backend)
      : weights_(std::move(weights)), tokenizer_(std::move(tokenizer)), backend_(backend) {
    const DecoderConfig& config = weights_->config();
    info_ = {std::move(name),   config.family,   config.layers,         config.heads,
             config.kv_heads,   config.head_dim, config.hidden,         config.intermediate,
             config.vocabulary, config.context,  weights_->parameters()};
  }

  const ModelInfo& info() const override { return info_; }
  const Tokenizer& tokenizer() const override { return *tokenizer_; }

  using Model::describe;
  CaptureInfo describe(std::string text, const ModelOptions& options) override;
  void compute(const CaptureInfo& info, LayerSink& sink, const Job& job) override;
  std::vector<float> logits(const CaptureInfo& info, const std::vector<std::int64_t>& positions,
                            const Job& job) override;

 private:
  std::vector<Token> tokens_of(std::string_view text, SpecialText special) const;
  void check_ids(const std::vector<Token>& tokens) const;
  static std::vector<std::int32_t> ids_of(const CaptureInfo& info);

  std::unique_ptr<DecoderWeights> weights_;
  std::unique_ptr<Tokenizer> tokenizer_;
  Backend& backend_;
  ModelInfo info_;
};

std::vector<Token> DecoderModel::tokens_of(std::string_view text, SpecialText special) const {
  std::vector<Token> tokens;
  for (const std::int32_t id : tokenizer_->prefix()) tokens.push_back({id, 0, 0});
  const std::vector<Token> body = tokenizer_->encode(text, special);
  tokens.insert(tokens.end(), body.begin(), body.end());
  const auto end = static_cast<std::int64_t>(text.size());
  for (const std::int32_t id : tokenizer_->suffix()) tokens.push_back({id, end, end});
  return tokens;
}

void DecoderModel::check_ids(const std::vector<Token>& tokens) const {
  for (const Token& token : tokens) {
    if (token.id < 0 || token.id >= info_.vocabulary) {
      throw BrokenFile(info_.name + ": the tokenizer gives token " + std::to_string(token.id) +
                       ", the model knows 0 to " + std::to_string(info_.vocabulary - 1));
    }
  }
}

CaptureInfo DecoderModel::describe(std::string text, const ModelOptions& options) {
  CaptureInfo info;
  info.model = info_.name;
  info.tokens = tokens_of(text, options.special);
  info.text = std::move(text);
  check_ids(info.tokens);
  const auto total = std::ssize(info.tokens);
  if (total == 0) throw InputError("the text has no tokens");
  info.first = options.slice ? options.slice->first : 0;
  info.count = options.slice ? options.slice->count : total;
  if (info.first < 0 || info.count < 1 || info.first >= total || info.count > total - info.first) {
    throw InputError("tokens " + std::to_string(info.first) + " to " + std::to_string(info.first + info.count - 1) +
                     " were asked for, the text has tokens 0 to " + std::to_string(total - 1));
  }
  if (info.count > info_.context) {
    throw InputError("the text has " + std::to_string(info.count) + " tokens, the context of " + info_.name + " is " +
                     std::to_string(info_.context) + ": choose a part of it");
  }
  for (std::int64_t l = 0; l < info_.layers; ++l) info.layers.push_back(layer_spec(weights_->config(), l));
  return info;
}

std::vector<std::int32_t> DecoderModel::ids_of(const CaptureInfo& info) {
  std::vector<std::int32_t> ids;
  for (std::int64_t i = info.first; i < info.first + info.count; ++i)
    ids.push_back(info.tokens[static_cast<std::size_t>(i)].id);
  return ids;
}

void DecoderModel::compute(const CaptureInfo& info, LayerSink& sink, const Job& job) {
  std::int64_t end = info_.layers;
  while (end > 0 && !sink.wants(end - 1)) --end;
  if (end == 0) return;
  if (job.progress != nullptr) job.progress->expect(static_cast<std::uint64_t>(3 * end));
  const std::vector<std::int32_t> ids = ids_of(info);
  DecoderPass pass(*weights_, backend_, ids, job);
  for (std::int64_t l = 0; l < end; ++l) {
    auto layer = pass.run_layer(l + 1 == end);
    if (sink.wants(l)) sink.take(l, std::move(layer));
  }
}

std::vector<float> DecoderModel::logits(const CaptureInfo& info, const std::vector<std::int64_t>& positions,
                                        const Job& job) {
  for (const std::int64_t position : positions) {
    if (position < 0 || position >= info.count) {
      throw InputError("token " + std::to_string(position) + ": the context has tokens 0 to " +
                       std::to_string(info.count - 1));
    }
  }
  if (job.progress != nullptr) job.progress->expect(static_cast<std::uint64_t>(3 * info_.layers));
  const std::vector<std::int32_t> ids = ids_of(info);
  DecoderPass pass(*weights_, backend_, ids, job);
  for (std::int64_t l = 0; l < info_.layers; ++l) pass.run_layer(false);
  return pass.logits(positions);
}

}  // namespace

std::unique_ptr<Model> make_decoder_model(std::string name, std::unique_ptr<DecoderWeights> weights,
                                          std::unique_ptr<Tokenizer> tokenizer, Backend& backend) {
  return std::make_unique<DecoderModel>(std::move(name), std::move(weights), std::move(tokenizer), backend);
}

}  // namespace attnscope
