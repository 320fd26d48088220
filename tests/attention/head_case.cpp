#include "head_case.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <sstream>

namespace attnscope::test {
namespace {

constexpr const char* fill_names[] = {"bell", "huge", "deep", "rising", "falling", "ties", "zeros", "spikes", "alike"};

// Numbers of q and k of one head dimension that give the scores a Fill asks for at the scale 1 / sqrt(d).
class Filler {
 public:
  Filler(const CaseSpec& spec, Random& random) : fill_(spec.fill), d_(spec.d), random_(random) {}

  double q(std::int64_t c) {
    const double root = std::sqrt(static_cast<double>(d_));
    switch (fill_) {
      case Fill::huge:
        return 100 * random_.bell();
      case Fill::deep:
        return std::sqrt(1e5 / root);
      case Fill::alike:
        return c == 0 ? root : 0;
      case Fill::rising:
      case Fill::falling:
        return c == 0 ? root : 0.1 * random_.bell();
      case Fill::ties:
        return static_cast<double>(random_.below(3) - 1);
      case Fill::zeros:
        return 0;
      default:
        return random_.bell();
    }
  }

  double k(std::int64_t j, std::int64_t c) {
    const double root = std::sqrt(static_cast<double>(d_));
    switch (fill_) {
      case Fill::huge:
        return 100 * random_.bell();
      case Fill::deep:
        return -std::sqrt(1e5 / root);
      case Fill::rising:
        return c == 0 ? 0.7 * static_cast<double>(j) : 0.1 * random_.bell();
      case Fill::falling:
        return c == 0 ? -0.7 * static_cast<double>(j) : 0.1 * random_.bell();
      case Fill::ties:
        return static_cast<double>((j * 5 % 7 % 3 + c) % 3 - 1);
      case Fill::alike:
        return j == 0 && c == 0 ? 0.125 : 0;
      case Fill::spikes:
        return (j % 40 == 39 ? 8 : 1) * random_.bell();
      default:
        return random_.bell();
    }
  }

  double v() { return fill_ == Fill::alike ? 1 : random_.bell(); }

 private:
  Fill fill_;
  std::int64_t d_;
  Random& random_;
};

BlockBitmap random_bitmap(const CaseSpec& spec, Random& random, std::vector<std::uint64_t>& bits) {
  const std::int64_t positions = spec.n_q + spec.mask.offset;
  const std::int64_t rows = positions / spec.bitmap_block + 1;
  const std::int64_t stride = spec.n_k / spec.bitmap_block / 64 + 1;
  bits.assign(static_cast<std::size_t>(rows * stride), 0);
  for (std::int64_t r = 0; r < rows; ++r) {
    const bool empty = r % 5 == 3;  // rows of blocks in which no query sees anything
    for (std::int64_t c = 0; c < stride * 64; ++c) {
      const std::uint64_t bit = !empty && random.below(2) == 0 ? 1 : 0;
      bits[static_cast<std::size_t>(r * stride + c / 64)] |= bit << static_cast<unsigned>(c % 64);
    }
  }
  return {bits.data(), spec.bitmap_block, stride};
}

}  // namespace

std::string describe(const CaseSpec& spec) {
  std::ostringstream text;
  const Mask& mask = spec.mask;
  text << spec.n_q << " queries, " << spec.n_k << " keys, d " << spec.d << ", d_v " << spec.d_v << ", heads "
       << spec.heads << "/" << spec.kv_heads << ", " << name_of(spec.dtype) << ", "
       << fill_names[static_cast<std::size_t>(spec.fill)] << (mask.causal ? ", causal" : "") << ", offset "
       << mask.offset;
  if (mask.left < Mask::unlimited) text << ", left " << mask.left;
  if (mask.right < Mask::unlimited) text << ", right " << mask.right;
  if (mask.sinks > 0) text << ", sinks " << mask.sinks;
  if (mask.n_valid < Mask::unlimited) text << ", valid " << mask.n_valid;
  if (spec.bitmap_block > 0) text << ", bitmap of " << spec.bitmap_block;
  if (spec.score.cap) text << ", cap " << *spec.score.cap;
  if (spec.score.slope != 0) text << ", slope " << spec.score.slope;
  if (spec.score.sink_logit) text << ", sink logit " << *spec.score.sink_logit;
  if (spec.padding > 0) text << ", padding " << spec.padding;
  text << ", seed " << spec.seed;
  return text.str();
}

StoredMatrix::StoredMatrix(DType dtype, std::int64_t rows, std::int64_t cols, std::int64_t padding)
    : dtype_(dtype), rows_(rows), cols_(cols), stride_(cols + padding) {
  const std::int64_t count = rows == 0 ? 0 : (rows - 1) * stride_ + cols;
  bytes_.assign(static_cast<std::size_t>(count) * size_of(dtype), std::byte{0xff});  // NaN in every type
}

void StoredMatrix::set(std::int64_t row, std::int64_t col, double value) {
  const auto number = static_cast<float>(value);
  std::byte* place = bytes_.data() + static_cast<std::size_t>(row * stride_ + col) * size_of(dtype_);
  if (dtype_ == DType::f32) {
    std::memcpy(place, &number, sizeof number);
  } else {
    const std::uint16_t half = dtype_ == DType::f16 ? f16_from_float(number) : bf16_from_float(number);
    std::memcpy(place, &half, sizeof half);
  }
}

HeadCase::HeadCase(const CaseSpec& spec) {
  Random random(spec.seed);
  Filler filler(spec, random);
  HeadView pattern;
  pattern.score = spec.score;
  if (pattern.score.scale == 0) pattern.score.scale = static_cast<float>(1 / std::sqrt(static_cast<double>(spec.d)));
  pattern.mask = spec.mask;
  if (spec.bitmap_block > 0) pattern.mask.bitmap = random_bitmap(spec, random, bitmap_);

  const auto make = [&](std::int64_t rows, std::int64_t cols, auto number) {
    StoredMatrix& matrix = matrices_.emplace_back(spec.dtype, rows, cols, spec.padding);
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t c = 0; c < cols; ++c) matrix.set(r, c, number(r, c));
    }
    return matrix.view();
  };
  matrices_.reserve(static_cast<std::size_t>(spec.heads + 2 * spec.kv_heads));
  for (std::int64_t h = 0; h < spec.heads; ++h) {
    if (h % (spec.heads / spec.kv_heads) == 0) {
      pattern.k = make(spec.n_k, spec.d, [&](std::int64_t j, std::int64_t c) { return filler.k(j, c); });
      pattern.v = make(spec.n_k, spec.d_v, [&](std::int64_t, std::int64_t) { return filler.v(); });
    }
    pattern.q = make(spec.n_q, spec.d, [&](std::int64_t, std::int64_t c) { return filler.q(c); });
    heads_.push_back(pattern);
  }
}

}  // namespace attnscope::test
