// What is to be computed, what is being computed and what has been: the one place where the UI thread and the workers
// of an engine meet. How a request is computed is the worker's matter.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "capture/layer.h"
#include "core/jobs.h"
#include "engine/engine.h"
#include "engine/request_hash.h"

namespace attnscope {

using TokenIds = std::shared_ptr<const std::vector<std::int32_t>>;

// One request that is wanted and not there yet.
struct Want {
  Request request;
  std::shared_ptr<const Layer> layer;
  Urgency urgency = Urgency::refine;
  TokenIds tokens;  // may be null
};

// A want in the hands of a worker.
struct Task {
  Want want;
  std::stop_source stop;
  Progress progress;
  std::chrono::steady_clock::time_point began;
};

// Exactly one of result and failure says something.
struct Finished {
  Request request;
  std::shared_ptr<const void> result;
  std::size_t bytes = 0;
  std::string failure;
  double seconds = 0;  // that it took
};

class WorkBoard {
 public:
  // For the UI thread. Replaces what waits by `wants`, in order of urgency, then of the list; what runs or is finished
  // does not wait again. What runs and is not among them is asked to stop, unless more than half of it is done.
  void set_wants(std::vector<Want> wants);
  // What was finished since the last call.
  std::vector<Finished> take_finished();
  // Share done of the task that has run longest.
  std::optional<double> progress() const;
  // Nothing waits any more, what runs is asked to stop.
  void stop_all();

  // For workers. Waits for the most urgent task whose urgency is `least` or more urgent; null once `stop` is requested.
  std::shared_ptr<Task> take(Urgency least, const std::stop_token& stop);
  // The task has ended, with something to tell or (stopped) without.
  void end(const std::shared_ptr<Task>& task, std::optional<Finished> finished);

 private:
  using Place = std::pair<Urgency, std::size_t>;

  mutable std::mutex mutex_;
  std::condition_variable_any waiting_changed_;
  std::map<Place, Want> waiting_;
  std::unordered_map<Request, std::shared_ptr<Task>> running_;  // without those asked to stop
  std::vector<Finished> finished_;
};

}  // namespace attnscope
