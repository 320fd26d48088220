// Every op of the emulation under every schedule of its threads, against the reference; and the same bits under all.
#include <gtest/gtest.h>

#include <cstring>
#include <tuple>

#include "../attention/op_cases.h"
#include "../attention/op_check.h"
#include "attention/cuda/emulated_device.h"
#include "attention/select.h"

namespace attnscope::test {
namespace {

using cuda::EmulatedFamily;
using emulation::Schedule;

struct NamedSchedule {
  const char* name;
  Schedule schedule;
};

constexpr NamedSchedule schedules[] = {{"reverse_late", {Schedule::Order::reverse, true, 1}},
                                       {"random_late", {Schedule::Order::random, true, 1}},
                                       {"other_random_late", {Schedule::Order::random, true, 77}},
                                       {"forward_early", {Schedule::Order::forward, false, 1}},
                                       {"reverse_early", {Schedule::Order::reverse, false, 1}}};

class ScheduleTest : public testing::TestWithParam<std::tuple<NamedSchedule, Op>> {};

void check_one_in_five(Op op, Backend& tested) {
  Pool pool(2);
  const auto reference = make_reference_backend();
  OpCheck check(op, tested, *reference, pool);
  for (const CaseSpec& spec : op_cases()) {
    if (spec.seed % 5 == 0) check.run(spec);
  }
  EXPECT_GT(check.cases(), 100);
}

TEST_P(ScheduleTest, AgreesWithTheReference) {
  const auto& [named, op] = GetParam();
  check_one_in_five(op, *cuda::make_emulated_backend(named.schedule));
}

INSTANTIATE_TEST_SUITE_P(Emulation, ScheduleTest,
                         testing::Combine(testing::ValuesIn(schedules),
                                          testing::Values(Op::forward, Op::rows, Op::columns, Op::map, Op::sampled_map,
                                                          Op::top_k, Op::row_stats, Op::column_mass)),
                         [](const auto& param) {
                           return std::string(std::get<0>(param.param).name) + "_" +
                                  std::string(name_of(std::get<1>(param.param)));
                         });

class HopperScheduleTest : public testing::TestWithParam<NamedSchedule> {};

TEST_P(HopperScheduleTest, ForwardAgreesWithTheReference) {
  check_one_in_five(Op::forward, *cuda::make_emulated_backend(GetParam().schedule, nullptr, EmulatedFamily::sm_90));
}

INSTANTIATE_TEST_SUITE_P(Emulation, HopperScheduleTest, testing::ValuesIn(schedules),
                         [](const auto& param) { return std::string(param.param.name); });

std::vector<float> forward_bits(const HeadView& head, const Schedule& schedule, EmulatedFamily family) {
  Pool pool(1);
  std::vector<float> numbers(static_cast<std::size_t>(head.n_q() * (head.v.cols + 1)));
  const ForwardResult result{numbers.data() + head.n_q(), head.v.cols, numbers.data()};
  const auto backend = cuda::make_emulated_backend(schedule, nullptr, family);
  backend->forward({&head, 1}, {&result, 1}, {pool, Priority::visible, {}, nullptr});
  return numbers;
}

TEST(ScheduleTest, ForwardGivesTheSameBitsUnderEverySchedule) {
  for (const auto& [dtype, family] :
       {std::pair(DType::f32, EmulatedFamily::sm_80), std::pair(DType::f16, EmulatedFamily::sm_80),
        std::pair(DType::bf16, EmulatedFamily::sm_80), std::pair(DType::f16, EmulatedFamily::sm_90),
        std::pair(DType::bf16, EmulatedFamily::sm_90)}) {
    CaseSpec spec;
    spec.n_q = spec.n_k = family == EmulatedFamily::sm_90 ? 600 : 300;  // more tiles than stages
    spec.score.scale = 0;
    spec.dtype = dtype;
    spec.mask.causal = true;
    const HeadCase made(spec);
    const std::vector<float> first = forward_bits(made.heads().front(), {}, family);
    for (const NamedSchedule& named : schedules) {
      const std::vector<float> numbers = forward_bits(made.heads().front(), named.schedule, family);
      EXPECT_EQ(std::memcmp(first.data(), numbers.data(), first.size() * sizeof(float)), 0) << named.name;
    }
  }
}

}  // namespace
}  // namespace attnscope::test
