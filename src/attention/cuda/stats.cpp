#include "attention/cuda/drivers.h"
#include "attention/cuda/upload.h"

namespace attnscope::cuda {
namespace {

template <class T>
void fetch(Stream& stream, std::span<T> wanted, const T* there) {
  if (!wanted.empty()) stream.download(wanted.data(), there, wanted.size_bytes());
}

double tiles_over(std::int64_t rows) { return static_cast<double>(rows) / kernels::tile_side + 1; }

}  // namespace

void row_stats(Stream& stream, const HeadView& head, std::span<const float> lse, const RowStats& stats,
               const Job& job) {
  const auto n_q = static_cast<std::size_t>(head.n_q());
  const auto room = [&] { return stream.allocate_array<float>(n_q); };
  const kernels::RowStatsParameters parameters{
      HeadUploader(stream).upload(head), upload_floats(stream, lse), room(), room(), room(), room(), room(), room(),
      stream.allocate_array<int>(n_q)};
  stream.launch({kernels::KernelId::row_stats, head.q.dtype}, parameters,
                kernels::divide_up(parameters.head.n_q, kernels::tile_side), sizeof(kernels::ScoreTile),
                tiles_over(head.n_k()) * tile_work(head), job);
  fetch(stream, stats.entropy, parameters.entropy);
  fetch(stream, stats.distance, parameters.distance);
  fetch(stream, stats.self, parameters.self);
  fetch(stream, stats.previous, parameters.previous);
  fetch(stream, stats.first, parameters.first);
  fetch(stream, stats.largest, parameters.largest);
  fetch(stream, stats.largest_key, parameters.largest_key);
}

void column_mass(Stream& stream, const HeadView& head, std::span<const float> lse, std::span<float> mass,
                 const Job& job) {
  const kernels::ColumnMassParameters parameters{HeadUploader(stream).upload(head), upload_floats(stream, lse),
                                                 stream.allocate_array<float>(mass.size())};
  stream.launch({kernels::KernelId::column_mass, head.q.dtype}, parameters,
                kernels::divide_up(parameters.head.n_k, kernels::tile_side), sizeof(kernels::ColumnMassShared),
                tiles_over(head.n_q()) * tile_work(head), job);
  fetch(stream, mass, parameters.mass);
}

}  // namespace attnscope::cuda
