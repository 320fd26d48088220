#include "engine/cost_meter.h"

#include <ctime>

#include <algorithm>
#include <array>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <random>
#include <stop_token>
#include <thread>
#include <utility>

#include "core/error.h"
#include "core/jobs.h"

namespace attnscope {
namespace {

constexpr std::int64_t shortest_n = 128;
constexpr std::int64_t window_keys = 1024;
constexpr int least_runs = 3;
constexpr double least_time = 0.1;                          // seconds that the runs of a point take together
constexpr std::int64_t most_bytes = std::int64_t{1} << 30;  // of q, k, v and o
constexpr std::uint64_t seed = 20170612;
constexpr std::array names{"full", "window 1k"};

// Processor time of the calling thread, seconds: what else runs on the machine does not count.
double thread_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// q, k, v of random numbers and room for o and lse.
struct Inputs {
  Inputs(std::int64_t n, std::int64_t d) : rows(n), dims(d), q(size()), k(size()), v(size()), o(size()), lse(static_cast<std::size_t>(n)) {
    std::mt19937_64 random(seed);
    std::normal_distribution<float> normal;
    for (auto* numbers : {&q, &k, &v}) std::generate(numbers->begin(), numbers->end(), [&] { return normal(random); });
  }
  std::size_t size() const { return static_cast<std::size_t>(rows * dims); }
  HeadView view(bool windowed) const {
    HeadView head{{q.data(), rows, dims, dims, DType::f32}, {k.data(), rows, dims, dims, DType::f32}, {v.data(), rows, dims, dims, DType::f32}, {}, {}};
    head.score.scale = 1 / std::sqrt(static_cast<float>(dims));
    if (windowed) {
      head.mask.causal = true;
      head.mask.left = window_keys;
    }
    return head;
  }

  std::int64_t rows, dims;
  std::vector<float> q, k, v, o, lse;
};

}  // namespace

struct CostMeter::Impl {
  Impl(Backend& used_backend, std::int64_t dims, double longest, std::function<void()> told)
      : backend(used_backend), head_dim(dims), longest_run(longest), wake(std::move(told)) {
    for (const char* name : names) measured.push_back({name, {}});
    thread = std::jthread([this](const std::stop_token& ended) { work(ended); });
  }

  void work(const std::stop_token& ended);
  bool wait_until_allowed(const std::stop_token& ended);
  bool measure(std::int64_t n, std::size_t which, const std::stop_token& ended);
  bool worth_measuring(std::int64_t n, std::size_t which) const;

  Backend& backend;
  const std::int64_t head_dim;
  const double longest_run;
  const std::function<void()> wake;
  Pool pool{1};  // runs everything in the calling thread, whose processor time is then all there is

  mutable std::mutex mutex;
  std::condition_variable_any changed;
  bool allowed = false;
  std::stop_source pause;  // of the run under way
  std::vector<CostSeries> measured;
  std::int64_t measuring = 0;
  bool finished = false;
  std::jthread thread;  // the last member: it uses the others
};

// The next length takes four times as long, or twice with the window; by the last point that is known before it is begun.
bool CostMeter::Impl::worth_measuring(std::int64_t n, std::size_t which) const {
  if (n * head_dim * 4 * static_cast<std::int64_t>(sizeof(float)) > most_bytes) return false;
  const std::lock_guard lock(mutex);
  const std::vector<CostPoint>& points = measured[which].points;
  return points.empty() || points.back().seconds * (which == 0 ? 4 : 2) <= longest_run;
}

bool CostMeter::Impl::wait_until_allowed(const std::stop_token& ended) {
  std::unique_lock lock(mutex);
  if (!changed.wait(lock, ended, [this] { return allowed; })) return false;
  pause = std::stop_source();
  return true;
}

// Begins again as often as it is interrupted. False once the meter ends.
bool CostMeter::Impl::measure(std::int64_t n, std::size_t which, const std::stop_token& ended) {
  Inputs inputs(n, head_dim);
  const HeadView head = inputs.view(which == 1);
  const ForwardResult result{inputs.o.data(), head_dim, inputs.lse.data()};
  while (wait_until_allowed(ended)) {
    std::stop_token paused;
    {
      const std::lock_guard lock(mutex);
      measuring = n;
      paused = pause.get_token();
    }
    CostPoint point{n, 0, 0};
    try {
      for (double all = 0; point.runs < least_runs || all < least_time; ++point.runs) {
        const double before = thread_seconds();
        backend.forward({&head, 1}, {&result, 1}, Job{pool, Priority::background, paused, nullptr});
        const double seconds = thread_seconds() - before;
        all += seconds;
        point.seconds = point.runs == 0 ? seconds : std::min(point.seconds, seconds);
        if (paused.stop_requested()) throw Stopped();
      }
    } catch (const Stopped&) {
      const std::lock_guard lock(mutex);
      measuring = 0;
      continue;
    }
    {
      const std::lock_guard lock(mutex);
      measured[which].points.push_back(point);
      measuring = 0;
    }
    wake();
    return true;
  }
  return false;
}

void CostMeter::Impl::work(const std::stop_token& ended) {
  const std::stop_callback end_run(ended, [this] {
    const std::lock_guard lock(mutex);
    pause.request_stop();
  });
  bool more = true;
  for (std::int64_t n = shortest_n; more; n *= 2) {
    more = false;
    for (std::size_t which = 0; which < names.size(); ++which) {
      if (!worth_measuring(n, which)) continue;
      if (!measure(n, which, ended)) return;
      more = true;
    }
  }
  {
    const std::lock_guard lock(mutex);
    finished = true;
  }
  wake();
}

CostMeter::CostMeter(Backend& backend, std::int64_t head_dim, double longest_run, std::function<void()> wake)
    : impl_(std::make_unique<Impl>(backend, head_dim, longest_run, std::move(wake))) {}

CostMeter::~CostMeter() = default;

void CostMeter::set_allowed(bool allowed) {
  const std::lock_guard lock(impl_->mutex);
  if (allowed == impl_->allowed) return;
  impl_->allowed = allowed;
  if (!allowed) impl_->pause.request_stop();
  impl_->changed.notify_all();
}

std::vector<CostSeries> CostMeter::series() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->measured;
}

std::int64_t CostMeter::measuring() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->measuring;
}

bool CostMeter::finished() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->finished;
}

}  // namespace attnscope
