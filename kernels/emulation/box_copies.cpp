#include "kernels/emulation/box_copies.h"

#include <algorithm>
#include <cstring>

#include "kernels/emulation/block.h"
#include "kernels/emulation/mbarrier.h"

namespace attnscope::emulation {
namespace {

using kernels::BoxedMatrix;

constexpr int columns = 64;  // of a box
constexpr int row_bytes = 2 * columns;
constexpr int chunk = 8;  // numbers of 16 bytes, which the swizzle moves together

int box_bytes(const BoxedMatrix& matrix) { return matrix.box_rows * row_bytes; }

void land(std::byte* shared, std::uint32_t offset, const BoxedMatrix& matrix, int row, int column) {
  for (int r = 0; r < matrix.box_rows; ++r) {
    for (int c = 0; c < columns; c += chunk) {
      std::byte* to = shared + swizzled(offset + static_cast<std::uint32_t>(r * row_bytes + c * 2));
      std::memset(to, 0, 2 * chunk);
      const int there = row + r < matrix.rows ? std::clamp(matrix.width - column - c, 0, chunk) : 0;
      const auto* numbers = static_cast<const std::uint16_t*>(matrix.data);
      const std::int64_t place = static_cast<std::int64_t>(row + r) * matrix.width + column + c;
      if (there > 0) std::memcpy(to, numbers + place, 2 * static_cast<std::size_t>(there));
    }
  }
}

}  // namespace

kernels::TensorMap tensor_map(const BoxedMatrix& matrix) {
  kernels::TensorMap map{};
  std::memcpy(map.words, &matrix, sizeof(matrix));
  return map;
}

void acquire_map(const kernels::TensorMap& map) { Block::current().thread().acquired_maps.push_back(&map); }

void copy_box(void* to, const kernels::TensorMap& map, int row, int column, std::uint64_t& barrier) {
  Block& block = Block::current();
  const auto& acquired = block.thread().acquired_maps;
  if (std::find(acquired.begin(), acquired.end(), &map) == acquired.end())
    block.fail({"copy of a box: by a map that the thread has not acquired"});
  mbarrier_check_published(barrier);
  BoxedMatrix matrix{};
  std::memcpy(&matrix, map.words, sizeof(matrix));
  const auto bytes = static_cast<std::size_t>(box_bytes(matrix));
  const auto offset = static_cast<std::uint32_t>(block.shared_offset(to, bytes, 1024, "copy of a box"));
  block.counters().async_bytes += bytes;
  std::memset(to, 0xff, bytes);
  block.later({std::nullopt, [=, &block, &barrier] {
                 land(block.shared(), offset, matrix, row, column);
                 mbarrier_land(barrier, box_bytes(matrix));
               }});
}

}  // namespace attnscope::emulation
