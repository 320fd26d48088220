#include "op_cases.h"

#include <algorithm>

namespace attnscope::test {
namespace {

// At and around the sides of blocks that kernels like.
constexpr std::int64_t sizes[] = {0,  1,  2,  7,  8,   15,  16,  17,  31,  32,  33,  47,  48, 49,
                                  63, 64, 65, 95, 127, 128, 129, 191, 192, 193, 255, 256, 257};
constexpr std::int64_t dims[] = {1,  2,  3,  4,  5,  7,  8,   13,  15,  16,  17,  24,  31,  32,  33,  40,  48, 63,
                                 64, 65, 72, 80, 96, 97, 100, 112, 127, 128, 129, 144, 160, 192, 200, 255, 256};
constexpr DType dtypes[] = {DType::f32, DType::f16, DType::bf16};

template <typename Table>
auto pick(const Table& table, Random& random) {
  return table[random.below(std::ssize(table))];
}

MaskKind any_mask(Random& random) {
  return static_cast<MaskKind>(random.below(static_cast<std::int64_t>(MaskKind::count)));
}

class Table {
 public:
  std::vector<CaseSpec> take() { return std::move(cases_); }

  // Every size, all and the lower triangle of it.
  void add_sizes() {
    for (const std::int64_t n : sizes) {
      for (const MaskKind kind : {MaskKind::full, MaskKind::causal}) {
        add(n, n, pick(dims, random_), kind);
      }
    }
  }

  // Every head_dim, with values of another one.
  void add_dims() {
    for (const std::int64_t d : dims) {
      CaseSpec& spec = add(37, 53, d, random_.one_of({MaskKind::full, MaskKind::causal}));
      spec.d_v = pick(dims, random_);
      spec.padding = random_.below(2) * 3;
    }
  }

  void add_masks() {
    for (int kind = 0; kind < static_cast<int>(MaskKind::count); ++kind) {
      for (const std::int64_t n : {60, 130, 200}) {
        add(n, n, 32, static_cast<MaskKind>(kind));
        add(n - random_.below(30), n, 64, static_cast<MaskKind>(kind)).dtype = DType::f16;
        add(n, n - random_.below(50), 16, static_cast<MaskKind>(kind)).dtype = DType::bf16;
      }
    }
  }

  // Extreme and equal scores of every type under every kind of mask that matters to a running maximum.
  void add_fills() {
    for (int fill = 1; fill <= static_cast<int>(Fill::spikes); ++fill) {
      for (const DType dtype : dtypes) {
        for (const MaskKind kind : {MaskKind::full, MaskKind::causal, any_mask(random_)}) {
          CaseSpec& spec = add(100 + random_.below(60), 100 + random_.below(60), random_.one_of({16, 64, 80}), kind);
          spec.fill = static_cast<Fill>(fill);
          spec.dtype = dtype;
        }
      }
    }
  }

  void add_scores() {
    for (const MaskKind kind : {MaskKind::full, MaskKind::causal, MaskKind::window_sinks, MaskKind::window_n_valid}) {
      for (int options = 1; options < 8; ++options) {
        CaseSpec& spec = add(70 + random_.below(70), 90, 48, kind);
        add_score(spec, options);
      }
    }
    CaseSpec& negative = add(65, 65, 64, MaskKind::causal);
    negative.score.scale = -0.25F;
    CaseSpec& unscaled = add(65, 65, 64, MaskKind::causal);
    unscaled.score.scale = 1;
  }

  // Anything with anything.
  void add_mixtures(int count) {
    for (int t = 0; t < count; ++t) {
      CaseSpec& spec = add(pick(sizes, random_), pick(sizes, random_), pick(dims, random_), any_mask(random_));
      spec.d_v = random_.below(2) == 0 ? spec.d : pick(dims, random_);
      spec.dtype = pick(dtypes, random_);
      spec.kv_heads = 1 + random_.below(3);
      spec.heads = spec.kv_heads * (1 + random_.below(4));
      spec.padding = random_.below(3) * 4;
      if (random_.below(4) == 0) spec.fill = static_cast<Fill>(random_.below(8));
      if (random_.below(3) == 0) add_score(spec, static_cast<int>(random_.below(8)));
    }
  }

  void add_large() {
    add(1000, 1000, 64, MaskKind::causal);
    add(513, 1800, 40, MaskKind::full).dtype = DType::f16;
    add(1100, 1100, 64, MaskKind::window_sinks);
    add(3, 5000, 128, MaskKind::causal);
    // Rows that are cut into parts, of keys and of queries.
    for (int options = 0; options < 4; ++options) {
      const MaskKind kind = options == 0 ? MaskKind::window_sinks_bitmap : any_mask(random_);
      CaseSpec& wide = add(30, 3000 + random_.below(900), 250, kind);
      wide.dtype = dtypes[options % 3];
      add_score(wide, options);
      CaseSpec& tall = add(3000 + random_.below(900), 30, 250, kind);
      tall.dtype = dtypes[options % 3];
      add_score(tall, options);
    }
    // Parts of which some queries of a tile see nothing, far below scores of 0.
    add(1990, 2000, 250, MaskKind::window).fill = Fill::deep;
    CaseSpec& narrow = add(900, 1100, 8, MaskKind::causal_bitmap);
    narrow.heads = 2;
    narrow.dtype = DType::bf16;
    CaseSpec& low = add(65, 130, 64, MaskKind::full);  // scores far below the cap, where tanh must keep their last bits
    low.score.scale = 0.002F;
    low.score.cap = 50.0F;
    CaseSpec& flipped = add(130, 190, 64, MaskKind::causal);  // the smallest product wins
    flipped.score.scale = -2;
    flipped.dtype = DType::f16;
  }

 private:
  CaseSpec& add(std::int64_t n_q, std::int64_t n_k, std::int64_t d, MaskKind kind) {
    CaseSpec spec;
    spec.n_q = n_q;
    spec.n_k = n_k;
    spec.d = d;
    spec.d_v = d;
    spec.score.scale = 0;
    spec.seed = cases_.size() + 1;
    add_mask(spec, kind, random_);
    return cases_.emplace_back(spec);
  }

  static void add_score(CaseSpec& spec, int options) {
    if ((options & 1) != 0) spec.score.cap = spec.seed % 2 == 0 ? 1.5F : 30.0F;
    if ((options & 2) != 0) spec.score.slope = 0.125F;
    if ((options & 4) != 0) spec.score.sink_logit = spec.seed % 2 == 0 ? 2.0F : -1.0F;
  }

  Random random_{2022};
  std::vector<CaseSpec> cases_;
};

}  // namespace

void add_mask(CaseSpec& spec, MaskKind kind, Random& random) {
  Mask& mask = spec.mask;
  mask.offset = spec.n_k - spec.n_q;
  const auto some_width = [&] { return random.one_of<std::int64_t>({1, 2, 5, 16, 17, 40, 64, 100}); };
  const auto is = [&](std::initializer_list<MaskKind> kinds) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  };
  using enum MaskKind;
  mask.causal =
      is({causal, window, window_sinks, causal_n_valid, window_n_valid, causal_bitmap, window_sinks_bitmap, slice});
  if (is({window, window_sinks, two_sided, lopsided, two_sided_sinks, window_n_valid, window_sinks_bitmap})) {
    mask.left = some_width();
  }
  if (is({two_sided, two_sided_sinks})) mask.right = mask.left;
  if (is({lopsided, right_only})) mask.right = some_width();
  if (is({window_sinks, two_sided_sinks, window_sinks_bitmap})) mask.sinks = random.one_of<std::int64_t>({1, 3, 4, 20});
  if (is({n_valid, causal_n_valid, window_n_valid})) mask.n_valid = spec.n_k / 2 + random.below(spec.n_k / 3 + 1);
  if (kind == nothing) mask.n_valid = 0;
  if (kind == slice) mask.offset -= spec.n_k / 3;
  if (is({bitmap, causal_bitmap, window_sinks_bitmap})) {
    spec.bitmap_block = random.one_of<std::int64_t>({4, 8, 16, 17, 64});
    mask.offset = std::max<std::int64_t>(mask.offset, 0);
  }
}

std::vector<CaseSpec> op_cases() {
  Table table;
  table.add_sizes();
  table.add_dims();
  table.add_masks();
  table.add_fills();
  table.add_scores();
  table.add_mixtures(250);
  table.add_large();
  return table.take();
}

}  // namespace attnscope::test
