// The one loop that does nearly all the work: a register block of sums of products, `rows` broadcasts times `vectors`
// vectors. Compiled for each instruction set; exp2-inl.h and the kernels build on it.
#if defined(ATTNSCOPE_CPU_MICRO_KERNEL_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTNSCOPE_CPU_MICRO_KERNEL_INL_H
#undef ATTNSCOPE_CPU_MICRO_KERNEL_INL_H
#else
#define ATTNSCOPE_CPU_MICRO_KERNEL_INL_H
#endif

#include <cstddef>
#include <cstdint>

#include "hwy/cache_control.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace attnscope::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Ints = hn::RebindToSigned<Floats>;
using Vector = hn::Vec<Floats>;

// 24 sums, 3 vectors and 1 broadcast fit 32 registers; 12, 3 and 1 fit 16.
constexpr int vector_lanes = HWY_LANES(float);
constexpr int rows = vector_lanes == 16 || HWY_ARCH_ARM_A64 ? 8 : 4;
constexpr int vectors = 3;
constexpr int lanes = vectors * vector_lanes;
using Block = Vector[rows][vectors];

HWY_INLINE Vector load(const float* from) { return hn::Load(Floats(), from); }
HWY_INLINE void store(float* to, Vector v) { hn::Store(v, Floats(), to); }
HWY_INLINE Vector splat(float x) { return hn::Set(Floats(), x); }

// A block in memory is [rows, lanes], 64-byte aligned.
HWY_INLINE void store_block(const Block& block, float* to) {
#pragma GCC unroll 8
  for (int i = 0; i < rows; ++i)
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) store(to + i * lanes + j * vector_lanes, block[i][j]);
}
HWY_INLINE void load_block(const float* from, Block& block) {
#pragma GCC unroll 8
  for (int i = 0; i < rows; ++i)
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) block[i][j] = load(from + i * lanes + j * vector_lanes);
}
HWY_INLINE void add_stored(const float* from, Block& block) {
#pragma GCC unroll 8
  for (int i = 0; i < rows; ++i)
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) block[i][j] = hn::Add(block[i][j], load(from + i * lanes + j * vector_lanes));
}
HWY_INLINE void clear_block(Block& block) {
#pragma GCC unroll 8
  for (int i = 0; i < rows; ++i)
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) block[i][j] = hn::Zero(Floats());
}

// sums[i][:] += sum over k < depth of a[i * row_step + k * depth_step] * b[k][:], with b [depth, lanes].
// `ahead` is called once for each k, to prefetch.
template <class Ahead>
HWY_INLINE void add_products(const float* HWY_RESTRICT a, std::ptrdiff_t row_step, std::ptrdiff_t depth_step,
                             const float* HWY_RESTRICT b, std::int64_t depth, Block& sums, Ahead ahead) {
#pragma GCC unroll 2
  for (std::int64_t k = 0; k < depth; ++k) {
    Vector right[vectors];
#pragma GCC unroll 3
    for (int j = 0; j < vectors; ++j) right[j] = load(b + j * vector_lanes);
    ahead(k);
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i) {
      const Vector left = splat(a[i * row_step]);
#pragma GCC unroll 3
      for (int j = 0; j < vectors; ++j) sums[i][j] = hn::MulAdd(left, right[j], sums[i][j]);
    }
    a += depth_step;
    b += lanes;
  }
}

}  // namespace attnscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
