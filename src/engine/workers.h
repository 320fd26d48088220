// The working side of an engine: threads that take tasks from a board and compute them.
#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "attention/ops.h"
#include "core/jobs.h"
#include "engine/lse_cache.h"
#include "engine/work_board.h"

namespace attnscope {

// What a kind of request, by its place in Request, is called in messages: "row", "tile", ...
std::string_view kind_name(std::size_t kind);

// Three threads, each of which takes less than the one before: everything; answers and what is visible; answers only.
// So an answer waits neither for a long refinement nor for a long tile.
class Workers {
 public:
  // All but `wake` must outlive the workers. `wake` is called when a task has ended with a result or a failure.
  Workers(Backend& backend, Pool& pool, WorkBoard& board, std::function<void()> wake);
  ~Workers();  // stops what runs
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

 private:
  void work(Urgency least, const std::stop_token& stop);
  // None for a task that was stopped.
  std::optional<Finished> finish(Task& task);
  Finished compute_task(Task& task);
  // Where a task runs: what costs about as much as a row runs in its own thread, so that it never waits for a place in
  // the pool.
  Pool& pool_for(const Want& want);

  Backend& backend_;
  Pool& pool_;
  WorkBoard& board_;
  std::function<void()> wake_;
  Pool own_thread_{1};
  LseCache cache_;
  std::vector<std::jthread> threads_;  // the last member: they use the others
};

}  // namespace attnscope
