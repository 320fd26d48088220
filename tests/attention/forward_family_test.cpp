// Which kernel the forward takes: of what is wide or float32 one for all devices; else that of sm_90 if the device
// describes matrices to a copy engine, and not where it does not, as the backend cuda_sm80 of a GPU of sm_90.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attention/cuda/device_backend.h"
#include "fake_device.h"
#include "head_case.h"

namespace attnscope::test {
namespace {

std::vector<std::string> kernels_of(DType dtype, std::int64_t d, cuda::Queue::DescribeMatrix describe) {
  CaseSpec spec;
  spec.n_q = spec.n_k = 200;
  spec.d = d;
  spec.dtype = dtype;
  const HeadCase made(spec);
  auto device = std::make_unique<FakeDevice>();
  device->describe = describe;
  const auto backend = cuda::make_device_backend(std::move(device));
  Pool pool(1);
  std::vector<float> lse(200);
  const ForwardResult result{nullptr, 0, lse.data()};
  backend->forward(made.heads(), {&result, 1}, {pool});
  std::vector<std::string> names;
  for (const KernelTime& time : backend->kernel_times()) names.push_back(time.kernel);
  return names;
}

TEST(ForwardFamily, IsThatOfSm90WhereTheDeviceHasACopyEngine) {
  const auto describe = [](const kernels::BoxedMatrix& /*matrix*/) { return kernels::TensorMap{}; };
  EXPECT_THAT(kernels_of(DType::f16, 64, describe), testing::ElementsAre("forward_hopper f16"));
  EXPECT_THAT(kernels_of(DType::bf16, 256, describe), testing::ElementsAre("forward_hopper bf16"));
  EXPECT_THAT(kernels_of(DType::f16, 257, describe), testing::ElementsAre("forward_float f16"));
  EXPECT_THAT(kernels_of(DType::f32, 64, describe), testing::ElementsAre("forward_float f32"));
}

TEST(ForwardFamily, IsThatOfSm80Elsewhere) {
  EXPECT_THAT(kernels_of(DType::f16, 64, nullptr), testing::ElementsAre("forward_half f16"));
  EXPECT_THAT(kernels_of(DType::bf16, 256, nullptr), testing::ElementsAre("forward_half bf16"));
  EXPECT_THAT(kernels_of(DType::f16, 257, nullptr), testing::ElementsAre("forward_float f16"));
}

}  // namespace
}  // namespace attnscope::test
