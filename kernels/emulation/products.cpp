#include "kernels/emulation/products.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "kernels/emulation/box_copies.h"
#include "kernels/emulation/cuda.h"

namespace attnscope::emulation {
namespace {

constexpr unsigned depth = 16;  // columns of a
constexpr unsigned rows = 16;   // of a warp
constexpr unsigned most = 256;  // columns of d

// A matrix descriptor (PTX ISA, "Matrix Descriptor Format"); lengths in bytes.
struct Tile {
  std::uint32_t first, box_distance, eight_rows_distance;

  explicit Tile(std::uint64_t descriptor)
      : first(field(descriptor, 0)), box_distance(field(descriptor, 16)), eight_rows_distance(field(descriptor, 32)) {
    constexpr std::uint64_t swizzle_128 = 1;
    if (descriptor >> 62U != swizzle_128) Block::current().fail({"wgmma: a tile of another swizzle than 128 bytes"});
    if ((descriptor >> 49U & 7U) != 0) Block::current().fail({"wgmma: a tile with a base offset"});
  }
  // The chunk of 8 numbers that begins at this row and column.
  const std::uint16_t* chunk(unsigned row, unsigned column) const {
    const std::uint32_t offset =
        first + row / 8 * eight_rows_distance + row % 8 * 128 + column / 64 * box_distance + column % 64 * 2;
    Block& block = Block::current();
    const std::byte* at = block.shared() + swizzled(offset);
    block.shared_offset(at, 16, 16, "wgmma");
    return reinterpret_cast<const std::uint16_t*>(at);
  }

 private:
  static std::uint32_t field(std::uint64_t descriptor, unsigned at) {
    return static_cast<std::uint32_t>(descriptor >> at & 0x3fffU) << 4U;
  }
};

struct Factors {
  float a[rows][depth];
  float b[depth][most];
};

void read_a(const WarpProduct& product, unsigned warp, Factors& factors) {
  if (product.a[0] == nullptr) {
    const Tile tile(product.a_tile);
    for (unsigned r = 0; r < rows; ++r) {
      for (unsigned k = 0; k < depth; ++k)
        factors.a[r][k] = product.number(tile.chunk(warp % 4 * rows + r, k / 8 * 8)[k % 8]);
    }
    return;
  }
  for (unsigned lane = 0; lane < 32; ++lane) {
    for (unsigned i = 0; i < 4; ++i) {
      for (unsigned e = 0; e < 2; ++e) {
        const auto bits = static_cast<std::uint16_t>(product.a[lane][i] >> (16 * e));
        factors.a[lane / 4 + i % 2 * 8][lane % 4 * 2 + i / 2 * 8 + e] = product.number(bits);
      }
    }
  }
}

// b is [n, 16] where a is in shared memory, [16, n] where it is in registers: as our kernels have them.
void read_b(const WarpProduct& product, Factors& factors) {
  const Tile tile(product.b_tile);
  const bool across = product.a[0] != nullptr;
  const unsigned lines = across ? depth : product.n, length = across ? product.n : depth;
  for (unsigned line = 0; line < lines; ++line) {
    for (unsigned begin = 0; begin < length; begin += 8) {
      const std::uint16_t* numbers = tile.chunk(line, begin);
      for (unsigned e = 0; e < 8; ++e) {
        float& to = across ? factors.b[line][begin + e] : factors.b[begin + e][line];
        to = product.number(numbers[e]);
      }
    }
  }
}

// What is added to register i of a lane is row lane / 4 (+ 8), columns 2 (lane % 4) and the next of each 8.
void execute(const WarpProduct& product, unsigned warp, const std::array<float*, 32>& d) {
  Factors factors{};
  read_a(product, warp, factors);
  read_b(product, factors);
  float sums[rows][most] = {};
  for (unsigned r = 0; r < rows; ++r) {
    for (unsigned k = 0; k < depth; ++k) {
      const float a = factors.a[r][k];
      for (unsigned c = 0; c < product.n; ++c) sums[r][c] += a * factors.b[k][c];
    }
  }
  for (unsigned lane = 0; lane < 32; ++lane) {
    for (unsigned i = 0; i < product.n / 2; ++i) {
      const float sum = sums[lane / 4 + i / 2 % 2 * 8][i / 4 * 8 + lane % 4 * 2 + i % 2];
      d[lane][i] = product.add ? d[lane][i] + sum : sum;
    }
  }
  ++Block::current().counters().matrix_products;
}

BusyRegisters* find_busy(ProductQueue& queue, const float* lane_0) {
  const auto found = std::find_if(queue.busy.begin(), queue.busy.end(),
                                  [&](const BusyRegisters& busy) { return busy.registers[0] == lane_0; });
  return found == queue.busy.end() ? nullptr : &*found;
}

// From here on the registers are the matrix unit's: they read as NaN, and what is written to them is lost.
void take_registers(ProductQueue& queue, const WarpProduct& product) {
  BusyRegisters* busy = find_busy(queue, product.d[0]);
  if (busy == nullptr) {
    busy = &queue.busy.emplace_back(BusyRegisters{product.d, {}, 0});
    for (float* d : product.d) {
      busy->values.insert(busy->values.end(), d, d + product.n / 2);
      std::fill_n(d, product.n / 2, std::numeric_limits<float>::quiet_NaN());
    }
  }
  ++busy->products;
}

void finish(ProductQueue& queue, const WarpProduct& product, unsigned warp) {
  BusyRegisters* busy = find_busy(queue, product.d[0]);
  std::array<float*, 32> values{};
  for (unsigned lane = 0; lane < 32; ++lane) values[lane] = busy->values.data() + lane * (product.n / 2);
  execute(product, warp, values);
  if (--busy->products > 0) return;
  for (unsigned lane = 0; lane < 32; ++lane) std::copy_n(values[lane], product.n / 2, product.d[lane]);
  queue.busy.erase(queue.busy.begin() + (busy - queue.busy.data()));
}

}  // namespace

void products_begin() {
  int nothing = 0;
  together("wgmma.fence", nothing, [](auto&) { Block::current().products().begun = true; });
}

void products_add(ProductOperands& mine) {
  together("wgmma", mine, [](const std::array<ProductOperands*, 32>& lanes) {
    Block& block = Block::current();
    ProductQueue& queue = block.products();
    const ProductOperands& first = *lanes[0];
    if (!queue.begun) block.fail({"wgmma: registers were not given over by wgmma.fence"});
    WarpProduct product{{}, {}, first.a_tile, first.b_tile, first.n, first.add, first.number};
    for (std::size_t lane = 0; lane < 32; ++lane) {
      const ProductOperands& one = *lanes[lane];
      if (one.a_tile != first.a_tile || one.b_tile != first.b_tile || one.n != first.n || one.add != first.add)
        block.fail({"wgmma: lanes differ in their tiles"});
      product.d[lane] = one.d;
      product.a[lane] = one.a;
    }
    if (!block.schedule().late_copies) return execute(product, block.thread().index / 32, product.d);
    take_registers(queue, product);
    queue.open.push_back(product);
  });
}

void products_commit() {
  int nothing = 0;
  together("wgmma.commit_group", nothing, [](auto&) {
    Block& block = Block::current();
    ProductQueue& queue = block.products();
    const unsigned warp = block.thread().index / 32;
    queue.begun = false;
    ++queue.committed;
    block.later({warp, [&block, &queue, warp, batch = std::exchange(queue.open, {})] {
                   for (const WarpProduct& product : batch) finish(queue, product, warp);
                   ++queue.done;
                   block.wake(&queue.done);
                 }});
  });
}

void products_wait(unsigned keep) {
  Block& block = Block::current();
  const ProductQueue& queue = block.products();
  while (queue.done + keep < queue.committed) block.wait_for("wgmma.wait_group", &queue.done);
}

}  // namespace attnscope::emulation
