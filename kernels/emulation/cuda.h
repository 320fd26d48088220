// What a kernel's source finds of CUDA C++ under the host compiler: keywords, built-in variables and functions, with
// CUDA's own names. As much of it as our kernels use.
#pragma once
#include <array>
#include <cmath>

#include "kernels/emulation/block.h"

// NOLINTBEGIN(bugprone-reserved-identifier,cppcoreguidelines-macro-usage): the names and kinds are CUDA's.
#define __global__ [[maybe_unused]] static
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)

namespace attnscope::emulation {

struct Dimension {
  unsigned x;
};

// All 32 lanes meet, each with a `mine`; the last of them calls act(operands by lane).
template <class Operand, class Act>
void together(const char* at, Operand& mine, Act&& act) {
  Block& block = Block::current();
  std::array<void*, 32>* operands = nullptr;
  if (!block.meet(at, &mine, operands)) return;
  std::array<Operand*, 32> lanes{};
  for (std::size_t lane = 0; lane < 32; ++lane) lanes[lane] = static_cast<Operand*>((*operands)[lane]);
  act(lanes);
  block.part();
}

template <class T>
T shuffle(const char* at, unsigned mask, T value, unsigned source) {
  struct Operand {
    T value, result;
    unsigned source;
  } mine{value, value, source};
  if (mask != ~0U) Block::current().fail({at, ": only whole warps are emulated"});
  together(at, mine, [](auto& lanes) {
    for (auto* lane : lanes) lane->result = lanes[lane->source % 32]->value;
  });
  return mine.result;
}

}  // namespace attnscope::emulation

#define threadIdx (::attnscope::emulation::Dimension{::attnscope::emulation::Block::current().thread().index})
#define blockIdx (::attnscope::emulation::Dimension{::attnscope::emulation::Block::current().shape().index})

inline void __syncthreads() { ::attnscope::emulation::Block::current().barrier(); }

template <class T>
T __shfl_xor_sync(unsigned mask, T value, int distance) {
  const unsigned lane = threadIdx.x % 32;
  return ::attnscope::emulation::shuffle("shfl.bfly", mask, value, lane ^ static_cast<unsigned>(distance));
}
// NOLINTEND(bugprone-reserved-identifier,cppcoreguidelines-macro-usage)
