// The contract of every attention backend: eight operations on heads, exact, with P never stored.
//
//   s[i,j] = scale * dot(q[i], k[j]); then cap * tanh(s / cap) if capped; then + slope * (j - p); then the mask
//   lse[i] = log(sum over visible j of exp(s[i,j]) (+ exp(sink_logit)));  -inf where that sum is empty
//   P[i,j] = exp(s[i,j] - lse[i]), 0 where j is masked for i;  o[i] = sum over j of P[i,j] * v[j]
//
// A query that sees nothing has o = 0, P = 0 and lse = -inf (or sink_logit), never NaN. Calls are synchronous, write
// only to memory of the caller, throw Stopped when job.stop is requested and Error when memory runs out; what they
// wrote by then has no meaning. Several threads may call one backend at once. Results do not depend on the number of
// threads, to the bit. n_q = 0 and n_k = 0 are allowed everywhere (a map has no rectangle then). Sizes that do not fit
// together and indices out of range are errors of the caller, which backends do not look for.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/jobs.h"
#include "core/mask.h"
#include "core/view.h"

namespace attnscope {

struct Score {
  float scale = 1;
  std::optional<float> cap;         // soft cap (Gemma 2)
  float slope = 0;                  // ALiBi (Press et al. 2022)
  std::optional<float> sink_logit;  // joins lse only (gpt-oss), so a row of P may sum to less than 1
};

// Which matrices of which published layer a head is made of, so that a backend may keep copies of them, by id: never by
// an address, which another layer may have later.
struct LayerPlace {
  std::uint64_t layer = 0;       // its id; 0: of no layer, nothing is kept
  std::int64_t head = 0;         // whose q
  std::int64_t kv_head = 0;      // whose k and v, whole
  std::int64_t queries = 0;      // of that q; the view's are
  std::int64_t first_query = 0;  // those from here on
};

// One head: q [n_q, d], k [n_k, d], v [n_k, d_v], of one dtype; heads of a group share k and v by pointer (GQA). Only
// forward's o reads v.
struct HeadView {
  MatrixView q, k, v;
  Score score;
  Mask mask;
  LayerPlace place = {};

  std::int64_t n_q() const { return q.rows; }
  std::int64_t n_k() const { return k.rows; }
  // The same head with only the queries [begin, begin + count), at their old positions.
  HeadView slice_queries(std::int64_t begin, std::int64_t count) const {
    HeadView part = *this;
    part.q = q.slice_rows(begin, count);
    part.mask.offset += begin;
    part.place.first_query += begin;
    return part;
  }
};

// Where forward writes for one head: o[i] is d_v floats from o + i * o_stride; either pointer may be null (not wanted).
struct ForwardResult {
  float* o = nullptr;
  std::int64_t o_stride = 0;
  float* lse = nullptr;  // [n_q]
};

// rows, columns, map and top_k evaluate exp(s[i,j] + a + b[j]) where j is visible for i, else 0. P itself: a = -lse, no
// b. An a that is not finite gives 0 (a row that sees nothing has lse = -inf, so its a is +inf, or NaN with lift's
// log(0)). `a` has one entry for each query that the call evaluates, in that order; `b` is empty (0) or [n_k], -inf
// allowed.
struct Weighting {
  std::span<const float> a;
  std::span<const float> b;
};

enum class Pool2d : std::uint8_t { max, mean };

// The rectangle queries [q0, q1) x keys [k0, k1) as h x w pixels. Pixel row y covers the queries from
// q0 + floor(y * Q / h) to max(that + 1, q0 + floor((y + 1) * Q / h)), Q = q1 - q0; columns alike. 0 <= q0 < q1 <= n_q,
// 0 <= k0 < k1 <= n_k, h and w >= 1 (more pixels than cells repeat cells).
struct MapSpec {
  std::int64_t q0 = 0, q1 = 0, k0 = 0, k1 = 0;
  std::int64_t h = 0, w = 0;
  Pool2d pool = Pool2d::max;
};

// Half-open range of cells under pixel `y` of `pixels` over `cells` cells, counted from 0.
constexpr KeyRange pixel_cells(std::int64_t y, std::int64_t pixels, std::int64_t cells) {
  const std::int64_t begin = y * cells / pixels;
  const std::int64_t end = (y + 1) * cells / pixels;
  return {begin, end > begin ? end : begin + 1};
}

// Image [h, w]: max or mean over the visible cells of each pixel, NaN where there is none; visible [h, w]: their count.
struct MapResult {
  std::span<float> image;
  std::span<std::int64_t> visible;  // may be empty: not wanted
};

// Each [number of queries]; a span may be empty: not wanted.
struct RowStats {
  std::span<float> entropy;             // -sum P ln P, nats
  std::span<float> distance;            // sum P |p - j|, tokens
  std::span<float> self;                // P[p]; 0 where there is no such key
  std::span<float> previous;            // P[p - 1]
  std::span<float> first;               // P[0]
  std::span<float> largest;             // largest P
  std::span<std::int32_t> largest_key;  // its key, the lowest among equals; -1 for a row that sees nothing
};

enum class Op : std::uint8_t { forward, rows, columns, map, sampled_map, top_k, row_stats, column_mass };

struct Support {
  bool yes = true;
  std::string why;  // the reason where not
};

// What a kernel of a device has taken so far.
struct KernelTime {
  std::string kernel;          // its name and the type of its numbers: "map f32"
  std::uint64_t launches = 0;  // a long launch counts each of its parts
  double seconds = 0;          // on the device
};

class Backend {
 public:
  virtual ~Backend() = default;

  // "reference", "cpu avx512", ...: what runs, for the status bar and the test that proves it.
  virtual std::string_view name() const = 0;
  virtual Support supports(Op op, const HeadView& head) const = 0;

  // Fused attention of several heads (of one layer, usually); results[h] belongs to heads[h].
  virtual void forward(std::span<const HeadView> heads, std::span<const ForwardResult> results, const Job& job) = 0;

  // P of the chosen queries: p [queries, n_k]. weight.a is per chosen query.
  virtual void rows(const HeadView& head, std::span<const std::int64_t> queries, const Weighting& weight,
                    std::span<float> p, const Job& job) = 0;

  // P of the chosen keys: p [n_q, keys]. weight.a is [n_q].
  virtual void columns(const HeadView& head, std::span<const std::int64_t> keys, const Weighting& weight,
                       std::span<float> p, const Job& job) = 0;

  // weight.a is [q1 - q0].
  virtual void map(const HeadView& head, const MapSpec& spec, const Weighting& weight, const MapResult& result,
                   const Job& job) = 0;

  // An estimate of map over all keys (spec.k0 = 0, k1 = n_k) for P itself, from `samples` >= 1 queries a pixel row, or
  // all of a row that covers fewer: sampled_query() below names them. Needs no lse. visible counts cells of the sampled
  // queries.
  virtual void sampled_map(const HeadView& head, const MapSpec& spec, std::int64_t samples, const MapResult& result,
                           const Job& job) = 0;

  // For each chosen query the k >= 0 largest values and their keys, both [queries, k]: descending, equal values lower
  // key first; places without a visible key of value > 0: key -1, value 0. weight.a is per chosen query.
  virtual void top_k(const HeadView& head, std::span<const std::int64_t> queries, std::int64_t k,
                     const Weighting& weight, std::span<std::int32_t> keys, std::span<float> values,
                     const Job& job) = 0;

  // Statistics of the rows of P of all queries; lse is [n_q].
  virtual void row_stats(const HeadView& head, std::span<const float> lse, const RowStats& stats, const Job& job) = 0;

  // mass[j] = sum over queries of P[i,j], [n_k]; lse is [n_q].
  virtual void column_mass(const HeadView& head, std::span<const float> lse, std::span<float> mass, const Job& job) = 0;

  // Every kernel that was launched, by name; empty for a backend without a device.
  virtual std::vector<KernelTime> kernel_times() const { return {}; }
  // Seconds of the device for the op that ended last; none before one has, and for a backend without a device.
  virtual std::optional<double> last_device_seconds() const { return std::nullopt; }
  // Which backend computed instead of this one, and why, in one line; empty where that was not so.
  virtual std::string fallback() const { return {}; }
  // Copies of layers are of no more use: they go before the next op, but for those that an op works with.
  virtual void forget_layers() {}
};

// The query that sample t of `samples` takes in pixel row `row`, which covers the queries [begin, end): one from each
// of `samples` <= end - begin equal strata, placed by a fixed hash of (row, t). As many samples as cells take each
// query once.
constexpr std::int64_t sampled_query(KeyRange cells, std::int64_t row, std::int64_t t, std::int64_t samples) {
  const KeyRange stratum = pixel_cells(t, samples, cells.end - cells.begin);
  std::uint64_t x = static_cast<std::uint64_t>(row) * 0x9e3779b97f4a7c15U + static_cast<std::uint64_t>(t) + 1;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;  // splitmix64 (Steele, Lea and Flood 2014)
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  x ^= x >> 31U;
  const auto width = static_cast<std::uint64_t>(stratum.end - stratum.begin);
  return cells.begin + stratum.begin + static_cast<std::int64_t>(x % width);
}

}  // namespace attnscope
