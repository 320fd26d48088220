// A block of stored numbers [blocks, rows, cols] with its owner: allocated memory or a mapped file.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/dtype.h"
#include "core/view.h"

namespace attnscope {

// Shared and immutable once filled; copies share the memory. C order, no gaps between rows.
class Tensor {
 public:
  Tensor() = default;

  // Memory of its own, 64-byte aligned, not initialised. Throws Error where there is not enough memory or a size is
  // negative.
  static Tensor allocate(DType dtype, std::int64_t blocks, std::int64_t rows, std::int64_t cols);
  // Somebody else's memory, kept alive by `owner`.
  static Tensor borrow(std::shared_ptr<const void> owner, const void* data, DType dtype, std::int64_t blocks,
                       std::int64_t rows, std::int64_t cols);

  DType dtype() const { return dtype_; }
  std::int64_t blocks() const { return blocks_; }
  std::int64_t rows() const { return rows_; }
  std::int64_t cols() const { return cols_; }
  std::size_t bytes() const { return static_cast<std::size_t>(blocks_ * rows_ * cols_) * size_of(dtype_); }
  bool empty() const { return bytes() == 0; }
  const void* data() const { return data_; }
  // To fill what allocate() gave; null for borrowed memory.
  void* mutable_data() { return own_; }
  float* mutable_f32() { return static_cast<float*>(own_); }
  const float* f32() const { return static_cast<const float*>(data_); }

  // Block b as a matrix [rows, cols].
  MatrixView block(std::int64_t b) const {
    return {static_cast<const std::byte*>(data_) + static_cast<std::size_t>(b * rows_ * cols_) * size_of(dtype_), rows_,
            cols_, cols_, dtype_};
  }

 private:
  std::shared_ptr<const void> owner_;
  const void* data_ = nullptr;
  void* own_ = nullptr;
  DType dtype_ = DType::f32;
  std::int64_t blocks_ = 0;
  std::int64_t rows_ = 0;
  std::int64_t cols_ = 0;
};

}  // namespace attnscope
