// Every backend that runs here, the reference included, against float64 results of another program (NumPy).
#include <gtest/gtest.h>

#include <numeric>

#include "attention/error_bounds.h"
#include "attention/select.h"
#include "backends.h"
#include "golden.h"
#include "head_case.h"
#include "tolerances.h"

namespace attnscope::test {
namespace {

constexpr float untouched = -12345.678F;

class GoldenOpsTest : public testing::TestWithParam<std::string> {
 protected:
  GoldenOpsTest() : golden_(ATTNSCOPE_TEST_DATA "/ops"), cases_(golden_.cases()) {}

  // check(case, head, number of the head, relative tolerance of its weights), for every head that `op` supports.
  template <typename Check>
  void for_each_head(Op op, Check check) {
    for (const auto& one : cases_) {
      for (std::size_t h = 0; h < one->heads().size(); ++h) {
        const HeadView& head = one->heads()[h];
        if (!backend_->supports(op, head).yes) continue;
        // The reference errs only where its results and the scale and lse given to it are rounded to float32.
        const Tolerance plain(score_bound(head), GetParam() == "reference" ? 1e-7 : 1e-6);
        check(*one, head, h, plain.of_backend(backend_->name(), head.v.dtype));
        if (HasFailure()) {
          ADD_FAILURE() << one->name() << ", " << name_of(head.q.dtype) << ", head " << h;
          return;
        }
        ++heads_;
      }
    }
    EXPECT_GT(heads_, 60);
  }

  static std::vector<float> floats(const std::vector<double>& values, double factor = 1) {
    std::vector<float> converted;
    converted.reserve(values.size());
    for (const double value : values) converted.push_back(static_cast<float>(factor * value));
    return converted;
  }
  // Weights of P from the golden lse.
  static std::vector<float> minus_lse(const GoldenCase& of, std::size_t h) { return floats(of.result("lse", h), -1); }
  static std::vector<std::int64_t> all(std::int64_t count) {
    std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
    std::iota(indices.begin(), indices.end(), 0);
    return indices;
  }
  static void expect_weights(std::span<const float> got, const std::vector<double>& truth, double relative,
                             std::string_view what, std::int64_t terms = 1) {
    Errors errors;
    ASSERT_EQ(got.size(), truth.size()) << what;
    for (std::size_t t = 0; t < truth.size(); ++t) {
      ASSERT_TRUE(errors.add_weight(got[t], truth[t], relative, terms))
          << what << "[" << t << "] is " << got[t] << ", not " << truth[t];
    }
  }

  Pool pool_{2};
  Job job_{pool_, Priority::visible, {}, nullptr};
  Golden golden_;
  std::vector<std::unique_ptr<GoldenCase>> cases_;
  std::unique_ptr<Backend> backend_ = select_backend("auto", GetParam());
  int heads_ = 0;
};

TEST(GoldenMaskTest, SeesTheKeysThatTheOtherProgramSees) {
  const Golden golden(ATTNSCOPE_TEST_DATA "/ops");
  for (const auto& of : golden.cases()) {
    const HeadView& head = of->heads().front();
    for (std::int64_t i = 0; i < head.n_q(); ++i) {
      for (std::int64_t j = 0; j < head.n_k(); ++j) {
        ASSERT_EQ(head.mask.visible(i, j), of->visible(i, j)) << of->name() << ": " << i << ", " << j;
      }
    }
  }
}

TEST_P(GoldenOpsTest, Forward) {
  for_each_head(Op::forward,
                [&](const GoldenCase& of, const HeadView& head, std::size_t h, const Tolerance& tolerance) {
                  const std::vector<double> true_o = of.result("o", h);
                  const std::vector<double> true_lse = of.result("lse", h);
                  std::vector<float> o(true_o.size(), untouched);
                  std::vector<float> lse(true_lse.size(), untouched);
                  const ForwardResult result{o.data(), head.v.cols, lse.data()};
                  backend_->forward({&head, 1}, {&result, 1}, job_);
                  Errors lse_errors, o_errors;
                  for (std::size_t i = 0; i < lse.size(); ++i) {
                    ASSERT_TRUE(lse_errors.add(lse[i], true_lse[i], 1, tolerance.relative))
                        << i << ": " << lse[i] << ", not " << true_lse[i];
                  }
                  for (std::size_t t = 0; t < o.size(); ++t) {
                    ASSERT_TRUE(o_errors.add(o[t], true_o[t], largest_value(head) + 1e-30, tolerance.o_max))
                        << t << ": " << o[t] << ", not " << true_o[t];
                  }
                  ASSERT_LE(o_errors.rms(), tolerance.o_rms);
                });
}

TEST_P(GoldenOpsTest, RowsAndColumns) {
  for_each_head(Op::rows, [&](const GoldenCase& of, const HeadView& head, std::size_t h, const Tolerance& tolerance) {
    const std::vector<double> truth = of.result("p", h);
    if (truth.empty()) return;
    const std::vector<float> a = minus_lse(of, h);
    std::vector<float> rows(truth.size(), untouched);
    std::vector<float> columns(truth.size(), untouched);
    backend_->rows(head, all(head.n_q()), {a, {}}, rows, job_);
    expect_weights(rows, truth, tolerance.relative, "rows");
    if (!backend_->supports(Op::columns, head).yes) return;
    backend_->columns(head, all(head.n_k()), {a, {}}, columns, job_);
    expect_weights(columns, truth, tolerance.relative, "columns");
  });
}

TEST_P(GoldenOpsTest, Map) {
  for_each_head(Op::map, [&](const GoldenCase& of, const HeadView& head, std::size_t h, const Tolerance& tolerance) {
    const std::vector<float> a = minus_lse(of, h);
    const Json& maps = of.json().at("maps");
    for (std::size_t m = 0; m < maps.size(); ++m) {
      const auto rect = maps[m].at("rect").get<std::vector<std::int64_t>>();
      const auto size = maps[m].at("size").get<std::vector<std::int64_t>>();
      const MapSpec spec{rect[0],
                         rect[1],
                         rect[2],
                         rect[3],
                         size[0],
                         size[1],
                         maps[m].at("pool") == "max" ? Pool2d::max : Pool2d::mean};
      std::vector<float> image(static_cast<std::size_t>(spec.h * spec.w), untouched);
      backend_->map(
          head, spec,
          {std::span(a).subspan(static_cast<std::size_t>(spec.q0), static_cast<std::size_t>(spec.q1 - spec.q0)), {}},
          {image, {}}, job_);
      expect_weights(image, of.result("map." + std::to_string(m), h), tolerance.relative, "map");
    }
  });
}

TEST_P(GoldenOpsTest, TopK) {
  for_each_head(Op::top_k, [&](const GoldenCase& of, const HeadView& head, std::size_t h, const Tolerance& tolerance) {
    const std::vector<double> true_values = of.result("top_weights", h);
    const std::vector<double> true_keys = of.result("top_keys", h);
    std::vector<std::int32_t> keys(true_values.size(), -99);
    std::vector<float> values(true_values.size(), untouched);
    const auto k = of.json().at("top_k").get<std::int64_t>();
    backend_->top_k(head, all(head.n_q()), k, {minus_lse(of, h), {}}, keys, values, job_);
    expect_weights(values, true_values, tolerance.relative, "values");
    // Keys are the same too, unless float32 cannot tell a weight from one beside it or from the next below the last.
    const bool ties = of.name().rfind("ties", 0) == 0;
    const auto apart = [&](std::size_t x, std::size_t y) {
      return std::abs(true_values[x] - true_values[y]) > 4 * tolerance.relative * true_values[x];
    };
    for (std::size_t t = 0; t < keys.size(); ++t) {
      const std::size_t place = t % static_cast<std::size_t>(k);
      const bool last = place + 1 == static_cast<std::size_t>(k);
      const bool clear = !last && (place == 0 || apart(t - 1, t)) && apart(t, t + 1);
      const bool none = true_keys[t] == -1;
      const bool lost = true_values[t] < Tolerance::smallest_weight && !none;
      const bool decided = (ties || clear || none) && !lost;
      ASSERT_TRUE(keys[t] == true_keys[t] || !decided) << "place " << t << ": " << keys[t] << ", not " << true_keys[t];
    }
  });
}

TEST_P(GoldenOpsTest, RowStats) {
  for_each_head(Op::row_stats, [&](const GoldenCase& of, const HeadView& head, std::size_t h,
                                   const Tolerance& tolerance) {
    const std::vector<float> lse = floats(of.result("lse", h));
    const std::size_t n = lse.size();
    std::vector<float> entropy(n), distance(n), self(n), previous(n), first(n), largest(n);
    std::vector<std::int32_t> largest_key(n);
    backend_->row_stats(head, lse, {entropy, distance, self, previous, first, largest, largest_key}, job_);
    const std::vector<double> true_entropy = of.result("entropy", h);
    Errors errors;
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_TRUE(errors.add(entropy[i], true_entropy[i], 1 + true_entropy[i], tolerance.relative))
          << "entropy " << i << ": " << entropy[i] << ", not " << true_entropy[i];
    }
    expect_weights(distance, of.result("distance", h), tolerance.relative, "distance");
    expect_weights(self, of.result("self", h), tolerance.relative, "self");
    expect_weights(previous, of.result("previous", h), tolerance.relative, "previous");
    expect_weights(first, of.result("first", h), tolerance.relative, "first");
    expect_weights(largest, of.result("largest", h), tolerance.relative, "largest");
    const std::vector<double> true_key = of.result("largest_key", h);
    const std::vector<double> top = of.result("top_weights", h);
    for (std::size_t i = 0; i < n; ++i) {
      const bool close = top[5 * i] > 0 && top[5 * i] - top[5 * i + 1] <= 4 * tolerance.relative * top[5 * i];
      const bool decided = !close || of.name().rfind("ties", 0) == 0;
      ASSERT_TRUE(largest_key[i] == true_key[i] || !decided) << i << ": " << largest_key[i] << ", not " << true_key[i];
    }
  });
}

TEST_P(GoldenOpsTest, ColumnMass) {
  for_each_head(Op::column_mass,
                [&](const GoldenCase& of, const HeadView& head, std::size_t h, const Tolerance& tolerance) {
                  std::vector<float> mass(static_cast<std::size_t>(head.n_k()), untouched);
                  backend_->column_mass(head, floats(of.result("lse", h)), mass, job_);
                  expect_weights(mass, of.result("column_mass", h), tolerance.relative, "mass", head.n_q());
                });
}

INSTANTIATE_TEST_SUITE_P(Backends, GoldenOpsTest, testing::ValuesIn(usable_backends()),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace attnscope::test
