// rows, columns and top_k: weights of chosen queries and keys, in batches that fit in memory.
#include <algorithm>
#include <numeric>

#include "attention/cuda/drivers.h"
#include "attention/cuda/upload.h"

namespace attnscope::cuda {
namespace {

constexpr std::int64_t batch_numbers = 2 << 20;  // weights on the device at once: 8 MB, quick to stop
constexpr std::int64_t most_selected = 64;       // places of top_k that the device finds; it takes a pass for each

std::size_t size(std::int64_t count) { return static_cast<std::size_t>(count); }

// Calls body(begin, count) for parts of [0, rows) of `width` numbers a row.
template <class Body>
void in_batches(std::int64_t rows, std::int64_t width, const Body& body) {
  const std::int64_t most = std::max<std::int64_t>(1, batch_numbers / std::max<std::int64_t>(1, width));
  for (std::int64_t begin = 0; begin < rows; begin += most) body(begin, std::min(most, rows - begin));
}

void launch_weights(Stream& stream, const HeadView& head, const kernels::WeightsParameters& parameters,
                    const Job& job) {
  stream.launch({kernels::KernelId::weights, head.q.dtype}, parameters, kernels::weights_blocks(parameters),
                sizeof(kernels::ScoreTile), tile_work(head), job);
}

// A row's k largest, where k is large: sorted here.
void select_here(std::span<const float> row, std::span<std::int32_t> keys, std::span<float> values) {
  std::vector<std::int32_t> order(row.size());
  std::iota(order.begin(), order.end(), 0);
  std::erase_if(order, [&](std::int32_t key) { return !(row[size(key)] > 0); });
  const std::size_t found = std::min(order.size(), keys.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(found), order.end(),
                    [&](std::int32_t x, std::int32_t y) {
                      return row[size(x)] > row[size(y)] || (row[size(x)] == row[size(y)] && x < y);
                    });
  for (std::size_t place = 0; place < keys.size(); ++place) {
    keys[place] = place < found ? order[place] : -1;
    values[place] = place < found ? row[size(order[place])] : 0.0F;
  }
}

// Of `rows` rows of weights on the device; keys and values are [rows, k].
void select_rows(Stream& stream, const float* p, std::int64_t rows, std::int64_t n_k, std::int64_t k,
                 std::span<std::int32_t> keys, std::span<float> values, const Job& job) {
  if (k > most_selected) {
    std::vector<float> weights(size(rows * n_k));
    stream.download(weights.data(), p, weights.size() * sizeof(float));
    job.pool.run(size(rows), job, [&](std::size_t row, unsigned /*slot*/) {
      select_here(std::span(weights).subspan(row * size(n_k), size(n_k)), keys.subspan(row * size(k), size(k)),
                  values.subspan(row * size(k), size(k)));
    });
    return;
  }
  const kernels::SelectParameters parameters{p, static_cast<int>(n_k), static_cast<int>(k),
                                             stream.allocate_array<int>(keys.size()),
                                             stream.allocate_array<float>(values.size())};
  stream.launch({kernels::KernelId::select}, parameters, static_cast<int>(rows), sizeof(kernels::SelectShared),
                static_cast<double>(n_k * k), job);
  stream.download(keys.data(), parameters.keys, keys.size_bytes());
  stream.download(values.data(), parameters.values, values.size_bytes());
}

}  // namespace

void rows(Stream& stream, const HeadView& head, std::span<const std::int64_t> queries, const Weighting& weight,
          std::span<float> p, const Job& job) {
  job.throw_if_stopped();
  const kernels::Head there = HeadUploader(stream).upload(head);
  const kernels::RowList list = upload_list(stream, queries);
  const float* a = upload_floats(stream, weight.a);
  const float* b = upload_floats(stream, weight.b);
  const kernels::RowList keys{nullptr, 0, there.n_k};
  auto* weights = stream.allocate_array<float>(size(std::min<std::int64_t>(batch_numbers + head.n_k(), std::ssize(p))));
  in_batches(std::ssize(queries), head.n_k(), [&](std::int64_t begin, std::int64_t count) {
    const kernels::RowList part{list.rows + begin, 0, static_cast<int>(count)};
    launch_weights(stream, head, {there, part, keys, a + begin, b, weights}, job);
    stream.download(p.data() + begin * head.n_k(), weights, size(count * head.n_k()) * sizeof(float));
  });
}

void columns(Stream& stream, const HeadView& head, std::span<const std::int64_t> keys, const Weighting& weight,
             std::span<float> p, const Job& job) {
  job.throw_if_stopped();
  const kernels::Head there = HeadUploader(stream).upload(head);
  const kernels::RowList list = upload_list(stream, keys);
  const float* a = upload_floats(stream, weight.a);
  const float* b = upload_floats(stream, weight.b);
  const std::int64_t width = std::ssize(keys);
  auto* weights = stream.allocate_array<float>(size(std::min<std::int64_t>(batch_numbers + width, std::ssize(p))));
  in_batches(head.n_q(), width, [&](std::int64_t begin, std::int64_t count) {
    const kernels::RowList part{nullptr, static_cast<int>(begin), static_cast<int>(count)};
    launch_weights(stream, head, {there, part, list, a + begin, b, weights}, job);
    stream.download(p.data() + begin * width, weights, size(count * width) * sizeof(float));
  });
}

void top_k(Stream& stream, const HeadView& head, std::span<const std::int64_t> queries, std::int64_t k,
           const Weighting& weight, std::span<std::int32_t> keys, std::span<float> values, const Job& job) {
  job.throw_if_stopped();
  const kernels::Head there = HeadUploader(stream).upload(head);
  const kernels::RowList list = upload_list(stream, queries);
  const float* a = upload_floats(stream, weight.a);
  const float* b = upload_floats(stream, weight.b);
  const kernels::RowList all{nullptr, 0, there.n_k};
  const std::int64_t numbers = std::min(batch_numbers + head.n_k(), std::ssize(queries) * head.n_k());
  auto* weights = stream.allocate_array<float>(size(numbers));
  in_batches(std::ssize(queries), head.n_k(), [&](std::int64_t begin, std::int64_t count) {
    const kernels::RowList part{list.rows + begin, 0, static_cast<int>(count)};
    launch_weights(stream, head, {there, part, all, a + begin, b, weights}, job);
    select_rows(stream, weights, count, head.n_k(), k, keys.subspan(size(begin * k), size(count * k)),
                values.subspan(size(begin * k), size(count * k)), job);
  });
}

}  // namespace attnscope::cuda
