#include "engine/progress_watch.h"

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>

namespace attnscope {
namespace {

void watch(const Progress& progress, const std::function<void()>& wake, const std::stop_token& ended) {
  constexpr std::chrono::milliseconds interval{50};
  std::mutex mutex;
  std::condition_variable_any end;
  std::unique_lock lock(mutex);
  double told = 0;
  while (!end.wait_for(lock, ended, interval, [&ended] { return ended.stop_requested(); })) {
    const double share = progress.share();
    if (std::abs(share - told) < 0.01) continue;
    told = share;
    wake();
  }
}

}  // namespace

ProgressWatch::ProgressWatch(const Progress& progress, const std::function<void()>& wake)
    : thread_([&progress, &wake](const std::stop_token& ended) { watch(progress, wake, ended); }) {}

}  // namespace attnscope
