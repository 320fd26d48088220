#include "core/tensor.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>

#include "core/error.h"

namespace attnscope {
namespace {

TEST(TensorTest, AllocatedMemoryIsAlignedTo64BytesAndSharedByCopies) {
  Tensor tensor = Tensor::allocate(DType::f32, 2, 3, 5);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data()) % 64, 0U);
  EXPECT_EQ(tensor.bytes(), 2U * 3 * 5 * 4);
  const Tensor copy = tensor;
  tensor.mutable_f32()[29] = 7;
  EXPECT_EQ(copy.f32()[29], 7);
}

TEST(TensorTest, AnEmptyTensorHasNoBytes) {
  EXPECT_TRUE(Tensor().empty());
  EXPECT_TRUE(Tensor::allocate(DType::f16, 4, 0, 8).empty());
}

TEST(TensorTest, BorrowedMemoryIsKeptAliveAndNotWritable) {
  auto owner = std::make_shared<std::array<float, 4>>(std::array<float, 4>{1, 2, 3, 4});
  const std::weak_ptr<std::array<float, 4>> watch = owner;
  Tensor tensor = Tensor::borrow(owner, owner->data(), DType::f32, 1, 2, 2);
  owner.reset();
  EXPECT_FALSE(watch.expired());
  EXPECT_EQ(tensor.block(0).at(1, 1), 4);
  EXPECT_EQ(tensor.mutable_data(), nullptr);
  tensor = {};
  EXPECT_TRUE(watch.expired());
}

TEST(TensorTest, ABlockIsAMatrixOfItsPart) {
  Tensor tensor = Tensor::allocate(DType::bf16, 3, 2, 4);
  auto* numbers = static_cast<std::uint16_t*>(tensor.mutable_data());
  for (int t = 0; t < 24; ++t) numbers[t] = bf16_from_float(static_cast<float>(t));
  const MatrixView block = tensor.block(2);
  EXPECT_EQ(block.rows, 2);
  EXPECT_EQ(block.cols, 4);
  EXPECT_EQ(block.at(0, 0), 16);
  EXPECT_EQ(block.at(1, 3), 23);
}

TEST(TensorTest, MoreMemoryThanThereIsAnError) {
  const std::int64_t huge = std::int64_t{1} << 31U;
  EXPECT_THROW(Tensor::allocate(DType::f32, 1, huge, huge), Error);
  EXPECT_THROW(Tensor::allocate(DType::f32, huge, huge, huge), Error);
  EXPECT_THROW(Tensor::allocate(DType::f32, 1, -1, 8), Error);
}

TEST(MatrixViewTest, RowsAreAStrideApartInEveryType) {
  const std::array<float, 10> f32 = {1, 2, 3, 0, 0, 4, 5, 6, 0, 0};
  std::array<std::uint16_t, 10> f16{}, bf16{};
  for (std::size_t t = 0; t < f32.size(); ++t) {
    f16[t] = f16_from_float(f32[t]);
    bf16[t] = bf16_from_float(f32[t]);
  }
  EXPECT_EQ((MatrixView{f32.data(), 2, 3, 5, DType::f32}.at(1, 2)), 6);
  EXPECT_EQ((MatrixView{f16.data(), 2, 3, 5, DType::f16}.at(1, 2)), 6);
  EXPECT_EQ((MatrixView{bf16.data(), 2, 3, 5, DType::bf16}.at(1, 2)), 6);
}

TEST(MatrixViewTest, ASliceStartsAtItsFirstRow) {
  const std::array<float, 6> numbers = {1, 2, 3, 4, 5, 6};
  const MatrixView view{numbers.data(), 3, 2, 2, DType::f32};
  EXPECT_EQ(view.slice_rows(1, 2).at(0, 0), 3);
  EXPECT_EQ(view.slice_rows(1, 2).rows, 2);
  EXPECT_EQ(view.slice_rows(3, 0).rows, 0);
}

}  // namespace
}  // namespace attnscope
