#include <algorithm>
#include <array>
#include <vector>

#include "attention/cpu/drivers.h"
#include "attention/cpu/forward_kernel.h"
#include "attention/cpu/pixels.h"
#include "attention/cpu/prepare.h"

namespace attnscope::cpu {
namespace {

// One head and what lasts over all parts of its keys.
struct HeadWork {
  const HeadView& head;
  const ForwardResult& result;
  StreamRows keys;
  std::int64_t value_depth;
  int tiles;                     // of a block of queries
  std::int64_t part_keys;        // keys of a part; a multiple of block_rows
  std::vector<RowSoFar> so_far;  // [n_q] where there is more than one part

  HeadWork(const HeadView& view, const ForwardResult& to, const ForwardKernel& kernel)
      : head(view),
        result(to),
        keys(StreamRows::of_keys(view, {})),
        value_depth(to.o == nullptr ? 0 : view.v.cols),
        tiles(kernel.tiles),
        part_keys(keys_of_a_part(kernel)) {
    if (parts() < 2) return;
    tiles = kernel.tiles_in_parts;
    part_keys = keys_of_a_part(kernel);
    so_far.resize(static_cast<std::size_t>(head.n_q()));
  }
  std::int64_t parts() const { return std::max<std::int64_t>(1, (keys.stream().rows + part_keys - 1) / part_keys); }

  std::int64_t keys_of_a_part(const ForwardKernel& kernel) const {
    const std::int64_t work_of_a_key = tiles * kernel.lanes * (head.k.cols + value_depth + work_of_a_weight);
    return std::max<std::int64_t>(1, kernel.work / work_of_a_key / block_rows) * block_rows;
  }
};

// A block of queries in one part of the keys.
struct Task {
  HeadWork* work;
  std::int64_t first_query;
  int queries;
  KeyRange keys;
  bool first, last;
  std::int64_t cost;
};

std::int64_t overlap(KeyRange a, KeyRange b) {
  return std::max<std::int64_t>(0, std::min(a.end, b.end) - std::max(a.begin, b.begin));
}

// The tasks of one block of queries, one for each part of the keys that it sees; at least one, to write the result.
void add_tasks(HeadWork& work, std::int64_t first_query, int queries, std::vector<std::vector<Task>>& waves) {
  const HeadView& head = work.head;
  const std::int64_t n_keys = work.keys.stream().rows;
  const KeyRange window{head.mask.visible_range(first_query, head.n_k()).begin,
                        head.mask.visible_range(first_query + queries - 1, head.n_k()).end};
  const KeyRange sinks{0, head.mask.windowed() ? head.mask.sinks : 0};
  const RowCounter counter(head, {first_query, first_query + queries});
  Task* previous = nullptr;
  for (std::int64_t part = 0; part < work.parts(); ++part) {
    const KeyRange keys{part * work.part_keys, std::min(n_keys, (part + 1) * work.part_keys)};
    std::int64_t cost = overlap(keys, window) + overlap(keys, sinks);
    if (cost > 0 && head.mask.bitmap.bits != nullptr) cost = counter.count(keys);
    if (cost == 0 && !(part + 1 == work.parts() && previous == nullptr)) continue;
    if (previous != nullptr) previous->last = false;
    auto& wave = waves[static_cast<std::size_t>(part)];
    wave.push_back({&work, first_query, queries, keys, previous == nullptr, true,
                    cost * queries * (head.k.cols + work.value_depth)});
    previous = &wave.back();
  }
}

// waves[p]: the tasks in part p of their keys, the longest first. A wave waits for the one before it.
std::vector<std::vector<Task>> cut(std::vector<HeadWork>& works, int lanes) {
  std::int64_t parts = 0;
  for (const HeadWork& work : works) parts = std::max(parts, work.parts());
  std::vector<std::vector<Task>> waves(static_cast<std::size_t>(parts));
  for (HeadWork& work : works) {
    const int queries = work.tiles * lanes;
    for (std::int64_t first = 0; first < work.head.n_q(); first += queries)
      add_tasks(work, first, static_cast<int>(std::min<std::int64_t>(queries, work.head.n_q() - first)), waves);
  }
  for (auto& wave : waves)
    std::stable_sort(wave.begin(), wave.end(), [](const Task& a, const Task& b) { return a.cost > b.cost; });
  return waves;
}

// Makes blocks of queries smaller where there are too few to keep all threads busy to the end. What comes out for a
// query does not depend on the block that it lies in.
void share(std::vector<HeadWork>& works, int lanes, unsigned threads) {
  constexpr int fewest = 4;
  const std::int64_t wanted = threads == 1 ? 1 : std::int64_t{4} * threads;
  for (bool smaller = true; smaller;) {
    std::int64_t blocks = 0;
    for (const HeadWork& work : works) blocks += (work.head.n_q() + work.tiles * lanes - 1) / (work.tiles * lanes);
    if (blocks >= wanted) return;
    smaller = false;
    for (HeadWork& work : works) {
      if (work.tiles < 2 * fewest) continue;
      work.tiles /= 2;
      smaller = true;
    }
  }
}

void run(const Task& task, const ForwardKernel& kernel, const Job& job, float* scratch) {
  HeadWork& work = *task.work;
  const HeadView& head = work.head;
  std::array<Tile, max_forward_tiles> tiles;
  int tile_count = 0;
  for (int at = 0; at < task.queries; at += kernel.lanes)
    tiles[static_cast<std::size_t>(tile_count++)] =
        query_tile(head, task.first_query + at, std::min(kernel.lanes, task.queries - at), {});
  ForwardBlock block;
  block.tiles = tiles.data();
  block.tile_count = tile_count;
  block.stream = work.keys.stream();
  block.values = head.v.data;
  block.value_stride = head.v.stride;
  block.value_depth = work.value_depth;
  block.keys = task.keys;
  block.first = task.first;
  block.last = task.last;
  block.o_stride = work.result.o_stride;
  if (work.value_depth > 0) block.o = work.result.o + task.first_query * work.result.o_stride;
  if (work.result.lse != nullptr) block.lse = work.result.lse + task.first_query;
  if (!work.so_far.empty()) block.so_far = work.so_far.data() + task.first_query;
  block.sink_logit = head.score.sink_logit;
  block.stop = job.stop;
  kernel.run(block, scratch);
}

}  // namespace

void forward(const ForwardKernel& kernel, std::span<const HeadView> heads, std::span<const ForwardResult> results,
             const Job& job) {
  std::vector<HeadWork> works;
  works.reserve(heads.size());
  std::size_t scratch_size = 0;
  for (std::size_t h = 0; h < heads.size(); ++h) {
    works.emplace_back(heads[h], results[h], kernel);
    scratch_size = std::max(scratch_size, kernel.scratch_size(works.back().keys.stream(), works.back().value_depth));
  }
  share(works, kernel.lanes, job.pool.threads());
  const auto waves = cut(works, kernel.lanes);
  Scratch scratch(job.pool, scratch_size);
  Job quiet = job;  // the tasks of all waves are announced at once, so that the share done never falls
  quiet.progress = nullptr;
  if (job.progress != nullptr) {
    for (const auto& wave : waves) job.progress->expect(wave.size());
  }
  for (const auto& wave : waves) {
    job.pool.run(wave.size(), quiet, [&](std::size_t index, unsigned slot) {
      run(wave[index], kernel, job, scratch.of(slot));
      if (job.progress != nullptr) job.progress->finish(1);
    });
    job.throw_if_stopped();
  }
}

}  // namespace attnscope::cpu
