// One table of cases for every op of every backend that runs here, against the float64 reference. Tolerances:
// tolerances.h. Backends that are not in this build or on this machine have no tests here; select_test says which are.
//   ATTNSCOPE_REQUIRE_GPU=1   fails where there is no GPU
//   ATTNSCOPE_CASES=N         every Nth case only, for tools under which all would take hours
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <tuple>

#include "attention/error_bounds.h"
#include "attention/select.h"
#include "backends.h"
#include "op_cases.h"
#include "op_check.h"

namespace attnscope::test {
namespace {

// Of some only forward is their own: AMX, the emulation of sm_90, and the kernels of sm_80 on a GPU of sm_90.
std::vector<std::tuple<std::string, Op>> tested_ops() {
  std::vector<std::tuple<std::string, Op>> tested;
  for (const std::string& name : tested_backends()) {
    for (const Op op :
         {Op::forward, Op::rows, Op::columns, Op::map, Op::sampled_map, Op::top_k, Op::row_stats, Op::column_mass}) {
      if (op == Op::forward || (name != "emulation_sm90" && name != "amx" && name != "cuda_sm80"))
        tested.emplace_back(name, op);
    }
  }
  return tested;
}

// All cases, or those that ATTNSCOPE_CASES leaves.
std::vector<CaseSpec> chosen_cases() {
  const char* const every = std::getenv("ATTNSCOPE_CASES");
  const std::uint64_t step = every == nullptr ? 1 : std::max(1UL, std::strtoul(every, nullptr, 10));
  std::vector<CaseSpec> cases = op_cases();
  std::erase_if(cases, [step](const CaseSpec& spec) { return spec.seed % step != 0; });
  return cases;
}

class OpTest : public testing::TestWithParam<std::tuple<std::string, Op>> {};

TEST_P(OpTest, AgreesWithTheReferenceOnEveryCase) {
  const auto& [name, op] = GetParam();
  Pool pool(2);
  const auto tested = select_backend("auto", name);
  const auto reference = make_reference_backend();
  OpCheck check(op, *tested, *reference, pool);
  for (const CaseSpec& spec : chosen_cases()) check.run(spec);
  std::cout << check.summary() << "\n";
  EXPECT_GT(check.cases(), 0);
  if (tested->name().rfind("cpu", 0) == 0) {
    EXPECT_EQ(check.unsupported(), 0) << "the CPU is what everything falls back to";
  }
}

TEST(OpTest, AGpuIsAmongTheTestedBackends) {
  std::string why;
  for (const BackendInfo& backend : list_backends()) {
    if (backend.name == "cuda" && !backend.usable) why = backend.detail;
  }
  if (why.empty()) return;
  if (std::getenv("ATTNSCOPE_REQUIRE_GPU") != nullptr) FAIL() << why;
  GTEST_SKIP() << why;
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(OpTest);
INSTANTIATE_TEST_SUITE_P(Backends, OpTest, testing::ValuesIn(tested_ops()), [](const auto& param) {
  return std::get<0>(param.param) + "_" + std::string(name_of(std::get<1>(param.param)));
});

// Heads of one call have nothing in common but the call.
class MixedHeadsTest : public testing::TestWithParam<std::string> {};

TEST_P(MixedHeadsTest, ForwardTakesHeadsOfDifferentShapesMasksAndScoresInOneCall) {
  Pool pool(2);
  const auto tested = select_backend("auto", GetParam());
  const auto reference = make_reference_backend();
  std::vector<std::unique_ptr<HeadCase>> made;
  std::vector<HeadView> heads;
  const auto add = [&](const CaseSpec& spec) {
    made.push_back(std::make_unique<HeadCase>(spec));
    if (!tested->supports(Op::forward, made.back()->heads().front()).yes) return;
    heads.insert(heads.end(), made.back()->heads().begin(), made.back()->heads().end());
  };
  bool has_bitmap = false;
  for (const CaseSpec& spec : op_cases()) {
    if (spec.seed % 40 == 0) add(spec);
    if (has_bitmap || spec.bitmap_block == 0 || spec.n_k < 2 * spec.bitmap_block) continue;
    has_bitmap = true;
    CaseSpec other = spec;  // of the same size, with another bitmap
    ++other.seed;
    add(spec);
    add(other);
  }
  ASSERT_TRUE(has_bitmap);
  ASSERT_GT(heads.size(), 4U);
  std::vector<std::vector<float>> lse(heads.size());
  std::vector<ForwardResult> results;
  for (std::size_t h = 0; h < heads.size(); ++h) {
    lse[h].resize(static_cast<std::size_t>(heads[h].n_q()));
    results.push_back({nullptr, 0, lse[h].data()});
  }
  const Job job{pool, Priority::visible, {}, nullptr};
  tested->forward(heads, results, job);
  for (std::size_t h = 0; h < heads.size(); ++h) {
    std::vector<float> truth(lse[h].size());
    const ForwardResult result{nullptr, 0, truth.data()};
    reference->forward({&heads[h], 1}, {&result, 1}, job);
    Errors errors;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      EXPECT_TRUE(errors.add(lse[h][i], truth[i], 1, Tolerance(score_bound(heads[h])).relative)) << h << ", " << i;
    }
  }
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MixedHeadsTest);
INSTANTIATE_TEST_SUITE_P(Backends, MixedHeadsTest, testing::ValuesIn(tested_backends()),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace attnscope::test
