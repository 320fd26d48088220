#include "engine/cost_meter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <condition_variable>
#include <ctime>
#include <exception>
#include <mutex>
#include <optional>
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
class Inputs {
 public:
  // Throws Stopped once the stop is requested: many numbers take a second.
  Inputs(std::int64_t n, std::int64_t d, const std::stop_token& stop)
      : rows_(n), dims_(d), q_(size()), k_(size()), v_(size()), o_(size()), lse_(static_cast<std::size_t>(n)) {
    std::mt19937_64 random(seed);
    std::normal_distribution<float> normal;
    constexpr std::size_t numbers_a_check = 1 << 14;
    for (auto* numbers : {&q_, &k_, &v_}) {
      for (std::size_t i = 0; i < numbers->size(); ++i) {
        if (i % numbers_a_check == 0 && stop.stop_requested()) throw Stopped();
        (*numbers)[i] = normal(random);
      }
    }
  }

  HeadView view(bool windowed) const {
    HeadView head;
    head.q = matrix(q_);
    head.k = matrix(k_);
    head.v = matrix(v_);
    head.score.scale = 1 / std::sqrt(static_cast<float>(dims_));
    if (windowed) {
      head.mask.causal = true;
      head.mask.left = window_keys;
    }
    return head;
  }
  ForwardResult result() { return {o_.data(), dims_, lse_.data()}; }

 private:
  std::size_t size() const { return static_cast<std::size_t>(rows_ * dims_); }
  MatrixView matrix(const std::vector<float>& numbers) const {
    return {numbers.data(), rows_, dims_, dims_, DType::f32};
  }

  std::int64_t rows_, dims_;
  std::vector<float> q_, k_, v_, o_, lse_;
};

}  // namespace

struct CostMeter::Impl {
  Impl(Backend& used_backend, std::int64_t dims, double longest, std::function<void()> told)
      : backend(used_backend), head_dim(dims), longest_run(longest), wake(std::move(told)) {
    for (const char* name : names) measured.push_back({name, {}});
    thread = std::jthread([this](const std::stop_token& ended) { work(ended); });
  }

  void work(const std::stop_token& ended);
  std::optional<std::stop_token> wait_until_allowed(const std::stop_token& ended, std::int64_t n);
  CostPoint measure(std::int64_t n, std::size_t which, const std::stop_token& paused);
  bool add_point(std::int64_t n, std::size_t which, const std::stop_token& ended);
  bool worth_measuring(std::int64_t n, std::size_t which) const;

  Backend& backend;
  const std::int64_t head_dim;
  const double longest_run;
  const std::function<void()> wake;
  bool exhausted = false;  // the meter's thread only
  Pool pool{1};            // runs everything in the calling thread, whose processor time is then all there is

  mutable std::mutex mutex;
  std::condition_variable_any changed;
  bool allowed = false;
  std::stop_source pause;  // of the run under way
  std::vector<CostSeries> measured;
  std::int64_t measuring = 0;
  bool finished = false;
  std::jthread thread;  // the last member: it uses the others
};

// The next length takes four times as long, or twice where the window is shorter than the text: how long is known from
// the point before it.
bool CostMeter::Impl::worth_measuring(std::int64_t n, std::size_t which) const {
  if (exhausted || n * head_dim * 4 * static_cast<std::int64_t>(sizeof(float)) > most_bytes) return false;
  const std::lock_guard lock(mutex);
  const std::vector<CostPoint>& points = measured[which].points;
  const double growth = which == 1 && n > window_keys ? 2 : 4;
  return points.empty() || points.back().seconds * growth <= longest_run;
}

// What stops the run of `n` tokens that may begin now; none once the meter ends.
std::optional<std::stop_token> CostMeter::Impl::wait_until_allowed(const std::stop_token& ended, std::int64_t n) {
  std::unique_lock lock(mutex);
  measuring = 0;
  changed.wait(lock, ended, [this] { return allowed; });
  // The end asks what runs to stop, but not what has not begun.
  if (ended.stop_requested()) return std::nullopt;
  pause = std::stop_source();
  measuring = n;
  return pause.get_token();
}

CostPoint CostMeter::Impl::measure(std::int64_t n, std::size_t which, const std::stop_token& paused) {
  Inputs inputs(n, head_dim, paused);
  const HeadView head = inputs.view(which == 1);
  const ForwardResult result = inputs.result();
  const Job job{pool, Priority::background, paused, nullptr};
  CostPoint point{n, 0, 0};
  for (double all = 0; point.runs < least_runs || all < least_time; ++point.runs) {
    const double before = thread_seconds();
    backend.forward({&head, 1}, {&result, 1}, job);
    const double seconds = backend.last_device_seconds().value_or(thread_seconds() - before);
    job.throw_if_stopped();
    all += seconds;
    point.seconds = point.runs == 0 ? seconds : std::min(point.seconds, seconds);
  }
  return point;
}

// Begins again as often as it is interrupted. False once the meter ends.
bool CostMeter::Impl::add_point(std::int64_t n, std::size_t which, const std::stop_token& ended) {
  while (const auto paused = wait_until_allowed(ended, n)) {
    try {
      const CostPoint point = measure(n, which, *paused);
      const std::lock_guard lock(mutex);
      measured[which].points.push_back(point);
    } catch (const Stopped&) {
      continue;
    } catch (const std::exception&) {
      // No memory for this length, so none for a longer one: what has been measured is all that this machine can do.
      exhausted = true;
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
      if (!add_point(n, which, ended)) return;
      more = true;
    }
  }
  {
    const std::lock_guard lock(mutex);
    measuring = 0;
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
  if (!allowed) {
    impl_->pause.request_stop();
    impl_->measuring = 0;  // it is thrown away, however long its thread takes to answer
  }
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
