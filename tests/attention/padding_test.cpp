// Keys beyond n_valid are padding: what lies there, NaN or not, is in no result.
#include <gtest/gtest.h>

#include <cstring>

#include "attention/select.h"
#include "backends.h"
#include "head_case.h"

namespace attnscope::test {
namespace {

constexpr std::int64_t n = 150, valid = 70;

CaseSpec spec_of(DType dtype) {
  CaseSpec spec;
  spec.n_q = spec.n_k = n;
  spec.score.scale = 0;
  spec.dtype = dtype;
  spec.mask.n_valid = valid;
  return spec;
}

// The same rows up to `valid`, then NaN.
std::vector<std::byte> with_nan(const MatrixView& matrix) {
  const auto bytes = static_cast<std::size_t>(n * matrix.stride) * size_of(matrix.dtype);
  std::vector<std::byte> copy(bytes, std::byte{0xff});  // NaN in every type
  std::memcpy(copy.data(), matrix.data, static_cast<std::size_t>(valid * matrix.stride) * size_of(matrix.dtype));
  return copy;
}

// O and lse, then the mass of each key.
std::vector<float> results(Backend& backend, const HeadView& head) {
  Pool pool(1);
  const Job job{pool, Priority::visible, {}, nullptr};
  const auto o_count = static_cast<std::size_t>(n * head.v.cols), count = static_cast<std::size_t>(n);
  std::vector<float> all(o_count + 2 * count);
  float* const lse = all.data() + o_count;
  const ForwardResult result{all.data(), head.v.cols, lse};
  backend.forward({&head, 1}, {&result, 1}, job);
  backend.column_mass(head, {lse, count}, {lse + count, count}, job);
  return all;
}

class PaddingTest : public testing::TestWithParam<std::string> {};

TEST_P(PaddingTest, ItsNumbersAreInNoResult) {
  const auto backend = select_backend("auto", GetParam());
  for (const DType dtype : {DType::f32, DType::f16, DType::bf16}) {
    const HeadCase made(spec_of(dtype));
    const HeadView& head = made.heads().front();
    const std::vector<std::byte> k = with_nan(head.k), v = with_nan(head.v);
    HeadView padded = head;
    padded.k.data = k.data();
    padded.v.data = v.data();
    const std::vector<float> numbers = results(*backend, head), nan = results(*backend, padded);
    EXPECT_EQ(std::memcmp(numbers.data(), nan.data(), nan.size() * sizeof(float)), 0) << name_of(dtype);
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, PaddingTest, testing::ValuesIn(usable_backends()),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace attnscope::test
