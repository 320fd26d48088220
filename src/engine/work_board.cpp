#include "engine/work_board.h"

#include <algorithm>
#include <unordered_set>

namespace attnscope {

void WorkBoard::set_wants(std::vector<Want> wants) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.clear();
    std::unordered_set<Request> wanted;
    std::unordered_set<Request> there;
    for (const Finished& finished : finished_) there.insert(finished.request);
    for (Want& want : wants) {
      if (!wanted.insert(want.request).second || there.contains(want.request)) continue;
      if (running_.contains(want.request)) continue;
      const Place place{want.urgency, waiting_.size()};
      waiting_.emplace(place, std::move(want));
    }
    for (auto at = running_.begin(); at != running_.end();) {
      const bool keep = wanted.contains(at->first) || at->second->progress.share() > 0.5;
      if (!keep) at->second->stop.request_stop();
      at = keep ? std::next(at) : running_.erase(at);
    }
  }
  waiting_changed_.notify_all();
}

std::vector<Finished> WorkBoard::take_finished() {
  const std::lock_guard lock(mutex_);
  return std::exchange(finished_, {});
}

std::optional<double> WorkBoard::progress() const {
  const std::lock_guard lock(mutex_);
  const auto longest = std::min_element(running_.begin(), running_.end(),
                                        [](const auto& a, const auto& b) { return a.second->began < b.second->began; });
  if (longest == running_.end()) return std::nullopt;
  return longest->second->progress.share();
}

void WorkBoard::stop_all() {
  const std::lock_guard lock(mutex_);
  waiting_.clear();
  for (const auto& [request, task] : running_) task->stop.request_stop();
  running_.clear();
}

std::shared_ptr<Task> WorkBoard::take(Urgency least, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  // The map is in order of urgency, so its first entry tells.
  const auto ready = [&] { return !waiting_.empty() && waiting_.begin()->first.first <= least; };
  if (!waiting_changed_.wait(lock, stop, ready) || stop.stop_requested()) return nullptr;
  auto task = std::make_shared<Task>();
  task->want = std::move(waiting_.begin()->second);
  task->began = std::chrono::steady_clock::now();
  waiting_.erase(waiting_.begin());
  running_.emplace(task->want.request, task);
  return task;
}

void WorkBoard::end(const std::shared_ptr<Task>& task, std::optional<Finished> finished) {
  const std::lock_guard lock(mutex_);
  const auto at = running_.find(task->want.request);
  if (at != running_.end() && at->second == task) running_.erase(at);
  if (finished) finished_.push_back(std::move(*finished));
}

}  // namespace attnscope
