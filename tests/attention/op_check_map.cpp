// The checks of the two maps.
#include "guarded.h"
#include "op_check.h"

namespace attnscope::test {
namespace {

constexpr float untouched = -12345.678F;
constexpr std::int64_t uncounted = -77;

// What a map writes: the truth's and the tested backend's.
struct Images {
  explicit Images(const MapSpec& spec)
      : truth(pixels(spec)),
        true_visible(pixels(spec)),
        got(pixels(spec), untouched),
        visible(pixels(spec), uncounted) {}
  static std::size_t pixels(const MapSpec& spec) { return static_cast<std::size_t>(spec.h * spec.w); }

  std::vector<float> truth;
  std::vector<std::int64_t> true_visible;
  Guarded<float> got;
  Guarded<std::int64_t> visible;
};

}  // namespace

void OpCheck::map(const HeadView& head) {
  const MapSpec spec = choose_map(head, random_);
  WeightKind kind{};
  const Weights weights_of_rows = weights(head, kind).of(spec.q0, spec.q1);
  Images images(spec);
  reference_.map(head, spec, weights_of_rows.view(), {images.truth, images.true_visible}, job());
  const bool counted = random_.below(3) != 0;
  tested_.map(head, spec, weights_of_rows.view(),
              {images.got.values(), counted ? images.visible.values() : std::span<std::int64_t>()}, job());
  compare_weights(spec.pool == Pool2d::max ? "max" : "mean", head, images.got.values(), images.truth,
                  weights_of_rows.b);
  for (std::size_t index = 0; index < images.true_visible.size(); ++index) {
    const std::int64_t wanted = counted ? images.true_visible[index] : uncounted;
    const std::int64_t got = images.visible.values()[index];
    expect(got == wanted, "visible", static_cast<std::int64_t>(index), static_cast<double>(got),
           static_cast<double>(wanted));
  }
  expect(images.got.margins_intact() && images.visible.margins_intact(), "memory around the image", 0, 0, 0);
}

void OpCheck::sampled_map(const HeadView& head) {
  MapSpec spec = choose_map(head, random_);
  spec.k0 = 0;
  spec.k1 = head.n_k();
  const std::int64_t samples = 1 + random_.below(6);
  Images images(spec);
  reference_.sampled_map(head, spec, samples, {images.truth, images.true_visible}, job());
  tested_.sampled_map(head, spec, samples, {images.got.values(), images.visible.values()}, job());
  compare_weights(spec.pool == Pool2d::max ? "max" : "mean", head, images.got.values(), images.truth, {});
  for (std::size_t index = 0; index < images.true_visible.size(); ++index) {
    const std::int64_t got = images.visible.values()[index];
    expect(got == images.true_visible[index], "visible", static_cast<std::int64_t>(index), static_cast<double>(got),
           static_cast<double>(images.true_visible[index]));
  }
  expect(images.got.margins_intact() && images.visible.margins_intact(), "memory around the image", 0, 0, 0);
}

}  // namespace attnscope::test
