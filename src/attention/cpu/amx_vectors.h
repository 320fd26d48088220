// Vectors of 16 numbers for the kernel on tile registers: the compiler's own vector types, so that the tests' model of
// the registers runs on any processor. ATTNSCOPE_AVX512_VECTORS: what includes this is compiled for AVX-512.
#pragma once
#include <cstdint>
#include <cstring>
#include <utility>

#include "core/dtype.h"

namespace attnscope::cpu {

constexpr int vector_lanes = 16;
using Word = std::uint32_t;  // two halves; the one at the even place is the low one
using Floats = float __attribute__((vector_size(64)));
using Words = Word __attribute__((vector_size(64)));
using Ints = std::int32_t __attribute__((vector_size(64)));
#define ATTNSCOPE_INLINE inline __attribute__((always_inline))

ATTNSCOPE_INLINE Floats splat(float x) { return x - Floats{}; }
template <class Vector, class Number>
ATTNSCOPE_INLINE Vector load_as(const Number* from) {
  Vector x;
  std::memcpy(&x, from, sizeof x);
  return x;
}
ATTNSCOPE_INLINE Floats load(const float* from) { return load_as<Floats>(from); }
ATTNSCOPE_INLINE void store(Floats x, float* to) { std::memcpy(to, &x, sizeof x); }
// The first `count` numbers, the rest 0; all of them at once where it is a whole vector.
ATTNSCOPE_INLINE Floats load_some(const float* from, std::int64_t count) {
  if (count == vector_lanes) return load(from);
  Floats x = {};
  std::memcpy(&x, from, static_cast<std::size_t>(count) * sizeof(float));
  return x;
}
ATTNSCOPE_INLINE void store_some(Floats x, float* to, std::int64_t count) {
  if (count == vector_lanes) return store(x, to);
  std::memcpy(to, &x, static_cast<std::size_t>(count) * sizeof(float));
}
ATTNSCOPE_INLINE void store(Words x, Word* to) { std::memcpy(to, &x, sizeof x); }

ATTNSCOPE_INLINE Words bits_of(Floats x) { return reinterpret_cast<Words>(x); }
ATTNSCOPE_INLINE Floats floats_of(Words x) { return reinterpret_cast<Floats>(x); }

// y where one of them is NaN.
ATTNSCOPE_INLINE Floats larger(Floats x, Floats y) {
#ifdef ATTNSCOPE_AVX512_VECTORS  // GCC makes two instructions of the words
  Floats most;
  asm("vmaxps %2, %1, %0" : "=v"(most) : "v"(x), "v"(y));
  return most;
#else
  return x > y ? x : y;
#endif
}

// 2^x for x up to about 1: the polynomial of exp2-inl.h, relative error 2e-7; exactly 0 below -127. Each step for all
// vectors, so that none has to wait for itself.
template <int count>
ATTNSCOPE_INLINE void exp2_bounded(Floats (&x)[count]) {
  constexpr float shift = 12582912.0F;  // 1.5 * 2^23: adding it rounds to a whole number, kept in the low bits
  constexpr float factors[] = {0.009671512991189957F, 0.05550733581185341F, 0.24022242426872253F, 0.6931470036506653F,
                               1.0F};
  Floats shifted[count];
  Floats p[count];
#pragma GCC unroll 4
  for (int i = 0; i < count; ++i) x[i] = larger(x[i], splat(-127.0F));
#pragma GCC unroll 4
  for (int i = 0; i < count; ++i) shifted[i] = x[i] + shift;
#pragma GCC unroll 4
  for (int i = 0; i < count; ++i) p[i] = shifted[i] - shift;
#pragma GCC unroll 4
  for (int i = 0; i < count; ++i) x[i] -= p[i];
#pragma GCC unroll 4
  for (int i = 0; i < count; ++i) p[i] = splat(0.001326472731307149F);
#pragma GCC unroll 5
  for (const float factor : factors) {
#pragma GCC unroll 4
    for (int i = 0; i < count; ++i) p[i] = p[i] * x[i] + factor;
  }
#pragma GCC unroll 4
  for (int i = 0; i < count; ++i) x[i] = floats_of(bits_of(p[i]) + (bits_of(shifted[i]) << 23U));
}

// The 8 leading bits of each number, the rest cut off, as a float.
ATTNSCOPE_INLINE Floats cut_to_bf16(Floats x) { return floats_of(bits_of(x) & 0xffff0000U); }

// Cutting what this gives rounds x to the nearest bf16.
ATTNSCOPE_INLINE Floats raised_for_bf16(Floats x) { return floats_of(bits_of(x) + 0x8000U); }

// Of each place, the 8 leading bits of both numbers as bf16.
ATTNSCOPE_INLINE Words pair_of(Floats even, Floats odd) {
  return (bits_of(even) >> 16U) | (bits_of(odd) & 0xffff0000U);
}

// 16 numbers of a type as floats, exactly; subnormals, infinities and NaN included.
template <DType dtype, class Number>
ATTNSCOPE_INLINE Floats widened(const Number* from) {
  if constexpr (dtype == DType::f32) {
    return load(from);
  } else {
    using Halves = std::uint16_t __attribute__((vector_size(32)));
    const Words halves = __builtin_convertvector(load_as<Halves>(from), Words);
    if constexpr (dtype == DType::bf16) return floats_of(halves << 16U);
    const Words sign = (halves & 0x8000U) << 16U;
    const Words bits = bits_of(floats_of((halves & 0x7fffU) << 13U) * 0x1p112F);
    const Words special = (halves & 0x7c00U) == 0x7c00U ? bits | 0x7f800000U : bits;
    return floats_of(special | sign);
  }
}

// Exchanges the bit `bit` of the numbers of rows and columns of two rows that differ in it.
template <Word bit, Word... column>
ATTNSCOPE_INLINE void exchange(Words& low, Words& high, std::integer_sequence<Word, column...> /*columns*/) {
  const Words x = low;
  low = __builtin_shufflevector(x, high, (column & bit ? 16 + (column ^ bit) : column)...);
  high = __builtin_shufflevector(x, high, (column & bit ? 16 + column : column ^ bit)...);
}
template <Word bit>
ATTNSCOPE_INLINE void exchange_all(Words (&rows)[vector_lanes]) {
#pragma GCC unroll 16
  for (Word row = 0; row < vector_lanes; ++row) {
    if ((row & bit) == 0) exchange<bit>(rows[row], rows[row | bit], std::make_integer_sequence<Word, vector_lanes>());
  }
}
// Rows become columns.
ATTNSCOPE_INLINE void transpose(Words (&rows)[vector_lanes]) {
  exchange_all<1>(rows);
  exchange_all<2>(rows);
  exchange_all<4>(rows);
  exchange_all<8>(rows);
}

}  // namespace attnscope::cpu
