// The instructions of kernels/instructions_hopper.h.
#include "../attention/head_case.h"
#include "fixture.h"
#include "hopper_instruction_kernel.h"
#include "kernels/emulation/box_copies.h"
#ifdef ATTNSCOPE_GPU
#include "hopper_instruction_gpu.h"
#endif

namespace attnscope::test {
namespace {

using kernels::HopperInstructionInputs;
using Results = kernels::HopperInstructionResults;
using Round = kernels::HopperRoundResults;

constexpr bool is_whole(int round) { return round == 0; }

std::vector<HopperInstructionInputs> make_inputs() {
  Random random(8);
  std::vector<HopperInstructionInputs> inputs(1);
  const auto fill = [&](auto& matrix, auto&& number) {
    for (auto& row : matrix) {
      for (std::uint16_t& one : row) one = number();
    }
  };
  for (int type = 0; type < 2; ++type) {
    for (int round = 0; round < kernels::hopper_rounds; ++round) {
      const auto number = [&] {
        const double value = is_whole(round) ? static_cast<double>(random.below(33) - 16) : 2 * random.uniform() - 1;
        return type == 0 ? f16_from_float(static_cast<float>(value)) : bf16_from_float(static_cast<float>(value));
      };
      kernels::HopperOperands& operands = inputs.front().operands[type][round];
      fill(operands.a, number);
      fill(operands.b, number);
      fill(operands.values, number);
    }
  }
  fill(inputs.front().edge, [&] { return static_cast<std::uint16_t>(random.below(std::int64_t{1} << 16U)); });
  return inputs;
}

std::vector<Results> results_of_emulation(const std::vector<HopperInstructionInputs>& inputs,
                                          const emulation::Schedule& schedule) {
  std::vector<Results> results(kernels::hopper_lanes);
  const kernels::HopperInstructionMaps maps = kernels::describe(inputs.data(), emulation::tensor_map);
  emulation::BlockRunner runner;
  kernels::with_hopper_instruction_kernels(
      {inputs.data(), &maps, results.data(), 0},
      [&](auto kernel, const kernels::HopperInstructionParameters& parameters) {
        runner.run({0, 1, kernels::hopper_threads, sizeof(kernels::HopperInstructionShared)}, schedule, {},
                   [&] { kernel(parameters); });
      });
  return results;
}

// Of a kernel and a round, by what its name adds to theirs.
std::vector<Field> make_fields() {
  std::vector<Field> fields{
      {"last_note", offsetof(Results, last_note) / 4, sizeof(Results::last_note) / 4, Nearness::bits, Kept::folded}};
  constexpr const char* kernel_names[kernels::hopper_kernels] = {"f16_64",  "f16_128",  "f16_256",
                                                                 "bf16_64", "bf16_128", "bf16_256"};
  constexpr std::size_t score_words[] = {64, 64, 32}, sum_words[] = {32, 64, 128};
  for (std::size_t kernel = 0; kernel < kernels::hopper_kernels; ++kernel) {
    for (int round = 0; round < kernels::hopper_rounds; ++round) {
      const std::size_t index = kernel * kernels::hopper_rounds + static_cast<std::size_t>(round);
      const std::size_t begin = (offsetof(Results, rounds) + index * sizeof(Round)) / 4;
      const std::string name = std::string(kernel_names[kernel]) + (is_whole(round) ? "_whole." : ".");
      const Nearness nearness = is_whole(round) ? Nearness::bits : Nearness::sum_of_64;
      const Kept kept = is_whole(round) ? Kept::folded : Kept::one;
      const auto add = [&](const char* what, std::size_t byte, std::size_t words, Nearness near, Kept keep) {
        fields.push_back({name + what, begin + byte / 4, words, near, keep});
      };
      add("scores", offsetof(Round, scores), score_words[kernel % 3], nearness, kept);
      add("sums", offsetof(Round, sums), sum_words[kernel % 3], nearness, kept);
      static_assert(offsetof(Round, turn) == offsetof(Round, edge) + 9 * 4);
      add("edge_note_turn", offsetof(Round, edge), 10, Nearness::bits, Kept::folded);
    }
  }
  return fields;
}

Words emulated(const emulation::Schedule& schedule) {
  return words_of<Results>(make_fields(), results_of_emulation(make_inputs(), schedule));
}
#ifdef ATTNSCOPE_GPU
Words on_gpu() { return words_of<Results>(make_fields(), hopper_results_of_gpu(make_inputs())); }
#else
constexpr Words (*on_gpu)() = nullptr;
#endif

}  // namespace

Family sm_90_family() {
  return {"sm_90",  true,  make_fields(), kernels::hopper_lanes, fingerprint<HopperInstructionInputs>(make_inputs()),
          emulated, on_gpu};
}

}  // namespace attnscope::test
