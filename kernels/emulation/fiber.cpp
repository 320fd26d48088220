#include "kernels/emulation/fiber.h"

#include <sys/mman.h>

#include <cstdint>

#include "core/error.h"

#if defined(__SANITIZE_ADDRESS__)
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace attnscope::emulation {
namespace {

constexpr std::size_t stack_size = 256U << 10U;
constexpr std::size_t guard_size = 4096;

// A fiber is left in the middle of its frames, and its memory may have been another's stack: what the sanitizer
// remembers of frames there is no longer true.
void forget_frames([[maybe_unused]] void* stack, [[maybe_unused]] std::size_t bytes) {
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(stack, bytes);
#endif
}

}  // namespace

#if defined(__x86_64__)
// Saves the registers that a function must keep and the stack pointer, and takes those of the other fiber: some ten
// instructions, where swapcontext makes two system calls.
extern "C" void attnscope_switch_stack(void** save, void* load);
__asm__(R"(.text
.globl attnscope_switch_stack
.type attnscope_switch_stack,@function
attnscope_switch_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp,(%rdi)
  movq %rsi,%rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size attnscope_switch_stack,.-attnscope_switch_stack
)");
#endif

// NOLINTNEXTLINE(modernize-use-equals-default): empty only without a sanitizer, where the processor is x86-64
Fiber::Fiber() {
#if !defined(__x86_64__)
  context_ = new ucontext_t;
#endif
#if defined(__SANITIZE_ADDRESS__)
  pthread_attr_t attributes;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &stack_, &stack_bytes_);
  pthread_attr_destroy(&attributes);
#endif
}

Fiber::Fiber(void (*entry)())
    : entry_(entry),
      mapping_(mmap(nullptr, guard_size + stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)),
      stack_bytes_(stack_size) {
  if (mapping_ == MAP_FAILED) throw Error("no memory for the stack of an emulated thread");
  mprotect(mapping_, guard_size, PROT_NONE);
  stack_ = static_cast<std::byte*>(mapping_) + guard_size;
#if !defined(__x86_64__)
  context_ = new ucontext_t;
#endif
  restart();
}

Fiber::~Fiber() {
  if (mapping_ != nullptr) munmap(mapping_, guard_size + stack_size);
#if !defined(__x86_64__)
  delete static_cast<ucontext_t*>(context_);
#endif
}

#if defined(__x86_64__)

void Fiber::restart() {
  forget_frames(stack_, stack_bytes_);
  auto* top = reinterpret_cast<std::uint64_t*>(static_cast<std::byte*>(stack_) + stack_bytes_);
  *--top = 0;  // no return address; the stack is 8 short of a multiple of 16 at the entry, as after a call
  *--top = reinterpret_cast<std::uint64_t>(entry_);
  for (int saved = 0; saved < 6; ++saved) *--top = 0;
  context_ = top;
}

static void switch_context(void*& from, void* to) { attnscope_switch_stack(&from, to); }

#else

void Fiber::restart() {
  forget_frames(stack_, stack_bytes_);
  auto* context = static_cast<ucontext_t*>(context_);
  getcontext(context);
  context->uc_stack.ss_sp = stack_;
  context->uc_stack.ss_size = stack_bytes_;
  context->uc_link = nullptr;
  makecontext(context, entry_, 0);
}

static void switch_context(void*& from, void* to) {
  swapcontext(static_cast<ucontext_t*>(from), static_cast<ucontext_t*>(to));
}

#endif

#if defined(__SANITIZE_ADDRESS__)

void Fiber::hand_over(Fiber& from, Fiber& to) {
  void* fake_stack = nullptr;
  __sanitizer_start_switch_fiber(&fake_stack, to.stack_, to.stack_bytes_);
  switch_context(from.context_, to.context_);
  __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
}

void Fiber::entered() { __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr); }

#else

void Fiber::hand_over(Fiber& from, Fiber& to) { switch_context(from.context_, to.context_); }

void Fiber::entered() {}

#endif

}  // namespace attnscope::emulation
