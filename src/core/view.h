// A matrix of stored numbers that somebody else owns.
#pragma once
#include <cstddef>
#include <cstdint>

#include "core/dtype.h"

namespace attnscope {

// `rows` x `cols` numbers of one type; row r starts `r * stride` numbers after `data`. `data` may be null if empty.
struct MatrixView {
  const void* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  std::int64_t stride = 0;
  DType dtype = DType::f32;

  const void* row(std::int64_t r) const {
    return static_cast<const std::byte*>(data) + static_cast<std::size_t>(r * stride) * size_of(dtype);
  }
  const float* row_f32(std::int64_t r) const { return static_cast<const float*>(data) + r * stride; }
  double at(std::int64_t r, std::int64_t c) const {
    const void* p = row(r);
    if (dtype == DType::f32) return static_cast<const float*>(p)[c];
    const std::uint16_t bits = static_cast<const std::uint16_t*>(p)[c];
    return dtype == DType::f16 ? float_from_f16(bits) : float_from_bf16(bits);
  }
  MatrixView slice_rows(std::int64_t begin, std::int64_t count) const {
    return {count == 0 ? data : row(begin), count, cols, stride, dtype};
  }
};

}  // namespace attnscope
