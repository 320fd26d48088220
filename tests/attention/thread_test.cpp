// What every op of every backend, the reference included, promises about threads, stopping and progress.
#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <ctime>
#include <numeric>
#include <thread>

#include "attention/select.h"
#include "backends.h"
#include "core/error.h"
#include "head_case.h"
#include "op_cases.h"
#include "op_check.h"

namespace attnscope::test {
namespace {

constexpr Op ops[] = {Op::forward,     Op::rows,  Op::columns,   Op::map,
                      Op::sampled_map, Op::top_k, Op::row_stats, Op::column_mass};

// One call of each op on one head, its results as bytes.
class Call {
 public:
  Call(Op op, const CaseSpec& spec, std::int64_t rows) : op_(op), made_(spec), head_(made_.heads().front()) {
    const std::int64_t some = std::min(rows, head_.n_q());
    queries_.resize(static_cast<std::size_t>(some));
    std::iota(queries_.begin(), queries_.end(), 0);
    a_.assign(static_cast<std::size_t>(head_.n_q()), -3.0F);
    map_ = {0,
            head_.n_q(),
            0,
            head_.n_k(),
            std::min<std::int64_t>(200, head_.n_q()),
            std::min<std::int64_t>(200, head_.n_k()),
            Pool2d::mean};
    floats_.resize(
        static_cast<std::size_t>(std::max({head_.n_q() * (head_.v.cols + 1), some * head_.n_k(), head_.n_q() * some,
                                           map_.h * map_.w, 6 * head_.n_q(), some * k, head_.n_k()})));
    integers_.resize(static_cast<std::size_t>(std::max(some * k, head_.n_q())));
    counts_.resize(static_cast<std::size_t>(map_.h * map_.w));
  }

  const HeadView& head() const { return head_; }

  void run(Backend& backend, const Job& job) {
    const std::span<const float> a = a_;
    const std::span<const float> chosen = a.subspan(0, queries_.size());
    const std::span<float> out = floats_;
    const auto n_q = static_cast<std::size_t>(head_.n_q());
    switch (op_) {
      case Op::forward: {
        const ForwardResult result{out.data() + n_q, head_.v.cols, out.data()};
        backend.forward({&head_, 1}, {&result, 1}, job);
        break;
      }
      case Op::rows:
        backend.rows(head_, queries_, {chosen, {}}, out.first(queries_.size() * static_cast<std::size_t>(head_.n_k())),
                     job);
        break;
      case Op::columns: {
        const auto keys = std::span(queries_).first(std::min(queries_.size(), static_cast<std::size_t>(head_.n_k())));
        backend.columns(head_, keys, {a, {}}, out.first(n_q * keys.size()), job);
        break;
      }
      case Op::map:
        backend.map(head_, map_, {a, {}}, {out.first(counts_.size()), counts_}, job);
        break;
      case Op::sampled_map:
        backend.sampled_map(head_, map_, 4, {out.first(counts_.size()), counts_}, job);
        break;
      case Op::top_k: {
        const std::size_t places = queries_.size() * static_cast<std::size_t>(k);
        backend.top_k(head_, queries_, k, {chosen, {}}, std::span(integers_).first(places), out.first(places), job);
        break;
      }
      case Op::row_stats: {
        // lse of -3 for every row: any number is as good as the right one here.
        const auto part = [&](std::size_t number) { return out.subspan(number * n_q, n_q); };
        backend.row_stats(head_, a,
                          {part(0), part(1), part(2), part(3), part(4), part(5), std::span(integers_).first(n_q)}, job);
        break;
      }
      case Op::column_mass:
        backend.column_mass(head_, a, out.first(static_cast<std::size_t>(head_.n_k())), job);
        break;
    }
  }

  std::string bytes() const {
    std::string all(reinterpret_cast<const char*>(floats_.data()), floats_.size() * sizeof(float));
    all.append(reinterpret_cast<const char*>(integers_.data()), integers_.size() * sizeof(std::int32_t));
    return all.append(reinterpret_cast<const char*>(counts_.data()), counts_.size() * sizeof(std::int64_t));
  }

 private:
  static constexpr std::int64_t k = 7;
  Op op_;
  HeadCase made_;
  const HeadView& head_;
  std::vector<std::int64_t> queries_;  // and keys
  std::vector<float> a_;
  MapSpec map_;
  std::vector<float> floats_;
  std::vector<std::int32_t> integers_;
  std::vector<std::int64_t> counts_;
};

CaseSpec square(std::int64_t n, std::int64_t d, MaskKind kind) {
  CaseSpec spec;
  spec.n_q = n;
  spec.n_k = n;
  spec.d = d;
  spec.d_v = d;
  Random random(5);
  add_mask(spec, kind, random);
  spec.score.scale = 0.1F;
  return spec;
}

// Half precision, blocks of a bitmap, a cap, a slope and a sink logit at once.
CaseSpec with_everything(std::int64_t n_q, std::int64_t n_k, std::int64_t d) {
  CaseSpec spec = square(n_k, d, MaskKind::full);
  spec.n_q = n_q;
  Random random(6);
  add_mask(spec, MaskKind::causal_bitmap, random);
  spec.dtype = DType::bf16;
  spec.score = {0.1F, 20.0F, 0.01F, 1.0F};
  return spec;
}

class ThreadTest : public testing::TestWithParam<std::tuple<std::string, Op>> {
 protected:
  std::unique_ptr<Backend> backend_ = select_backend("auto", std::get<0>(GetParam()));
  Op op_ = std::get<1>(GetParam());
  bool supported(const Call& call) const { return backend_->supports(op_, call.head()).yes; }
};

TEST_P(ThreadTest, TheSameBitsWithOneTwoAndFiveThreads) {
  for (const CaseSpec& spec :
       {square(700, 64, MaskKind::causal), square(700, 64, MaskKind::full), square(700, 64, MaskKind::window_sinks),
        with_everything(500, 500, 64), with_everything(60, 3000, 250), with_everything(3000, 60, 250)}) {
    Call call(op_, spec, 300);
    if (!supported(call)) continue;  // op_test says what is not supported
    std::string first;
    for (const unsigned threads : {1U, 2U, 5U}) {
      Pool pool(threads);
      call.run(*backend_, {pool, Priority::visible, {}, nullptr});
      if (first.empty()) first = call.bytes();
      EXPECT_TRUE(call.bytes() == first) << threads << " threads: " << describe(spec);
    }
  }
}

TEST_P(ThreadTest, CallsFromTwoThreadsAtOnceDoNotDisturbEachOther) {
  Pool pool(2);
  Call alone(op_, square(300, 32, MaskKind::causal), 100);
  if (!supported(alone)) GTEST_SKIP() << backend_->supports(op_, alone.head()).why;
  const Job job{pool, Priority::background, {}, nullptr};
  alone.run(*backend_, job);
  Call here(op_, square(300, 32, MaskKind::causal), 100), there(op_, square(300, 32, MaskKind::causal), 100);
  {
    const std::jthread other([&] {
      for (int t = 0; t < 5; ++t) there.run(*backend_, {pool, Priority::visible, {}, nullptr});
    });
    for (int t = 0; t < 5; ++t) here.run(*backend_, job);
  }
  EXPECT_TRUE(here.bytes() == alone.bytes());
  EXPECT_TRUE(there.bytes() == alone.bytes());
}

TEST_P(ThreadTest, ProgressIsWholeAtTheEnd) {
  Pool pool(2);
  Call call(op_, square(200, 32, MaskKind::causal), 50);
  if (!supported(call)) GTEST_SKIP() << backend_->supports(op_, call.head()).why;
  Progress progress;
  call.run(*backend_, {pool, Priority::visible, {}, &progress});
  EXPECT_EQ(progress.share(), 1.0);
}

TEST_P(ThreadTest, AJobThatIsStoppedBeforeItBeginsThrowsStopped) {
  Pool pool(2);
  Call call(op_, square(200, 32, MaskKind::causal), 50);
  if (!supported(call)) GTEST_SKIP() << backend_->supports(op_, call.head()).why;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(call.run(*backend_, {pool, Priority::visible, stop.get_token(), nullptr}), Stopped);
}

// Processor time of all threads together: a machine that is busy with other things does not make it longer.
std::chrono::nanoseconds processor_time() {
  std::timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// Time is the least of what passed and what the process worked, the best of ten tries: a busy machine may keep a thread
// waiting.
TEST_P(ThreadTest, AStoppedJobReturnsWithin20Milliseconds) {
  using Clock = std::chrono::steady_clock;
  Pool pool(2);
  for (const CaseSpec& spec : {square(6000, 128, MaskKind::full), with_everything(6000, 6000, 128)}) {
    Call call(op_, spec, 3000);
    if (!supported(call)) continue;
    std::chrono::nanoseconds best = std::chrono::hours(1);
    for (int t = 0; t < 10 && best > std::chrono::milliseconds(20); ++t) {
      std::stop_source stop;
      Clock::time_point asked;
      std::chrono::nanoseconds worked{};
      const std::jthread stopper([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
        asked = Clock::now();
        worked = processor_time();
        stop.request_stop();
      });
      EXPECT_THROW(call.run(*backend_, {pool, Priority::visible, stop.get_token(), nullptr}), Stopped);
      const std::chrono::nanoseconds passed = Clock::now() - asked;
      best = std::min({best, passed, processor_time() - worked});
    }
    EXPECT_LE(std::chrono::duration_cast<std::chrono::milliseconds>(best).count(), 20) << describe(spec);
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, ThreadTest,
                         testing::Combine(testing::ValuesIn(usable_backends()), testing::ValuesIn(ops)),
                         [](const auto& param) {
                           return std::get<0>(param.param) + "_" + std::string(name_of(std::get<1>(param.param)));
                         });

}  // namespace
}  // namespace attnscope::test
