// A family of instructions that fixture_test holds against a GPU: the numbers that are put through them, what comes of
// these here and there, and the file that keeps what a GPU gave.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iosfwd>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "kernels/emulation/block.h"

namespace attnscope::test {

// How near the emulation must come.
enum class Nearness : std::uint8_t {
  bits,
  f16_pairs,   // bits, but a NaN is any NaN
  bf16_pairs,  // the same
  power,       // the unit's relative error is about 2^-22, and it has no subnormal numbers
  sum_of_16,   // of products of numbers of at most 1, in one step: GPUs cut where the emulation rounds
  sum_of_64,   // in four steps, each of which cuts sums that are larger
};

bool alike(unsigned emulated, unsigned real, Nearness nearness);

// What a file keeps of a thread's words. Live results are compared whole.
enum class Kept : std::uint8_t {
  all,
  folded,  // one word that depends on each; for Nearness::bits
  one,     // of thread t word t, modulo their number
};

struct Field {
  std::string name;
  std::size_t begin, words;  // of a thread's results
  Nearness nearness;
  Kept kept = Kept::all;
};

// The words of each field, thread by thread.
using Words = std::map<std::string, std::vector<unsigned>>;

struct Family {
  std::string name;
  bool hopper;  // of sm_90 only
  std::vector<Field> fields;
  std::size_t threads;
  unsigned inputs;  // their fingerprint: what was recorded of others is worthless
  Words (*emulated)(const emulation::Schedule& schedule);
  Words (*on_gpu)();  // null in a build without kernels for GPUs
};

Family sm_80_family();
Family sm_90_family();

// What a GPU gave, by family; of each the field "inputs" and the kept words of its fields.
using Record = std::map<std::string, Words>;

Words kept_words(const Family& family, const Words& words);
// Of each word that is not near enough, a line. Both whole, or both as they are kept.
std::vector<std::string> differences(const Family& family, const Words& emulated, const Words& real);

Record read_record(std::istream& in);
void write_record(std::ostream& out, const std::string& gpu, const Record& record);

// FNV-1a (Fowler, Noll and Vo).
template <class T>
unsigned fingerprint(std::span<const T> values) {
  unsigned hash = 2166136261U;
  for (const std::byte byte : std::as_bytes(values)) hash = (hash ^ std::to_integer<unsigned>(byte)) * 16777619U;
  return hash;
}

template <class Results>
Words words_of(const std::vector<Field>& fields, std::span<const Results> threads) {
  Words all;
  std::vector<unsigned> words(sizeof(Results) / sizeof(unsigned));
  for (const Results& thread : threads) {
    std::memcpy(words.data(), &thread, sizeof(Results));
    for (const Field& field : fields) {
      const auto begin = words.begin() + static_cast<std::ptrdiff_t>(field.begin);
      std::vector<unsigned>& to = all[field.name];
      to.insert(to.end(), begin, begin + static_cast<std::ptrdiff_t>(field.words));
    }
  }
  return all;
}

}  // namespace attnscope::test
