#include "engine/head_reader.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace attnscope {
namespace {

constexpr float masked = std::numeric_limits<float>::quiet_NaN();

// exp(s + a) is P for a = -lse.
std::vector<float> negated(std::vector<float> lse) {
  for (float& value : lse) value = -value;
  return lse;
}

}  // namespace

HeadReader::HeadReader(OpRunner& runner, std::shared_ptr<const Layer> layer, std::int64_t head, LseCache* cache)
    : runner_(runner), layer_(std::move(layer)), head_(head), view_(layer_->head(head)), cache_(cache) {}

std::vector<float> HeadReader::lse_of_range(std::int64_t begin, std::int64_t count) {
  std::vector<float> lse(static_cast<std::size_t>(count));
  const std::span<const float> stored = layer_->head_lse(head_);
  if (!stored.empty()) {
    const auto part = stored.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(count));
    std::copy(part.begin(), part.end(), lse.begin());
    return lse;
  }
  const LseCache::Compute compute = [this](std::int64_t from, std::span<float> out) {
    const HeadView part = view_.slice_queries(from, std::ssize(out));
    const ForwardResult result{nullptr, 0, out.data()};
    // How far a question is decides whether it is dropped (work_board.h). Sums that are done would count as all of it.
    Job job = runner_.job;
    if (cache_ != nullptr) job.progress = nullptr;
    runner_.backend.forward({&part, 1}, {&result, 1}, job);
  };
  if (cache_ == nullptr) {
    compute(begin, lse);
  } else {
    cache_->fill(layer_->id, head_, tokens(), begin, lse, compute);
  }
  return lse;
}

std::vector<float> HeadReader::lse_of(std::span<const std::int64_t> queries) {
  std::vector<float> all;
  all.reserve(queries.size());
  // One by one, queries cost several times as much as together, and what is computed whole is kept.
  constexpr std::int64_t few = 16;
  if (cache_ != nullptr && std::ssize(queries) > tokens() / few) {
    const std::vector<float> whole = lse();
    for (const std::int64_t query : queries) all.push_back(whole[static_cast<std::size_t>(query)]);
    return all;
  }
  // Neighbours are computed together.
  for (std::size_t begin = 0; begin < queries.size();) {
    std::size_t end = begin + 1;
    while (end < queries.size() && queries[end] == queries[end - 1] + 1) ++end;
    const std::vector<float> run = lse_of_range(queries[begin], static_cast<std::int64_t>(end - begin));
    all.insert(all.end(), run.begin(), run.end());
    begin = end;
  }
  return all;
}

std::vector<float> HeadReader::lse() { return lse_of_range(0, tokens()); }

std::vector<float> HeadReader::rows(std::span<const std::int64_t> queries) {
  const std::vector<float> a = negated(lse_of(queries));
  std::vector<float> p(queries.size() * static_cast<std::size_t>(view_.n_k()));
  runner_.backend.rows(view_, queries, {a, {}}, p, runner_.job);
  std::size_t at = 0;
  for (const std::int64_t query : queries) {
    for (std::int64_t key = 0; key < view_.n_k(); ++key, ++at) {
      if (!view_.mask.visible(query, key)) p[at] = masked;
    }
  }
  return p;
}

std::vector<float> HeadReader::columns(std::span<const std::int64_t> keys) {
  const std::vector<float> a = negated(lse());
  std::vector<float> p(static_cast<std::size_t>(tokens()) * keys.size());
  runner_.backend.columns(view_, keys, {a, {}}, p, runner_.job);
  std::size_t at = 0;
  for (std::int64_t query = 0; query < tokens(); ++query) {
    for (const std::int64_t key : keys) {
      if (!view_.mask.visible(query, key)) p[at] = masked;
      ++at;
    }
  }
  return p;
}

TopKeys HeadReader::top(std::span<const std::int64_t> queries, std::int64_t k) {
  const std::vector<float> a = negated(lse_of(queries));
  const std::size_t places = queries.size() * static_cast<std::size_t>(k);
  TopKeys found{std::vector<std::int32_t>(places), std::vector<float>(places)};
  runner_.backend.top_k(view_, queries, k, {a, {}}, found.keys, found.weights, runner_.job);
  return found;
}

std::vector<float> HeadReader::map(const MapSpec& spec) {
  std::vector<float> image(static_cast<std::size_t>(spec.h * spec.w), masked);
  if (view_.mask.block_state(spec.q0, spec.q1, spec.k0, spec.k1) == BlockState::none) return image;
  const std::vector<float> a = negated(lse_of_range(spec.q0, spec.q1 - spec.q0));
  runner_.backend.map(view_, spec, {a, {}}, {image, {}}, runner_.job);
  return image;
}

std::vector<float> HeadReader::sampled_map(const MapSpec& spec, std::int64_t samples) {
  std::vector<float> image(static_cast<std::size_t>(spec.h * spec.w));
  runner_.backend.sampled_map(view_, spec, samples, {image, {}}, runner_.job);
  return image;
}

HeadStats HeadReader::stats() {
  const std::vector<float> all = lse();
  const std::vector<float> zeros(all.size());
  HeadStats s{zeros, zeros, zeros, zeros, zeros, zeros, std::vector<std::int32_t>(all.size())};
  const RowStats wanted{s.entropy, s.distance, s.self, s.previous, s.first, s.largest, s.largest_key};
  runner_.backend.row_stats(view_, all, wanted, runner_.job);
  return s;
}

std::vector<float> HeadReader::mass() {
  const std::vector<float> all = lse();
  std::vector<float> sums(static_cast<std::size_t>(view_.n_k()));
  runner_.backend.column_mass(view_, all, sums, runner_.job);
  return sums;
}

std::vector<float> HeadReader::output(std::int64_t query) {
  const HeadView part = view_.slice_queries(query, 1);
  std::vector<float> o(static_cast<std::size_t>(view_.v.cols));
  const ForwardResult result{o.data(), view_.v.cols, nullptr};
  runner_.backend.forward({&part, 1}, {&result, 1}, runner_.job);
  return o;
}

}  // namespace attnscope
