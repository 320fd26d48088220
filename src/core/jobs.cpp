#include "core/jobs.h"

#include <sched.h>

#include <algorithm>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#ifdef ATTNSCOPE_TBB
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#endif

#include "core/error.h"

namespace attnscope {
namespace {

unsigned usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return static_cast<unsigned>(CPU_COUNT(&set));
  return std::max(1U, std::thread::hardware_concurrency());
}

// Hands out indices in increasing order whatever thread asks, so that "longest first" holds under work stealing too.
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
  // Runs tasks until there are no more.
  void drain(unsigned slot) {
    while (step(slot)) {
    }
  }
  void check_complete() const {
    if (next.load(std::memory_order_relaxed) < count) throw Stopped();
  }
};

}  // namespace

void Job::throw_if_stopped() const {
  if (stop.stop_requested()) throw Stopped();
}

#ifdef ATTNSCOPE_TBB

struct Pool::Arenas {
  explicit Arenas(int threads)
      : limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads)),
        visible(threads, 1, tbb::task_arena::priority::high),
        background(threads, 1, tbb::task_arena::priority::low) {}

  void run(Queue& queue) {
    const auto tasks = [&queue](const tbb::blocked_range<std::size_t>& range) {
      const auto slot = static_cast<unsigned>(tbb::this_task_arena::current_thread_index());
      for (std::size_t i = range.begin(); i != range.end(); ++i) {
        if (!queue.step(slot)) return;
      }
    };
    const tbb::blocked_range<std::size_t> all(0, queue.count, 1);
    // Isolated: a thread that waits for the end of a run inside a task must not begin other tasks in the same slot.
    (queue.job.priority == Priority::visible ? visible : background).execute([&] {
      tbb::this_task_arena::isolate([&] { tbb::parallel_for(all, tasks, tbb::simple_partitioner()); });
    });
  }

  tbb::global_control limit;
  tbb::task_arena visible, background;
};

#else

struct Pool::Arenas {
  explicit Arenas(int threads) : most(static_cast<std::size_t>(threads)) {}

  void run(Queue& queue) const {
    std::exception_ptr failure;
    std::mutex failure_mutex;
    const auto work = [&](unsigned slot) {
      try {
        queue.drain(slot);
      } catch (...) {
        const std::lock_guard lock(failure_mutex);
        failure = std::current_exception();
        queue.next.store(queue.count, std::memory_order_relaxed);
      }
    };
    {
      std::vector<std::jthread> others;
      try {
        for (unsigned slot = 1; slot < std::min(most, queue.count); ++slot) others.emplace_back(work, slot);
      } catch (const std::system_error&) {
        // The system gives no more threads: those that there are do the work.
      }
      work(0);
    }
    if (failure) std::rethrow_exception(failure);
  }

  std::size_t most;
};

#endif

Pool::Pool(unsigned threads) : threads_(threads == 0 ? usable_cores() : threads) {
  // A pool of one has no threads of its own: oneTBB would add a second one to an arena of one as soon as two callers
  // met.
  if (threads_ > 1) arenas_ = std::make_unique<Arenas>(static_cast<int>(threads_));
}

Pool::~Pool() = default;

void Pool::run(std::size_t count, const Job& job, const std::function<void(std::size_t, unsigned)>& task) {
  if (count == 0) return;
  if (job.progress != nullptr) job.progress->expect(count);
  Queue queue{count, job, task};
  if (arenas_ == nullptr) {
    queue.drain(0);
  } else {
    arenas_->run(queue);
  }
  queue.check_complete();
}

}  // namespace attnscope
