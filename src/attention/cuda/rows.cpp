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

// What rows, columns and top_k ask for: weights of chosen queries and keys, `entries` rows of them in all, computed
// into memory that holds a batch.
class WeightBatches {
 public:
  // Uploads what they share; `chosen` are queries or keys.
  WeightBatches(Stream& stream, const HeadView& head, std::span<const std::int64_t> chosen, const Weighting& weight,
                std::int64_t entries, std::int64_t width, const Job& job)
      : stream_(stream), head_(head), job_(job), entries_(entries), width_(width) {
    shared_.head = HeadUploader(stream).upload(head);
    list_ = upload_list(stream, chosen);
    const WeightingThere there = upload_weighting(stream, weight);
    shared_.a = there.a;
    shared_.b = there.b;
    shared_.p = stream.allocate_array<float>(size(std::min(batch_numbers + width, entries * width)));
  }

  kernels::RowList list() const { return list_; }
  kernels::RowList all_keys() const { return {nullptr, 0, shared_.head.n_k}; }

  // Calls take(weights on the device, first entry, entries) for each batch. Entry e has a[e] and the query that
  // queries(first, count) lists for it.
  template <class Queries, class Take>
  void run(const Queries& queries, kernels::RowList keys, const Take& take) {
    in_batches(entries_, width_, [&](std::int64_t begin, std::int64_t count) {
      kernels::WeightsParameters parameters = shared_;
      parameters.queries = queries(static_cast<int>(begin), static_cast<int>(count));
      parameters.keys = keys;
      parameters.a += begin;
      stream_.launch({kernels::KernelId::weights, head_.q.dtype}, parameters, kernels::weights_blocks(parameters),
                     sizeof(kernels::ScoreTile), tile_work(head_), job_);
      take(parameters.p, begin, count);
    });
  }

 private:
  Stream& stream_;
  const HeadView& head_;
  const Job& job_;
  std::int64_t entries_, width_;
  kernels::WeightsParameters shared_{};
  kernels::RowList list_;
};

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
  WeightBatches batches(stream, head, queries, weight, std::ssize(queries), head.n_k(), job);
  const auto part = [&](int begin, int count) { return kernels::RowList{batches.list().rows + begin, 0, count}; };
  batches.run(part, batches.all_keys(), [&](const float* there, std::int64_t begin, std::int64_t count) {
    stream.download(p.data() + begin * head.n_k(), there, size(count * head.n_k()) * sizeof(float));
  });
}

void columns(Stream& stream, const HeadView& head, std::span<const std::int64_t> keys, const Weighting& weight,
             std::span<float> p, const Job& job) {
  const std::int64_t width = std::ssize(keys);
  WeightBatches batches(stream, head, keys, weight, head.n_q(), width, job);
  const auto part = [](int begin, int count) { return kernels::RowList{nullptr, begin, count}; };
  batches.run(part, batches.list(), [&](const float* there, std::int64_t begin, std::int64_t count) {
    stream.download(p.data() + begin * width, there, size(count * width) * sizeof(float));
  });
}

void top_k(Stream& stream, const HeadView& head, std::span<const std::int64_t> queries, std::int64_t k,
           const Weighting& weight, std::span<std::int32_t> keys, std::span<float> values, const Job& job) {
  WeightBatches batches(stream, head, queries, weight, std::ssize(queries), head.n_k(), job);
  const auto part = [&](int begin, int count) { return kernels::RowList{batches.list().rows + begin, 0, count}; };
  batches.run(part, batches.all_keys(), [&](const float* there, std::int64_t begin, std::int64_t count) {
    select_rows(stream, there, count, head.n_k(), k, keys.subspan(size(begin * k), size(count * k)),
                values.subspan(size(begin * k), size(count * k)), job);
  });
}

}  // namespace attnscope::cuda
