// A stack of its own on which a function runs until it hands over: one CUDA thread of an emulated block. Nothing here
// knows of CUDA.
#pragma once
#include <cstddef>

namespace attnscope::emulation {

class Fiber {
 public:
  // The calling thread itself: something to come back to.
  Fiber();
  // `entry` runs on a new stack, with a guard page below it, at the first switch. It must never return.
  explicit Fiber(void (*entry)());
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Forgets where the fiber was: the next switch enters `entry` anew. Destructors of what lay on its stack do not run.
  void restart();

  // Runs `to` from where it last handed over; returns when somebody switches back to `from`, which must be the caller.
  static void hand_over(Fiber& from, Fiber& to);

  // The first thing that an entry does.
  static void entered();

 private:
  void (*entry_)() = nullptr;
  void* mapping_ = nullptr;  // guard page and stack
  void* stack_ = nullptr;    // lowest address
  std::size_t stack_bytes_ = 0;
  void* context_ = nullptr;  // stack pointer, or a ucontext_t where the switch is the system's
};

}  // namespace attnscope::emulation
