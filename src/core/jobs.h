// How work is cut, counted and stopped: one pool of threads with two priorities for the whole program.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>

namespace attnscope {

// What is visible goes before everything else.
enum class Priority : std::uint8_t { visible, background };

// Work done of work known, written by workers and read by anyone. Units are the owner's; only the ratio has a meaning.
class Progress {
 public:
  void expect(std::uint64_t units) { total_.fetch_add(units, std::memory_order_relaxed); }
  void finish(std::uint64_t units) { done_.fetch_add(units, std::memory_order_relaxed); }
  // 0 to 1; 0 while nothing is expected.
  double share() const {
    const auto total = total_.load(std::memory_order_relaxed);
    const auto done = done_.load(std::memory_order_relaxed);
    return total == 0 ? 0.0 : static_cast<double>(done < total ? done : total) / static_cast<double>(total);
  }

 private:
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::uint64_t> total_{0};
};

class Pool;

// What every long call takes: where to run, how urgent it is, how to stop it, whom to tell.
struct Job {
  Pool& pool;
  Priority priority = Priority::background;
  std::stop_token stop = {};
  Progress* progress = nullptr;

  // Throws Stopped once the job was asked to stop.
  void throw_if_stopped() const;
};

// Threads for tasks of at most about 5 ms each.
class Pool {
 public:
  // `threads` 0 takes the cores that this process may run on.
  explicit Pool(unsigned threads = 0);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  unsigned threads() const { return threads_; }

  // Calls task(index, slot) for each index in [0, count), starting them in increasing order, and returns when all have
  // ended. slot < threads() names the thread for the length of the task: two tasks of a run at once never share one, so
  // it can index scratch memory of the run. Several threads may call run at once, tasks may too; a pool of one runs
  // everything on the calling thread. Where job.progress is set, the tasks count as one unit each. Throws Stopped,
  // after the running tasks have ended, if job.stop was requested before the last task began; a task's own exception is
  // passed on.
  void run(std::size_t count, const Job& job, const std::function<void(std::size_t index, unsigned slot)>& task);

 private:
  struct Arenas;
  unsigned threads_;
  std::unique_ptr<Arenas> arenas_;
};

}  // namespace attnscope
