// The matrix units of sm_90 on the CPU (wgmma), a warp at a time: products of tiles that are read, and added to
// registers, when they are waited for or at once, by the schedule.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

namespace attnscope::emulation {

// A warp's quarter of d [64, n] += a [64, 16] * b: 16 rows of d and a.
struct WarpProduct {
  std::array<float*, 32> d;           // of each lane, n / 2 registers
  std::array<const unsigned*, 32> a;  // of each lane, 4 registers; null: a is in shared memory
  std::uint64_t a_tile, b_tile;       // descriptors
  unsigned n;
  bool add;  // else d is replaced
  float (*number)(std::uint16_t bits);
};

// Registers that products are adding to: their values, and so many products to come.
struct BusyRegisters {
  std::array<float*, 32> registers;
  std::vector<float> values;  // [32, n / 2]
  int products;
};

// What a warp has under way.
struct ProductQueue {
  bool begun = false;  // wgmma.fence since the last commit
  std::vector<WarpProduct> open;
  std::vector<BusyRegisters> busy;
  unsigned committed = 0, done = 0;  // batches
};

// Each lane's part.
struct ProductOperands {
  float* d;
  const unsigned* a;
  std::uint64_t a_tile, b_tile;
  unsigned n;
  bool add;
  float (*number)(std::uint16_t bits);
};

void products_begin();
void products_add(ProductOperands& mine);
void products_commit();
void products_wait(unsigned keep);

}  // namespace attnscope::emulation
