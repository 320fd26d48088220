#include "core/tensor.h"

#include <cstdlib>
#include <string>

#include "core/error.h"

namespace attnscope {

Tensor Tensor::allocate(DType dtype, std::int64_t blocks, std::int64_t rows, std::int64_t cols) {
  Tensor tensor = borrow(nullptr, nullptr, dtype, blocks, rows, cols);
  const std::size_t rounded = (tensor.bytes() + 63) / 64 * 64;
  void* memory = std::aligned_alloc(64, rounded == 0 ? 64 : rounded);
  if (memory == nullptr) throw Error("not enough memory for " + std::to_string(rounded) + " bytes");
  tensor.owner_ = std::shared_ptr<const void>(memory, std::free);
  tensor.data_ = memory;
  tensor.own_ = memory;
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
