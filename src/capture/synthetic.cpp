#include "capture/synthetic.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "capture/hash.h"
#include "capture/synthetic_heads.h"
#include "core/error.h"

namespace attnscope {
namespace {

constexpr std::int64_t head_dim = 64;
constexpr std::int64_t heads = 4;
constexpr std::int64_t kv_heads = 2;
constexpr std::int64_t layers = 2;
constexpr double scale = 0.125;
constexpr double peak = 64;      // score of a key that is looked for
constexpr double fallback = 58;  // score of the first key where the induction head finds nothing better
constexpr std::int64_t flag = PlantedCode::dims;  // the dimension of f
constexpr auto code_factor = static_cast<float>(peak / PlantedCode::frequencies / scale);
constexpr std::int64_t rows_of_a_task = 256;  // about 1 ms

LayerSpec layer_spec() {
  LayerSpec spec;
  spec.heads = heads;
  spec.kv_heads = kv_heads;
  spec.head_dim = spec.value_dim = head_dim;
  spec.scale = scale;
  spec.gives_lse = false;
  return spec;
}

void clear(float* row) { std::fill_n(row, head_dim, 0.0F); }

// The query that looks for the key `code`.
void look_for(const float* code, float* query) {
  std::transform(code, code + PlantedCode::dims, query, [](float number) { return number * code_factor; });
  std::fill(query + PlantedCode::dims, query + head_dim, 0.0F);
}

// A key or query with the code of x; zero where there is none.
void write_key(const PlantedCode& code, std::int64_t x, float* key) {
  clear(key);
  if (x >= 0) code.write(x, key);
}

void write_query(const PlantedCode& code, std::int64_t x, float* query) {
  write_key(code, x, query);
  look_for(query, query);
}

void write_value(std::uint64_t place, float* value) {
  for (std::int64_t c = 0; c < head_dim; ++c) {
    value[c] = static_cast<float>(2 * hashed_unit(place * head_dim + static_cast<std::uint64_t>(c)) - 1);
  }
}

}  // namespace

// Where the rows of one token go.
struct SyntheticSource::Rows {
  float* q[heads];
  float* k[kv_heads];
};

SyntheticSource::SyntheticSource(std::int64_t tokens) : tokens_(tokens) {
  if (tokens < 1 || tokens > most_tokens) {
    throw InputError("synthetic:" + std::to_string(tokens) + ": the number of tokens must be 1 to " +
                     std::to_string(most_tokens));
  }
}

CaptureInfo SyntheticSource::describe(std::string /*text*/) {
  CaptureInfo info;
  info.model = "synthetic";
  info.notes = {"synthetic: planted patterns, not a model's attention"};
  for (const PlantedHead& head : planted_heads()) {
    info.notes.push_back("layer " + std::to_string(head.layer) + " head " + std::to_string(head.head) + ", " +
                         std::string(head.name) + ": " + std::string(head.truth));
  }
  info.count = tokens_;
  info.layers.assign(layers, layer_spec());
  info.tokens.reserve(static_cast<std::size_t>(tokens_));
  const SyntheticText synthetic{tokens_};
  for (std::int64_t i = 0; i < tokens_; ++i) {
    const auto begin = static_cast<std::int64_t>(info.text.size());
    const std::int64_t word = synthetic.word(i);
    if (i > 0) info.text += i % 16 == 0 ? '\n' : ' ';
    info.text += 't' + std::to_string(word);
    info.tokens.push_back({static_cast<std::int32_t>(word), begin, static_cast<std::int64_t>(info.text.size())});
  }
  return info;
}

void SyntheticSource::fill_layer_0(std::int64_t i, const Rows& rows) const {
  const SyntheticText text{tokens_};
  write_key(distinct_, i, rows.k[0]);
  write_key(smooth_, i, rows.k[1]);
  write_query(distinct_, i - 1, rows.q[0]);
  write_query(distinct_, i == text.needle_query() ? text.needle_key() : -1, rows.q[1]);
  look_for(rows.k[1], rows.q[2]);
  clear(rows.q[3]);
  rows.q[3][flag] = static_cast<float>(std::log(9.0 * static_cast<double>(tokens_)) / scale);
}

void SyntheticSource::fill_layer_1(std::int64_t i, const Rows& rows) const {
  const SyntheticText text{tokens_};
  write_key(distinct_, i / text.block(), rows.k[0]);
  write_key(distinct_, i == 0 ? -1 : text.word(i - 1), rows.k[1]);
  look_for(rows.k[0], rows.q[0]);
  clear(rows.q[1]);
  write_query(distinct_, text.word(i), rows.q[2]);
  rows.q[2][flag] = static_cast<float>(fallback / scale);
  look_for(rows.k[1], rows.q[3]);
}

std::shared_ptr<const Layer> SyntheticSource::compute_layer(std::int64_t index, const Job& job,
                                                            Progress* progress) const {
  auto layer = std::make_shared<Layer>();
  layer->id = next_layer_id();
  layer->spec = layer_spec();
  layer->q = Tensor::allocate(DType::f32, heads, tokens_, head_dim);
  layer->k = Tensor::allocate(DType::f32, kv_heads, tokens_, head_dim);
  layer->v = Tensor::allocate(DType::f32, kv_heads, tokens_, head_dim);
  const auto row = [&](Tensor& tensor, std::int64_t head, std::int64_t i) {
    return tensor.mutable_f32() + (head * tokens_ + i) * head_dim;
  };
  const auto tasks = static_cast<std::size_t>((tokens_ + rows_of_a_task - 1) / rows_of_a_task);
  job.pool.run(tasks, job, [&](std::size_t task, unsigned) {
    const std::int64_t begin = static_cast<std::int64_t>(task) * rows_of_a_task;
    for (std::int64_t i = begin; i < std::min(begin + rows_of_a_task, tokens_); ++i) {
      Rows rows = {};
      for (std::int64_t h = 0; h < heads; ++h) rows.q[h] = row(layer->q, h, i);
      for (std::int64_t h = 0; h < kv_heads; ++h) {
        rows.k[h] = row(layer->k, h, i);
        write_value(static_cast<std::uint64_t>((index * kv_heads + h) * most_tokens + i), row(layer->v, h, i));
      }
      if (index == 0) {
        fill_layer_0(i, rows);
      } else {
        fill_layer_1(i, rows);
      }
      if (i == 0) rows.k[0][flag] = rows.k[1][flag] = 1;
    }
    if (progress != nullptr) progress->finish(1);
  });
  return layer;
}

void SyntheticSource::compute(const CaptureInfo& info, LayerSink& sink, const Job& job) {
  if (info.model != "synthetic" || info.count != tokens_)
    throw std::logic_error("compute: the info is of another source");
  // All layers are expected at once, so that the share of the work done never goes back.
  const auto tasks = static_cast<std::uint64_t>((tokens_ + rows_of_a_task - 1) / rows_of_a_task);
  for (std::int64_t l = 0; l < layers; ++l) {
    if (job.progress != nullptr && sink.wants(l)) job.progress->expect(tasks);
  }
  Job quiet = {job.pool, job.priority, job.stop, nullptr};
  for (std::int64_t l = 0; l < layers; ++l) {
    if (sink.wants(l)) sink.take(l, compute_layer(l, quiet, job.progress));
  }
}

std::unique_ptr<SyntheticSource> parse_synthetic(std::string_view source) {
  constexpr std::string_view prefix = "synthetic:";
  if (!source.starts_with(prefix)) return nullptr;
  const std::string_view number = source.substr(prefix.size());
  std::int64_t tokens = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), tokens);
  if (error != std::errc() || end != number.data() + number.size()) {
    throw InputError(std::string(source) + ": a number of tokens must follow, such as synthetic:100000");
  }
  return std::make_unique<SyntheticSource>(tokens);
}

}  // namespace attnscope
