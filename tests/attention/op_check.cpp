#include "op_check.h"

#include <gtest/gtest.h>

#include <sstream>

#include "attention/error_bounds.h"
#include "guarded.h"

namespace attnscope::test {
namespace {

constexpr float untouched = -12345.678F;

std::size_t size(std::int64_t count) { return static_cast<std::size_t>(count); }

}  // namespace

std::string_view name_of(Op op) {
  constexpr std::string_view names[] = {"forward",     "rows",  "columns",   "map",
                                        "sampled_map", "top_k", "row_stats", "column_mass"};
  return names[static_cast<std::size_t>(op)];
}

OpCheck::OpCheck(Op op, Backend& tested, Backend& reference, Pool& pool)
    : op_(op), tested_(tested), reference_(reference), pool_(pool) {}

void OpCheck::run(const CaseSpec& spec) {
  const HeadCase made(spec);
  ties_ = (spec.fill == Fill::ties || spec.fill == Fill::zeros) && spec.score.slope == 0;
  run(made.heads(), describe(spec), spec.seed);
  ties_ = false;
}

void OpCheck::run(std::span<const HeadView> heads, const std::string& what, std::uint64_t seed) {
  what_ = what;
  random_ = Random(seed * 8 + static_cast<std::uint64_t>(op_));
  const HeadView& first = heads.front();
  const bool map = op_ == Op::map || op_ == Op::sampled_map;
  if (map && (first.n_q() == 0 || first.n_k() == 0)) return;  // no rectangle to ask for
  const Support support = tested_.supports(op_, first);
  if (!support.yes) {
    EXPECT_NE(support.why, "") << "an unsupported head without a reason: " << what_;
    ++unsupported_[support.why];
    return;
  }
  ++cases_;
  if (op_ == Op::forward) return forward(heads);
  for (const HeadView* head : {&first, &heads.back()}) {
    switch (op_) {
      case Op::rows:
        rows(*head);
        break;
      case Op::columns:
        columns(*head);
        break;
      case Op::map:
        this->map(*head);
        break;
      case Op::sampled_map:
        sampled_map(*head);
        break;
      case Op::top_k:
        top_k(*head);
        break;
      case Op::row_stats:
        row_stats(*head);
        break;
      default:
        column_mass(*head);
        break;
    }
    if (heads.size() == 1) break;
  }
}

void OpCheck::expect(bool right, std::string_view what, std::int64_t where, double got, double truth) {
  if (right || ++failures_ > 20) return;
  ADD_FAILURE() << name_of(op_) << " of " << tested_.name() << ": " << what << "[" << where << "] is " << got
                << ", should be " << truth << "\n  " << what_;
}

std::vector<float> OpCheck::true_lse(const HeadView& head) {
  std::vector<float> lse(size(head.n_q()));
  const ForwardResult result{nullptr, 0, lse.data()};
  reference_.forward({&head, 1}, {&result, 1}, job());
  return lse;
}

Weights OpCheck::weights(const HeadView& head, WeightKind& kind) {
  kind = random_.one_of(
      {WeightKind::plain, WeightKind::plain, WeightKind::lifted, WeightKind::by_value, WeightKind::free});
  return make_weights(kind, head, true_lse(head), random_);
}

void OpCheck::compare_weights(std::string_view what, const HeadView& head, std::span<const float> got,
                              std::span<const float> truth, std::span<const float> b, std::int64_t terms) {
  float largest_bias = 0;
  for (const float bias : b) largest_bias = std::isinf(bias) ? largest_bias : std::max(largest_bias, std::abs(bias));
  const double relative = Tolerance(score_bound(head) + largest_bias).relative;
  const auto found = errors_.try_emplace(std::string(what)).first;
  for (std::size_t index = 0; index < truth.size(); ++index) {
    const bool right = found->second.add_weight(got[index], truth[index], relative, terms);
    expect(right, what, static_cast<std::int64_t>(index), got[index], truth[index]);
  }
}

void OpCheck::forward(std::span<const HeadView> heads) {
  const std::size_t count = heads.size();
  const std::int64_t n_q = heads.front().n_q();
  const std::int64_t stride = heads.front().v.cols + random_.below(3) * 5;
  const bool want_o = random_.below(8) != 0;
  const bool want_lse = !want_o || random_.below(8) != 0;
  std::vector<Guarded<float>> o(count, Guarded<float>(size(n_q * stride), untouched));
  std::vector<Guarded<float>> lse(count, Guarded<float>(size(n_q), untouched));
  std::vector<ForwardResult> results(count);
  for (std::size_t h = 0; h < count; ++h) {
    results[h] = {want_o ? o[h].values().data() : nullptr, stride, want_lse ? lse[h].values().data() : nullptr};
  }
  tested_.forward(heads, results, job());
  for (std::size_t h = 0; h < count; ++h) {
    expect(o[h].margins_intact() && lse[h].margins_intact(), "memory around the results", 0, 0, 0);
    forward_head(heads[h], want_o ? o[h].values() : std::span<float>(), stride,
                 want_lse ? lse[h].values() : std::span<float>());
  }
}

void OpCheck::forward_head(const HeadView& head, std::span<const float> o, std::int64_t stride,
                           std::span<const float> lse) {
  std::vector<float> true_o(size(head.n_q() * head.v.cols));
  std::vector<float> lse_truth(size(head.n_q()));
  const ForwardResult result{true_o.data(), head.v.cols, lse_truth.data()};
  reference_.forward({&head, 1}, {&result, 1}, job());
  const Tolerance tolerance = Tolerance(score_bound(head)).of_backend(tested_.name(), head.v.dtype);
  for (std::size_t i = 0; i < lse.size(); ++i) {
    const bool right = errors_["lse"].add(lse[i], lse_truth[i], 1, tolerance.relative);
    expect(right, "lse", static_cast<std::int64_t>(i), lse[i], lse_truth[i]);
  }
  if (o.empty()) return;
  const double unit = std::max(largest_value(head), 1e-30);
  Errors errors;
  for (std::int64_t i = 0; i < head.n_q(); ++i) {
    for (std::int64_t c = 0; c < stride; ++c) {
      const float got = o[size(i * stride + c)];
      if (c >= head.v.cols) {
        expect(got == untouched, "memory between rows of o", i * stride + c, got, untouched);
        continue;
      }
      const float truth = true_o[size(i * head.v.cols + c)];
      expect(errors.add(got, truth, unit, tolerance.o_max), "o", i * stride + c, got, truth);
    }
  }
  expect(errors.rms() <= tolerance.o_rms, "RMS error of o in max|v|", 0, errors.rms(), tolerance.o_rms);
  errors_["o"].merge(errors);
}

void OpCheck::rows(const HeadView& head) {
  const std::vector<std::int64_t> queries = choose(head.n_q(), random_);
  WeightKind kind{};
  const Weights chosen = weights(head, kind).of(queries);
  std::vector<float> truth(queries.size() * size(head.n_k()));
  Guarded<float> got(truth.size(), untouched);
  reference_.rows(head, queries, chosen.view(), truth, job());
  tested_.rows(head, queries, chosen.view(), got.values(), job());
  compare_weights("p", head, got.values(), truth, chosen.b);
  expect(got.margins_intact(), "memory around the results", 0, 0, 0);
}

void OpCheck::columns(const HeadView& head) {
  const std::vector<std::int64_t> keys = choose(head.n_k(), random_);
  WeightKind kind{};
  const Weights all = weights(head, kind);
  std::vector<float> truth(keys.size() * size(head.n_q()));
  Guarded<float> got(truth.size(), untouched);
  reference_.columns(head, keys, all.view(), truth, job());
  tested_.columns(head, keys, all.view(), got.values(), job());
  compare_weights("p", head, got.values(), truth, all.b);
  expect(got.margins_intact(), "memory around the results", 0, 0, 0);
}

void OpCheck::column_mass(const HeadView& head) {
  const std::vector<float> lse = true_lse(head);
  std::vector<float> truth(size(head.n_k()));
  Guarded<float> got(truth.size(), untouched);
  reference_.column_mass(head, lse, truth, job());
  tested_.column_mass(head, lse, got.values(), job());
  compare_weights("mass", head, got.values(), truth, {}, head.n_q());
  expect(got.margins_intact(), "memory around the results", 0, 0, 0);
}

std::int64_t OpCheck::unsupported() const {
  std::int64_t sum = 0;
  for (const auto& [why, count] : unsupported_) sum += count;
  return sum;
}

std::string OpCheck::summary() const {
  std::ostringstream line;
  line.precision(2);
  line << name_of(op_) << " of " << tested_.name() << ": " << cases_ << " cases";
  for (const auto& [what, errors] : errors_) {
    line << "; " << what << " max " << errors.largest() << ", RMS " << errors.rms() << ", " << 100 * errors.nearest()
         << " % of the limit (" << errors.count() << " values)";
  }
  for (const auto& [why, count] : unsupported_) line << "; " << count << " cases not supported: " << why;
  return line.str();
}

}  // namespace attnscope::test
