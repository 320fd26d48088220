#include "core/jobs.h"

#include <sched.h>

#include <exception>
#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

#include "core/error.h"

namespace attnscope {
namespace {

unsigned usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return static_cast<unsigned>(CPU_COUNT(&set));
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

void Job::throw_if_stopped() const {
  if (stop.stop_requested()) throw Stopped();
}

// Hands out indices in increasing order whatever thread asks, so that "longest first" holds under work stealing too.
namespace {
struct Queue {
  const std::size_t count;
  const Job& job;
  const std::function<void(std::size_t, unsigned)>& task;
  std::atomic<std::size_t> next{0};

  // Runs the next task; false once there is none or the job was stopped.
  bool step(unsigned slot) {
    if (job.stop.stop_requested()) return false;
    const std::size_t index = next.fetch_add(1, std::memory_order_relaxed);
    if (index >= count) return false;
    task(index, slot);
    if (job.progress != nullptr) job.progress->finish(1);
    return true;
  }
  void check_complete() const {
    if (next.load(std::memory_order_relaxed) < count) throw Stopped();
  }
};
}  // namespace
}  // namespace attnscope

#ifdef ATTNSCOPE_TBB
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

namespace attnscope {

struct Pool::Arenas {
  explicit Arenas(int threads)
      : limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads)),
        visible(threads, 1, tbb::task_arena::priority::high),
        background(threads, 1, tbb::task_arena::priority::low) {}
  tbb::global_control limit;
  tbb::task_arena visible, background;
};

Pool::Pool(unsigned threads)
    : threads_(threads == 0 ? usable_cores() : threads), arenas_(std::make_unique<Arenas>(static_cast<int>(threads_))) {}
Pool::~Pool() = default;

void Pool::run(std::size_t count, const Job& job, const std::function<void(std::size_t, unsigned)>& task) {
  if (count == 0) return;
  if (job.progress != nullptr) job.progress->expect(count);
  Queue queue{count, job, task};
  tbb::task_arena& arena = job.priority == Priority::visible ? arenas_->visible : arenas_->background;
  arena.execute([&] {
    tbb::parallel_for(
        tbb::blocked_range<std::size_t>(0, count, 1),
        [&](const tbb::blocked_range<std::size_t>& range) {
          const auto slot = static_cast<unsigned>(tbb::this_task_arena::current_thread_index());
          for (std::size_t i = range.begin(); i != range.end(); ++i) {
            if (!queue.step(slot)) return;
          }
        },
        tbb::simple_partitioner());
  });
  queue.check_complete();
}

}  // namespace attnscope

#else

namespace attnscope {

struct Pool::Arenas {};

Pool::Pool(unsigned threads) : threads_(threads == 0 ? usable_cores() : threads) {}
Pool::~Pool() = default;

void Pool::run(std::size_t count, const Job& job, const std::function<void(std::size_t, unsigned)>& task) {
  if (count == 0) return;
  if (job.progress != nullptr) job.progress->expect(count);
  Queue queue{count, job, task};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto work = [&](unsigned slot) {
    try {
      while (queue.step(slot)) {
      }
    } catch (...) {
      const std::lock_guard lock(failure_mutex);
      failure = std::current_exception();
      queue.next.store(count, std::memory_order_relaxed);
    }
  };
  {
    std::vector<std::jthread> others;
    for (unsigned slot = 1; slot < std::min<std::size_t>(threads_, count); ++slot) others.emplace_back(work, slot);
    work(0);
  }
  if (failure) std::rethrow_exception(failure);
  queue.check_complete();
}

}  // namespace attnscope
#endif
