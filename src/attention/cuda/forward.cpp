#include <algorithm>
#include <map>

#include "attention/cuda/drivers.h"
#include "attention/cuda/upload.h"
#include "kernels/forward_hopper.h"

namespace attnscope::cuda {
namespace {

using kernels::divide_up;
using kernels::tile_side;

// Shared memory of forward_float for values of `groups` times 64 columns.
std::size_t shared_bytes(int groups) {
  constexpr std::size_t bytes[] = {sizeof(kernels::ForwardShared<1>), sizeof(kernels::ForwardShared<2>),
                                   sizeof(kernels::ForwardShared<3>), sizeof(kernels::ForwardShared<4>)};
  return bytes[groups - 1];
}

// How the queries of a head are cut for its kernel.
struct Plan {
  kernels::KernelChoice kernel;
  std::size_t shared_bytes = 0;
  int queries = tile_side;  // of a block
  int keys = tile_side;     // of a tile
};

// For 16-bit numbers, head_dim and the width of v padded to D.
template <int D>
Plan tensor_core_plan(DType dtype, bool hopper) {
  using Shared = kernels::HopperShared<D>;
  if (!hopper) return {{kernels::KernelId::forward_half, dtype, D / 64}, sizeof(kernels::HalfShared<D>)};
  return {{kernels::KernelId::forward_hopper, dtype, D / 64}, sizeof(Shared), Shared::queries, Shared::keys};
}

// 16-bit numbers go to the tensor cores, wider heads of them and float32 to float32 arithmetic.
Plan plan_of(const HeadView& head, const ForwardResult& result, bool hopper) {
  const std::int64_t widest = std::max(head.q.cols, head.v.cols);
  if (head.q.dtype != DType::f32 && widest <= 256) {
    if (widest <= 64) return tensor_core_plan<64>(head.q.dtype, hopper);
    if (widest <= 128) return tensor_core_plan<128>(head.q.dtype, hopper);
    return tensor_core_plan<256>(head.q.dtype, hopper);
  }
  const int groups = result.o == nullptr ? 1 : std::max(1, divide_up(static_cast<int>(head.v.cols), 64));
  return {{kernels::KernelId::forward_float, head.q.dtype, groups}, shared_bytes(groups)};
}

struct PlannedBlock {
  kernels::ForwardBlock block;
  std::int64_t keys;  // about as many as its queries see
};

// Blocks of some heads, those that see most first: the end of a launch is short then.
std::vector<kernels::ForwardBlock> cut(std::span<const HeadView> heads, std::span<const std::size_t> chosen,
                                       std::int64_t queries) {
  std::vector<PlannedBlock> planned;
  for (const std::size_t h : chosen) {
    const HeadView& head = heads[h];
    for (std::int64_t q = 0; q < head.n_q(); q += queries) {
      const KeyRange first = head.mask.visible_range(q, head.n_k());
      const KeyRange last = head.mask.visible_range(std::min(q + queries, head.n_q()) - 1, head.n_k());
      planned.push_back({{static_cast<int>(h), static_cast<int>(q)}, last.end - first.begin});
    }
  }
  std::stable_sort(planned.begin(), planned.end(),
                   [](const PlannedBlock& x, const PlannedBlock& y) { return x.keys > y.keys; });
  std::vector<kernels::ForwardBlock> blocks;
  blocks.reserve(planned.size());
  for (const PlannedBlock& one : planned) blocks.push_back(one.block);
  return blocks;
}

double block_work(std::span<const HeadView> heads, std::span<const std::size_t> chosen, int queries) {
  double most = 0;
  for (const std::size_t h : chosen) {
    const HeadView& head = heads[h];
    const double tiles = static_cast<double>(head.n_k()) / tile_side + 1;
    most = std::max(most, tiles * (tile_work(head) + tile_side * tile_side * static_cast<double>(head.v.cols)));
  }
  return most * queries / tile_side;
}

// A head's matrices as the copy engine takes them; keys from n_valid on, which may hold anything, are left out.
kernels::HopperMaps describe(Stream::DescribeMatrix describe_matrix, const kernels::Head& head, const Plan& plan) {
  const auto keys = static_cast<int>(std::clamp<std::int64_t>(head.mask.n_valid, 1, std::max(1, head.n_k)));
  return {describe_matrix({head.q, std::max(1, head.n_q), head.width, plan.queries}),
          describe_matrix({head.k, keys, head.width, plan.keys}),
          describe_matrix({head.v, keys, head.value_width, plan.keys})};
}

void download_o(Stream& stream, const float* there, const ForwardResult& result, const HeadView& head) {
  const auto width = static_cast<std::size_t>(head.v.cols);
  std::vector<float> dense(static_cast<std::size_t>(head.n_q()) * width);
  stream.download(dense.data(), there, dense.size() * sizeof(float));
  for (std::int64_t i = 0; i < head.n_q(); ++i)
    std::copy_n(dense.data() + static_cast<std::size_t>(i) * width, width, result.o + i * result.o_stride);
}

}  // namespace

void forward(Stream& stream, std::span<const HeadView> heads, std::span<const ForwardResult> results, const Job& job) {
  HeadUploader uploader(stream);
  std::vector<kernels::ForwardHead> there;
  const Stream::DescribeMatrix describe_matrix = stream.describe_matrix();
  const bool hopper = describe_matrix != nullptr;
  std::vector<kernels::HopperMaps> maps(hopper ? heads.size() : 0);
  std::map<kernels::KernelChoice, std::vector<std::size_t>> heads_of;  // heads of one kernel go in one launch
  for (std::size_t h = 0; h < heads.size(); ++h) {
    const auto n_q = static_cast<std::size_t>(heads[h].n_q());
    kernels::ForwardHead one{uploader.upload(heads[h]), {nullptr, 0, static_cast<int>(n_q)}, nullptr, nullptr};
    if (results[h].o != nullptr) one.o = stream.allocate_array<float>(n_q * static_cast<std::size_t>(heads[h].v.cols));
    if (results[h].lse != nullptr) one.lse = stream.allocate_array<float>(n_q);
    there.push_back(one);
    const Plan plan = plan_of(heads[h], results[h], hopper);
    if (plan.kernel.id == kernels::KernelId::forward_hopper) maps[h] = describe(describe_matrix, one.head, plan);
    heads_of[plan.kernel].push_back(h);
  }
  const kernels::ForwardHead* all = stream.upload_array(there);
  const kernels::HopperMaps* all_maps = stream.upload_array(maps);
  for (const auto& of_kernel : heads_of) {
    const std::vector<std::size_t>& chosen = of_kernel.second;
    const Plan plan = plan_of(heads[chosen.front()], results[chosen.front()], hopper);
    const std::vector<kernels::ForwardBlock> blocks = cut(heads, chosen, plan.queries);
    const kernels::ForwardBlock* there_blocks = stream.upload_array(blocks);
    const auto launch = [&](const auto& parameters) {
      stream.launch(plan.kernel, parameters, static_cast<int>(blocks.size()), plan.shared_bytes,
                    block_work(heads, chosen, plan.queries), job);
    };
    if (plan.kernel.id == kernels::KernelId::forward_hopper) {
      launch(kernels::HopperParameters{all, all_maps, there_blocks});
    } else {
      launch(kernels::ForwardParameters{all, there_blocks});
    }
  }
  for (std::size_t h = 0; h < heads.size(); ++h) {
    if (results[h].o != nullptr) download_o(stream, there[h].o, results[h], heads[h]);
    if (results[h].lse != nullptr)
      stream.download(results[h].lse, there[h].lse, static_cast<std::size_t>(heads[h].n_q()) * sizeof(float));
  }
}

}  // namespace attnscope::cuda
