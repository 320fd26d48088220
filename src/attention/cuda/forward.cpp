#include <algorithm>
#include <map>

#include "attention/cuda/drivers.h"
#include "attention/cuda/upload.h"

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
};

// 16-bit numbers go to the tensor cores, wider heads of them and float32 to float32 arithmetic.
Plan plan_of(const HeadView& head, const ForwardResult& result) {
  const std::int64_t widest = std::max(head.q.cols, head.v.cols);
  if (head.q.dtype != DType::f32 && widest <= 256) {
    if (widest <= 64) return {{kernels::KernelId::forward_half, head.q.dtype, 1}, sizeof(kernels::HalfShared<64>)};
    if (widest <= 128) return {{kernels::KernelId::forward_half, head.q.dtype, 2}, sizeof(kernels::HalfShared<128>)};
    return {{kernels::KernelId::forward_half, head.q.dtype, 4}, sizeof(kernels::HalfShared<256>)};
  }
  const int groups = result.o == nullptr ? 1 : std::max(1, divide_up(static_cast<int>(head.v.cols), 64));
  return {{kernels::KernelId::forward_float, head.q.dtype, groups}, shared_bytes(groups)};
}

struct PlannedBlock {
  kernels::ForwardBlock block;
  std::int64_t keys;  // about as many as its queries see
};

// Blocks of 64 queries of some heads, those that see most first: the end of a launch is short then.
std::vector<kernels::ForwardBlock> cut(std::span<const HeadView> heads, std::span<const std::size_t> chosen) {
  std::vector<PlannedBlock> planned;
  for (const std::size_t h : chosen) {
    const HeadView& head = heads[h];
    for (std::int64_t q = 0; q < head.n_q(); q += tile_side) {
      const KeyRange first = head.mask.visible_range(q, head.n_k());
      const KeyRange last = head.mask.visible_range(std::min(q + tile_side, head.n_q()) - 1, head.n_k());
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

double block_work(std::span<const HeadView> heads, std::span<const std::size_t> chosen) {
  double most = 0;
  for (const std::size_t h : chosen) {
    const HeadView& head = heads[h];
    const double tiles = static_cast<double>(head.n_k()) / tile_side + 1;
    most = std::max(most, tiles * (tile_work(head) + tile_side * tile_side * static_cast<double>(head.v.cols)));
  }
  return most;
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
  std::map<kernels::KernelChoice, std::vector<std::size_t>> heads_of;  // heads of one kernel go in one launch
  for (std::size_t h = 0; h < heads.size(); ++h) {
    const auto n_q = static_cast<std::size_t>(heads[h].n_q());
    kernels::ForwardHead one{uploader.upload(heads[h]), {nullptr, 0, static_cast<int>(n_q)}, nullptr, nullptr};
    if (results[h].o != nullptr) one.o = stream.allocate_array<float>(n_q * static_cast<std::size_t>(heads[h].v.cols));
    if (results[h].lse != nullptr) one.lse = stream.allocate_array<float>(n_q);
    there.push_back(one);
    heads_of[plan_of(heads[h], results[h]).kernel].push_back(h);
  }
  const kernels::ForwardHead* all = stream.upload_array(there);
  for (const auto& [kernel, chosen] : heads_of) {
    const std::vector<kernels::ForwardBlock> blocks = cut(heads, chosen);
    const kernels::ForwardParameters parameters{all, stream.upload_array(blocks)};
    const Plan plan = plan_of(heads[chosen.front()], results[chosen.front()]);
    stream.launch(kernel, parameters, static_cast<int>(blocks.size()), plan.shared_bytes, block_work(heads, chosen),
                  job);
  }
  for (std::size_t h = 0; h < heads.size(); ++h) {
    if (results[h].o != nullptr) download_o(stream, there[h].o, results[h], heads[h]);
    if (results[h].lse != nullptr)
      stream.download(results[h].lse, there[h].lse, static_cast<std::size_t>(heads[h].n_q()) * sizeof(float));
  }
}

}  // namespace attnscope::cuda
