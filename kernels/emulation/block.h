// One block of a CUDA grid on the CPU: a fiber a thread. Threads meet at barriers, the lanes of a warp at collective
// instructions; in between each runs alone, in an order that the schedule picks, so that a missing barrier shows as
// wrong numbers and not as luck. What the kernel's built-ins do is in cuda.h, what instructions do in instructions.h.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <new>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/async_types.h"
#include "kernels/emulation/async_units.h"
#include "kernels/emulation/fiber.h"
#include "kernels/emulation/products.h"

namespace attnscope::emulation {

// Which of the threads that can run goes first, and when asynchronous copies land and products are added: at once, or
// only when waited for. All are legal on a GPU, so results must not depend on them.
struct Schedule {
  enum class Order : std::uint8_t { forward, reverse, random };
  Order order = Order::forward;
  bool late_copies = true;
  std::uint64_t seed = 1;
};

struct Counters {
  std::uint64_t blocks = 0;
  std::uint64_t switches = 0;
  std::uint64_t matrix_products = 0;
  std::uint64_t bank_conflicts = 0;  // of matrix loads: rows that met in one bank
  std::uint64_t async_bytes = 0;

  void add(const Counters& other);
};

struct BlockShape {
  unsigned index = 0;     // blockIdx.x
  unsigned blocks = 1;    // gridDim.x
  unsigned threads = 32;  // a multiple of 32, at most 1024
  std::size_t shared_bytes = 0;
  std::size_t most_shared = std::size_t{99} << 10U;  // that the GPU has
};

class Block;

// Fibers and shared memory for one block after the other; one object a host thread at a time.
class BlockRunner {
 public:
  BlockRunner();
  ~BlockRunner();
  BlockRunner(const BlockRunner&) = delete;
  BlockRunner& operator=(const BlockRunner&) = delete;

  // Runs `body` once as each thread. Throws Error with the reason where the block breaks a rule of CUDA (deadlock,
  // diverging warps, an address outside shared memory, ...), Stopped soon after `stop` was requested.
  void run(const BlockShape& shape, const Schedule& schedule, const std::stop_token& stop,
           const std::function<void()>& body);

  const Counters& counters() const { return counters_; }
  // Of the blocks since they were last taken.
  Counters take_counters() { return std::exchange(counters_, {}); }

 private:
  struct SharedMemory;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::unique_ptr<SharedMemory> shared_;
  Counters counters_;
};

// What a copy into shared memory will do when it lands.
struct AsyncCopy {
  void* to;
  const void* from;  // null: zeros
  std::size_t bytes;
};

struct Thread {
  Fiber* fiber = nullptr;
  unsigned index = 0;
  const char* waits_at = nullptr;
  const void* waits_for = nullptr;                  // what has to be woken
  std::vector<AsyncCopy> open_copies;               // issued, not yet committed
  std::vector<std::vector<AsyncCopy>> copy_groups;  // committed, not yet waited for
  std::vector<std::uint64_t*> unpublished_barriers;
  std::vector<const kernels::TensorMap*> acquired_maps;
};

// Where the 32 lanes of a warp meet for an instruction that they execute together.
struct Meeting {
  const char* at = nullptr;
  std::uint32_t arrived = 0;
  std::array<void*, 32> operands{};
};

class Block {
 public:
  Block(const BlockShape& shape, const Schedule& schedule, std::stop_token stop, std::byte* shared,
        const std::function<void()>& body, std::vector<std::unique_ptr<Fiber>>& fibers);

  // The block and the thread that run on this host thread. What stands for blockIdx and threadIdx must be found without
  // being passed.
  static Block& current();
  Thread& thread() { return *running_; }
  const BlockShape& shape() const { return shape_; }
  const Schedule& schedule() const { return schedule_; }
  std::byte* shared() { return shared_; }
  Counters& counters() { return counters_; }

  void run();
  // Ends the block with an error that names block and thread.
  // The parts make one message. Views, since nothing that owns memory may lie on the stack of a thread that is left.
  [[noreturn]] void fail(std::initializer_list<std::string_view> what);

  void barrier();
  // Barrier `id` of `count` threads; returns at once, or when all have come if it `waits`.
  void named_barrier(int id, int count, bool waits);
  // The thread goes on after somebody has woken `what`; then it must look again.
  void wait_for(const char* at, const void* what);
  void wake(const void* what);
  // At once, or when no thread can run.
  void later(AsyncUnits::Work work);
  ProductQueue& products() { return warp_of(*running_).products; }  // of the running warp
  // The lane's operands for the instruction `at`. True for the lane that arrives last: it acts for all 32 by `operands`
  // and then calls part(). For the others the call returns when that has happened.
  bool meet(const char* at, void* mine, std::array<void*, 32>*& operands);
  void part();
  // Fails unless [p, p + bytes) lies in shared memory and p is a multiple of `alignment`.
  std::size_t shared_offset(const void* p, std::size_t bytes, std::size_t alignment, const char* what);

 private:
  struct Warp {
    std::uint32_t ready = 0;
    std::uint32_t alive = 0;
    Meeting meeting;
    ProductQueue products;
  };
  struct NamedBarrier {
    int arrived = 0, count = 0;
  };

  static void thread_entry();
  Warp& warp_of(const Thread& thread) { return warps_[thread.index / 32]; }
  static std::uint32_t lane_bit(const Thread& thread) { return 1U << (thread.index % 32); }
  std::uint64_t chance();
  Thread* pick();
  void switch_to(Thread& next);
  void wait(const char* at);
  bool finish_one();
  void run_another();
  void leave_if_stopped();
  void leave();
  void end_thread();

  BlockShape shape_;
  Schedule schedule_;
  std::stop_token stop_;
  std::byte* shared_;
  const std::function<void()>& body_;
  Fiber host_;
  std::vector<Thread> threads_;
  std::vector<Warp> warps_;
  Thread* running_ = nullptr;
  unsigned alive_ = 0;
  unsigned at_barrier_ = 0;
  std::array<NamedBarrier, 16> named_barriers_{};
  AsyncUnits units_;
  std::uint64_t random_;
  std::string error_;
  bool stopped_ = false;
  Counters counters_;
};

}  // namespace attnscope::emulation
