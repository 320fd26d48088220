// What works beside the threads of a block on sm_90: the copy engine and the matrix units. What they are given they do
// at once, or only when no thread can run, by the schedule.
#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace attnscope::emulation {

class AsyncUnits {
 public:
  // Works of one queue are done in their order; those without one in any.
  struct Work {
    std::optional<unsigned> queue;
    std::function<void()> act;
  };

  void add(Work work) { waiting_.push_back(std::move(work)); }
  bool idle() const { return waiting_.empty(); }
  std::size_t size() const { return waiting_.size(); }
  // Of the waiting works: the oldest without a queue if there is one; the newest with one if there is one.
  std::size_t oldest_free() const;
  std::size_t newest_queued() const;
  // Does the work that `place` says, or the one that comes before it in its queue.
  void finish(std::size_t place);

 private:
  std::vector<Work> waiting_;
};

}  // namespace attnscope::emulation
