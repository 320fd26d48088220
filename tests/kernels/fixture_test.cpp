// The model of each instruction against what a GPU did with the same numbers: recorded once, in
// tests/data/kernels/instructions.txt, and held against the GPU itself where there is one.
//   ATTNSCOPE_RECORD=FILE     writes such a file from this machine's GPU
//   ATTNSCOPE_REQUIRE_GPU=1   fails where there is no GPU
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "../attention/head_case.h"
#include "instruction_kernel.h"
#include "kernels/emulation/block.h"
#ifdef ATTNSCOPE_GPU
#include "attention/cuda/gpu_device.h"
#include "instruction_gpu.h"
#endif

namespace attnscope::test {
namespace {

using kernels::InstructionInputs;
using kernels::InstructionResults;

constexpr const char* recorded_file = ATTNSCOPE_TEST_DATA "/kernels/instructions.txt";

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

std::vector<InstructionResults> results_of_emulation(const std::vector<InstructionInputs>& inputs) {
  std::vector<InstructionResults> results(inputs.size());
  const kernels::InstructionParameters parameters{inputs.data(), results.data()};
  emulation::BlockRunner().run({0, 1, kernels::instruction_lanes, sizeof(kernels::InstructionShared)}, {}, {},
                               [&] { kernels::put_through_instructions(parameters); });
  return results;
}

// How near the emulation must come.
enum class Nearness : std::uint8_t {
  bits,
  f16_pairs,   // bits, but a NaN is any NaN
  bf16_pairs,  // the same
  power,       // the unit's relative error is about 2^-22, and it has no subnormal numbers
  product,     // of 16 numbers of at most 1: GPUs cut where the emulation rounds
};

struct Field {
  const char* name;
  std::size_t begin, words;  // of a lane's results
  Nearness nearness;
};

using Results = InstructionResults;
constexpr Field fields[] = {
    {"powers", offsetof(Results, powers) / 4, sizeof(Results::powers) / 4, Nearness::power},
    {"packed[0]", offsetof(Results, packed[0]) / 4, sizeof(Results::packed[0]) / 4, Nearness::f16_pairs},
    {"packed[1]", offsetof(Results, packed[1]) / 4, sizeof(Results::packed[1]) / 4, Nearness::bf16_pairs},
    {"whole_products", offsetof(Results, whole_products) / 4, sizeof(Results::whole_products) / 4, Nearness::bits},
    {"products", offsetof(Results, products) / 4, sizeof(Results::products) / 4, Nearness::product},
    {"matrices", offsetof(Results, matrices) / 4, sizeof(Results::matrices) / 4, Nearness::bits},
    {"transposed", offsetof(Results, transposed) / 4, sizeof(Results::transposed) / 4, Nearness::bits},
    {"copied", offsetof(Results, copied) / 4, sizeof(Results::copied) / 4, Nearness::bits},
};

bool alike(unsigned emulated, unsigned real, Nearness nearness) {
  if (emulated == real) return true;
  const auto x = std::bit_cast<float>(emulated), y = std::bit_cast<float>(real);
  const auto both_nan = [&](unsigned shift, unsigned largest) {
    return (emulated >> shift & 0x7fffU) > largest && (real >> shift & 0x7fffU) > largest;
  };
  const auto half_alike = [&](unsigned shift, unsigned largest) {
    return (emulated >> shift & 0xffffU) == (real >> shift & 0xffffU) || both_nan(shift, largest);
  };
  const auto halves_alike = [&](unsigned largest) { return half_alike(0, largest) && half_alike(16, largest); };
  switch (nearness) {
    case Nearness::bits:
      return false;
    case Nearness::f16_pairs:
      return halves_alike(0x7c00U);
    case Nearness::bf16_pairs:
      return halves_alike(0x7f80U);
    case Nearness::power:
      return (std::isnan(x) && std::isnan(y)) || std::abs(x - y) <= std::max(0x1p-21F * std::abs(x), 0x1p-126F);
    case Nearness::product:
      return std::abs(x - y) <= 0x1p-17F;
  }
  return false;
}

// The words of a field, lane by lane.
using Words = std::map<std::string, std::vector<unsigned>>;

Words words_of(const std::vector<InstructionResults>& results) {
  Words all;
  for (const Field& field : fields) {
    for (const InstructionResults& lane : results) {
      std::vector<unsigned> words(sizeof lane / 4);
      std::memcpy(words.data(), &lane, sizeof lane);
      for (std::size_t i = 0; i < field.words; ++i) all[field.name].push_back(words[field.begin + i]);
    }
  }
  return all;
}

void compare(const Words& real) {
  const Words emulated = words_of(results_of_emulation(make_inputs()));
  for (const Field& field : fields) {
    const auto found = real.find(field.name);
    ASSERT_NE(found, real.end()) << "nothing recorded of " << field.name;
    const std::vector<unsigned>& mine = emulated.at(field.name);
    ASSERT_EQ(found->second.size(), mine.size()) << field.name;
    for (std::size_t i = 0; i < mine.size(); ++i) {
      EXPECT_TRUE(alike(mine[i], found->second[i], field.nearness))
          << field.name << ", lane " << i / field.words << ", " << i % field.words << std::hex << ": emulated "
          << mine[i] << ", on the GPU " << found->second[i];
    }
  }
}

// Inputs that change make a record of others worthless.
unsigned fingerprint(const std::vector<InstructionInputs>& inputs) {
  std::vector<unsigned char> bytes(inputs.size() * sizeof(InstructionInputs));
  std::memcpy(bytes.data(), inputs.data(), bytes.size());
  unsigned hash = 2166136261U;  // FNV-1a (Fowler, Noll and Vo)
  for (const unsigned char byte : bytes) hash = (hash ^ byte) * 16777619U;
  return hash;
}

Words read_words(std::istream& in) {
  Words all;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream rest(line);
    std::string name;
    rest >> name >> std::hex;
    for (unsigned word = 0; rest >> word;) all[name].push_back(word);
  }
  return all;
}

[[maybe_unused]] void write_words(std::ostream& out, const std::string& gpu, const Words& all) {
  out << "# What " << gpu << " made of tests/kernels/instruction_kernel.h: the words of lanes 0 to 31\n" << std::hex;
  out << "inputs " << fingerprint(make_inputs()) << '\n';
  for (const auto& [name, words] : all) {
    out << name;
    for (const unsigned word : words) out << ' ' << word;
    out << '\n';
  }
}

TEST(FixtureTest, TheEmulationDoesWhatAGpuWasRecordedDoing) {
  std::ifstream in(recorded_file);
  if (!in) GTEST_SKIP() << "no GPU has been recorded: there is no " << recorded_file;
  const Words real = read_words(in);
  ASSERT_TRUE(real.contains("inputs"));
  ASSERT_EQ(real.at("inputs").front(), fingerprint(make_inputs())) << "recorded of other inputs: record anew";
  compare(real);
}

TEST(FixtureTest, TheGpuDoesWhatTheEmulationDoes) {
#ifdef ATTNSCOPE_GPU
  const cuda::GpuState gpu = cuda::find_gpu();
  if (gpu.usable) {
    const Words real = words_of(results_of_gpu(make_inputs()));
    if (const char* record = std::getenv("ATTNSCOPE_RECORD")) {
      std::ofstream out(record);
      write_words(out, gpu.detail, real);
      EXPECT_TRUE(out.flush()) << record;
    }
    return compare(real);
  }
  const std::string why = gpu.detail;
#else
  const std::string why = "this build has no kernels for GPUs";
#endif
  if (std::getenv("ATTNSCOPE_REQUIRE_GPU") != nullptr) FAIL() << why;
  GTEST_SKIP() << why;
}

// A record that is off by what the comparison must not let pass is refused: it can tell right from wrong.
TEST(FixtureTest, AWrongRecordIsNoticed) {
  const Words right = words_of(results_of_emulation(make_inputs()));
  std::stringstream file;
  write_words(file, "a GPU", right);
  Words read = read_words(file);
  EXPECT_EQ(read.at("inputs").front(), fingerprint(make_inputs()));
  read.erase("inputs");
  EXPECT_EQ(read, right);
  for (const Field& field : fields) {
    const unsigned word = right.at(field.name).back();
    const unsigned wrong = field.nearness == Nearness::power ? word + 8
                           : field.nearness == Nearness::product
                               ? std::bit_cast<unsigned>(std::bit_cast<float>(word) + 0x1p-14F)
                               : word ^ 1U;
    EXPECT_FALSE(alike(word, wrong, field.nearness)) << field.name;
  }
}

}  // namespace
}  // namespace attnscope::test
