// More weights than a backend keeps at once: rows, columns and top_k of every query, whatever the backend cuts them
// into.
#include <gtest/gtest.h>

#include <numeric>

#include "attention/error_bounds.h"
#include "attention/select.h"
#include "backends.h"
#include "head_case.h"
#include "tolerances.h"

namespace attnscope::test {
namespace {

constexpr std::int64_t n = 1500;  // n x n is above what the GPU's drivers take at once

class BatchTest : public testing::TestWithParam<std::string> {
 protected:
  BatchTest() : made_(spec()), queries_(static_cast<std::size_t>(n)), a_(queries_.size()), b_(queries_.size()) {
    std::iota(queries_.begin(), queries_.end(), std::int64_t{0});
    const ForwardResult result{nullptr, 0, a_.data()};
    reference_->forward({&head(), 1}, {&result, 1}, job());
    for (float& a : a_) a = -a;
    for (std::size_t j = 0; j < b_.size(); ++j) b_[j] = static_cast<float>(j % 7) / 8;
  }

  static CaseSpec spec() {
    CaseSpec spec;
    spec.n_q = spec.n_k = n;
    spec.d = spec.d_v = 16;
    spec.score.scale = 0;
    spec.mask.causal = true;
    return spec;
  }
  const HeadView& head() const { return made_.heads().front(); }
  Job job() { return {pool_, Priority::visible, {}, nullptr}; }
  Weighting weighting() const { return {a_, b_}; }
  static std::vector<float> room(std::int64_t width) { return std::vector<float>(static_cast<std::size_t>(n * width)); }

  void compare(std::span<const float> got, std::span<const float> truth) {
    const double relative = Tolerance(score_bound(head()) + 1).relative;  // + |b|
    Errors errors;
    std::int64_t wrong = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) wrong += errors.add_weight(got[i], truth[i], relative) ? 0 : 1;
    EXPECT_EQ(wrong, 0) << "of " << truth.size() << ", the largest error is " << errors.largest();
  }

  Pool pool_{2};
  std::unique_ptr<Backend> tested_ = select_backend("auto", GetParam());
  std::unique_ptr<Backend> reference_ = make_reference_backend();
  HeadCase made_;
  std::vector<std::int64_t> queries_;  // and keys: all
  std::vector<float> a_, b_;
};

TEST_P(BatchTest, RowsOfAllQueries) {
  std::vector<float> got = room(n), truth = room(n);
  reference_->rows(head(), queries_, weighting(), truth, job());
  tested_->rows(head(), queries_, weighting(), got, job());
  compare(got, truth);
}

TEST_P(BatchTest, ColumnsOfAllKeys) {
  std::vector<float> got = room(n), truth = room(n);
  reference_->columns(head(), queries_, weighting(), truth, job());
  tested_->columns(head(), queries_, weighting(), got, job());
  compare(got, truth);
}

TEST_P(BatchTest, TopKOfAllQueries) {
  constexpr std::int64_t k = 2;
  std::vector<float> got = room(k), truth = room(k);
  std::vector<std::int32_t> keys(got.size()), true_keys(got.size());
  reference_->top_k(head(), queries_, k, weighting(), true_keys, truth, job());
  tested_->top_k(head(), queries_, k, weighting(), keys, got, job());
  compare(got, truth);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BatchTest);
INSTANTIATE_TEST_SUITE_P(Backends, BatchTest, testing::ValuesIn(tested_backends()),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace attnscope::test
