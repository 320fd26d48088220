// The instructions of kernels/instructions.h.
#include <bit>
#include <cmath>
#include <limits>

#include "../attention/head_case.h"
#include "fixture.h"
#include "instruction_kernel.h"
#ifdef ATTNSCOPE_GPU
#include "instruction_gpu.h"
#endif

namespace attnscope::test {
namespace {

using kernels::InstructionInputs;
using Results = kernels::InstructionResults;

// Powers of 2 whose limits matter, ties of both roundings, what is too large or too small for 16 bits.
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float special_exponents[] = {0,        -0.0F,     1,   -1,     0.5F,  -126,     -127,
                                       -140,     -150,      127, 127.5F, 128,   1e-30F,   -1e-42F,
                                       infinity, -infinity, NAN, -23.5F, -1e5F, -0x1p-20F};
constexpr float special_numbers[] = {
    0,        -0.0F,   1.00048828125F, 1.00146484375F, 1.00390625F, 1.01171875F, 65504,        65519.9F,
    65520,    -65520,  0x1p-24F,       0x1p-25F,       0x1.8p-25F,  -0x1p-15F,   0x1.ffcp-15F, 0x1.fffp-15F,
    3.38e38F, 3.4e38F, infinity,       -infinity,      NAN,         -1e-42F};

template <std::size_t count>
float special_or(const float (&specials)[count], std::size_t index, double other) {
  return index < count ? specials[index] : static_cast<float>(other);
}

// A pair of numbers of 16 bits, f16 for type 0, bf16 for type 1.
unsigned pair_of(int type, double low, double high) {
  return type == 0 ? kernels::pack(kernels::F16{}, static_cast<float>(low), static_cast<float>(high))
                   : kernels::pack(kernels::BF16{}, static_cast<float>(low), static_cast<float>(high));
}

std::vector<InstructionInputs> make_inputs() {
  Random random(7);
  std::vector<InstructionInputs> lanes(kernels::instruction_lanes);
  const auto whole = [&] { return static_cast<double>(random.below(33) - 16); };
  const auto fraction = [&] { return 2 * random.uniform() - 1; };
  const auto word = [&] { return static_cast<unsigned>(random.below(std::int64_t{1} << 32U)); };
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
    InstructionInputs& in = lanes[lane];
    for (std::size_t i = 0; i < 8; ++i) {
      in.exponents[i] = special_or(special_exponents, lane * 8 + i, -40 * random.uniform());
      in.low[i] = special_or(special_numbers, lane * 8 + i, 8 * random.bell());
      in.high[i] = std::bit_cast<float>(word());
    }
    for (int type = 0; type < 2; ++type) {
      for (unsigned& pair : in.whole_a[type]) pair = pair_of(type, whole(), whole());
      for (unsigned& pair : in.whole_b[type]) pair = pair_of(type, whole(), whole());
      for (float& number : in.whole_d[type]) number = static_cast<float>(whole());
      for (unsigned& pair : in.a[type]) pair = pair_of(type, fraction(), fraction());
      for (unsigned& pair : in.b[type]) pair = pair_of(type, fraction(), fraction());
      for (float& number : in.d[type]) number = static_cast<float>(fraction());
    }
    for (unsigned& one : in.rows) one = word();
    for (unsigned& one : in.copied) one = word();
  }
  return lanes;
}

std::vector<Results> results_of_emulation(const std::vector<InstructionInputs>& inputs,
                                          const emulation::Schedule& schedule) {
  std::vector<Results> results(inputs.size());
  const kernels::InstructionParameters parameters{inputs.data(), results.data()};
  emulation::BlockRunner().run({0, 1, kernels::instruction_lanes, sizeof(kernels::InstructionShared)}, schedule, {},
                               [&] { kernels::put_through_instructions(parameters); });
  return results;
}

std::vector<Field> make_fields() {
  return {
      {"powers", offsetof(Results, powers) / 4, sizeof(Results::powers) / 4, Nearness::power},
      {"packed[0]", offsetof(Results, packed[0]) / 4, sizeof(Results::packed[0]) / 4, Nearness::f16_pairs},
      {"packed[1]", offsetof(Results, packed[1]) / 4, sizeof(Results::packed[1]) / 4, Nearness::bf16_pairs},
      {"whole_products", offsetof(Results, whole_products) / 4, sizeof(Results::whole_products) / 4, Nearness::bits},
      {"products", offsetof(Results, products) / 4, sizeof(Results::products) / 4, Nearness::sum_of_16},
      {"matrices", offsetof(Results, matrices) / 4, sizeof(Results::matrices) / 4, Nearness::bits},
      {"transposed", offsetof(Results, transposed) / 4, sizeof(Results::transposed) / 4, Nearness::bits},
      {"copied", offsetof(Results, copied) / 4, sizeof(Results::copied) / 4, Nearness::bits},
  };
}

Words emulated(const emulation::Schedule& schedule) {
  return words_of<Results>(make_fields(), results_of_emulation(make_inputs(), schedule));
}
#ifdef ATTNSCOPE_GPU
Words on_gpu() { return words_of<Results>(make_fields(), results_of_gpu(make_inputs())); }
#else
constexpr Words (*on_gpu)() = nullptr;
#endif

}  // namespace

Family sm_80_family() {
  return {"sm_80",  false, make_fields(), kernels::instruction_lanes, fingerprint<InstructionInputs>(make_inputs()),
          emulated, on_gpu};
}

}  // namespace attnscope::test
