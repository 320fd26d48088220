#include "core/tensor.h"

#include <cstdlib>
#include <string>

#include "core/error.h"

namespace attnscope {
namespace {

// So that the bytes of any type, rounded up, are far from overflow.
constexpr std::int64_t most = std::int64_t{1} << 60U;

}  // namespace

Tensor Tensor::allocate(DType dtype, std::int64_t blocks, std::int64_t rows, std::int64_t cols) {
  const std::string shape = std::to_string(blocks) + " x " + std::to_string(rows) + " x " + std::to_string(cols);
  if (blocks < 0 || rows < 0 || cols < 0) throw Error("a tensor of " + shape + " numbers cannot be");
  std::int64_t numbers = 0;
  if (__builtin_mul_overflow(blocks, rows, &numbers) || __builtin_mul_overflow(numbers, cols, &numbers) ||
      numbers > most) {
    throw Error("not enough memory for a tensor of " + shape + " numbers");
  }
  Tensor tensor = borrow(nullptr, nullptr, dtype, blocks, rows, cols);
  const std::size_t rounded = (tensor.bytes() + 63) / 64 * 64;
  const std::shared_ptr<void> memory(std::aligned_alloc(64, rounded == 0 ? 64 : rounded), std::free);
  if (memory == nullptr) throw Error("not enough memory for a tensor of " + shape + " numbers");
  tensor.owner_ = memory;
  tensor.data_ = memory.get();
  tensor.own_ = memory.get();
  return tensor;
}

Tensor Tensor::borrow(std::shared_ptr<const void> owner, const void* data, DType dtype, std::int64_t blocks,
                      std::int64_t rows, std::int64_t cols) {
  Tensor tensor;
  tensor.owner_ = std::move(owner);
  tensor.data_ = data;
  tensor.dtype_ = dtype;
  tensor.blocks_ = blocks;
  tensor.rows_ = rows;
  tensor.cols_ = cols;
  return tensor;
}

}  // namespace attnscope
