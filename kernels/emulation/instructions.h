// kernels/instructions.h for the host compiler: what each instruction does, lane by lane.
#pragma once
#include <bit>
#include <cstdint>

#include "core/dtype.h"
#include "kernels/device.h"
#include "kernels/emulation/async_copies.h"

namespace attnscope::kernels {

struct F16 {
  std::uint16_t bits;
};
struct BF16 {
  std::uint16_t bits;
};

inline float to_float(float x) { return x; }
inline float to_float(F16 x) { return float_from_f16(x.bits); }
inline float to_float(BF16 x) { return float_from_bf16(x.bits); }

inline unsigned bits_of(float x) { return std::bit_cast<unsigned>(x); }
inline float float_of(unsigned bits) { return std::bit_cast<float>(bits); }

inline float exp2_fast(float x) { return std::exp2(x); }

inline unsigned pack(F16 /*type*/, float low, float high) {
  return f16_from_float(low) | static_cast<unsigned>(f16_from_float(high)) << 16U;
}
inline unsigned pack(BF16 /*type*/, float low, float high) {
  return bf16_from_float(low) | static_cast<unsigned>(bf16_from_float(high)) << 16U;
}

// Number `which` (0, 1) of a packed pair.
template <class Number>
float unpacked(unsigned pair, unsigned which) {
  return to_float(Number{static_cast<std::uint16_t>(pair >> (16 * which))});
}

// One lane's part of mma.m16n8k16: lane 4 g + t holds rows g and g + 8 of a and d, column g of b.
struct ProductOperands {
  float* d;
  const unsigned* a;
  unsigned b[2];
};

template <class Number>
void multiply_lanes(const std::array<ProductOperands*, 32>& lanes) {
  float a[16][16], b[16][8];
  for (unsigned lane = 0; lane < 32; ++lane) {
    const unsigned g = lane / 4, t = lane % 4 * 2;
    for (unsigned e = 0; e < 2; ++e) {
      for (unsigned i = 0; i < 4; ++i) a[g + (i % 2) * 8][t + (i / 2) * 8 + e] = unpacked<Number>(lanes[lane]->a[i], e);
      for (unsigned i = 0; i < 2; ++i) b[t + i * 8 + e][g] = unpacked<Number>(lanes[lane]->b[i], e);
    }
  }
  for (unsigned lane = 0; lane < 32; ++lane) {
    const unsigned g = lane / 4, t = lane % 4 * 2;
    for (unsigned i = 0; i < 4; ++i) {
      float sum = 0;
      for (unsigned k = 0; k < 16; ++k) sum += a[g + (i / 2) * 8][k] * b[k][t + i % 2];
      lanes[lane]->d[i] += sum;
    }
  }
  ++emulation::Block::current().counters().matrix_products;
}

template <class Number>
void multiply(Number /*type*/, float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
  ProductOperands mine{d, a, {b0, b1}};
  emulation::together("mma.m16n8k16", mine, multiply_lanes<Number>);
}

struct LoadOperands {
  unsigned* r;
  const void* row;
};

// A row of 16 bytes takes four banks of the 32: two rows of one matrix in the same four wait for each other.
inline void count_bank_conflicts(const std::array<LoadOperands*, 32>& lanes, emulation::Block& block) {
  for (std::size_t matrix = 0; matrix < 4; ++matrix) {
    unsigned taken = 0;
    for (std::size_t row = 0; row < 8; ++row) {
      const std::size_t offset = block.shared_offset(lanes[matrix * 8 + row]->row, 16, 16, "ldmatrix");
      const unsigned banks = 1U << (offset / 16 % 8);
      if ((taken & banks) != 0) ++block.counters().bank_conflicts;
      taken |= banks;
    }
  }
}

inline void load_lanes(const std::array<LoadOperands*, 32>& lanes, bool transposed) {
  count_bank_conflicts(lanes, emulation::Block::current());
  for (std::size_t lane = 0; lane < 32; ++lane) {
    for (std::size_t matrix = 0; matrix < 4; ++matrix) {
      unsigned pair = 0;
      for (std::size_t e = 0; e < 2; ++e) {
        const std::size_t long_way = lane % 4 * 2 + e, short_way = lane / 4;
        const std::size_t row = transposed ? long_way : short_way, column = transposed ? short_way : long_way;
        const auto* numbers = static_cast<const std::uint16_t*>(lanes[matrix * 8 + row]->row);
        pair |= static_cast<unsigned>(numbers[column]) << (16 * e);
      }
      lanes[lane]->r[matrix] = pair;
    }
  }
}

inline void load_matrices(unsigned (&r)[4], const void* row) {
  LoadOperands mine{r, row};
  emulation::together("ldmatrix", mine, [](const auto& lanes) { load_lanes(lanes, false); });
}
inline void load_matrices_transposed(unsigned (&r)[4], const void* row) {
  LoadOperands mine{r, row};
  emulation::together("ldmatrix.trans", mine, [](const auto& lanes) { load_lanes(lanes, true); });
}

inline void copy_16_bytes(void* to, const void* from, bool there) {
  emulation::async_copy(to, there ? from : nullptr, 16);
}
inline void commit_copies() { emulation::async_commit(); }
template <int keep>
void wait_for_copies() {
  emulation::async_wait(keep);
}

}  // namespace attnscope::kernels
