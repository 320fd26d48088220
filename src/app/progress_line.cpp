#include "app/progress_line.h"

#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace attnscope {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds first_after{1000};
constexpr std::chrono::milliseconds terminal_interval{100};
constexpr std::chrono::milliseconds log_interval{5000};
constexpr const char* erase_line = "\r\x1b[K";

}  // namespace

std::string describe_progress(double share, double elapsed_seconds) {
  if (share <= 0) return fmt::format("{:.0f} s", elapsed_seconds);
  const double left = elapsed_seconds * (1 - share) / share;
  const std::string time = left < 90 ? fmt::format("{:.0f} s", left) : fmt::format("{:.0f} min", left / 60);
  return fmt::format("{:.0f} %, {} left", 100 * share, time);
}

ProgressLine::ProgressLine(Context& context, std::string what)
    : context_(context), what_(std::move(what)), thread_([this](const std::stop_token& ended) { show(ended); }) {}

void ProgressLine::end() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void ProgressLine::show(const std::stop_token& ended) {
  const bool terminal = context_.console().err_is_terminal;
  const Clock::time_point start = Clock::now();
  std::mutex mutex;
  std::condition_variable_any end;
  std::unique_lock lock(mutex);
  auto wait = first_after;
  bool shown = false;
  while (!end.wait_for(lock, ended, wait, [&ended] { return ended.stop_requested(); })) {
    const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    const std::string text = what_ + ": " + describe_progress(progress_.share(), elapsed);
    if (terminal) {
      context_.console().err << erase_line << text << std::flush;
    } else {
      context_.log().info(text);
    }
    shown = true;
    wait = terminal ? terminal_interval : log_interval;
  }
  if (terminal && shown) context_.console().err << erase_line << std::flush;
}

}  // namespace attnscope
