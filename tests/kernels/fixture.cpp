#include "fixture.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <istream>
#include <ostream>
#include <sstream>

namespace attnscope::test {

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
    case Nearness::sum_of_16:
      return std::abs(x - y) <= 0x1p-17F;
    case Nearness::sum_of_64:
      return std::abs(x - y) <= 0x1p-14F;
  }
  return false;
}

Words kept_words(const Family& family, const Words& words) {
  Words all;
  for (const Field& field : family.fields) {
    std::vector<unsigned>& to = all[field.name];
    for (std::size_t thread = 0; thread < family.threads; ++thread) {
      const std::span of_thread(words.at(field.name).data() + thread * field.words, field.words);
      switch (field.kept) {
        case Kept::all:
          to.insert(to.end(), of_thread.begin(), of_thread.end());
          break;
        case Kept::folded:
          to.push_back(fingerprint(of_thread));
          break;
        case Kept::one:
          to.push_back(of_thread[thread % field.words]);
          break;
      }
    }
  }
  return all;
}

std::vector<std::string> differences(const Family& family, const Words& emulated, const Words& real) {
  std::vector<std::string> lines;
  for (const Field& field : family.fields) {
    const std::vector<unsigned>& mine = emulated.at(field.name);
    const auto found = real.find(field.name);
    if (found == real.end() || found->second.size() != mine.size()) {
      lines.push_back(field.name + ": " + std::to_string(found == real.end() ? 0 : found->second.size()) +
                      " words instead of " + std::to_string(mine.size()));
      continue;
    }
    const std::size_t words = mine.size() / family.threads;  // of a thread
    for (std::size_t i = 0; i < mine.size(); ++i) {
      if (alike(mine[i], found->second[i], field.nearness)) continue;
      std::ostringstream line;
      line << field.name << ", thread " << i / words << ", " << i % words << std::hex << ": emulated " << mine[i]
           << ", on the GPU " << found->second[i];
      lines.push_back(line.str());
    }
  }
  return lines;
}

Record read_record(std::istream& in) {
  Record record;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream rest(line);
    std::string family, field;
    rest >> family >> field >> std::hex;
    std::vector<unsigned>& words = record[family][field];
    for (unsigned word = 0; rest >> word;) words.push_back(word);
  }
  return record;
}

void write_record(std::ostream& out, const std::string& gpu, const Record& record) {
  out << "# What " << gpu
      << " made of the instructions in tests/kernels/*instruction_kernel.h: family, field, the words "
      << "that fixture.h keeps of all threads\n"
      << std::hex;
  for (const auto& [family, fields] : record) {
    for (const auto& [field, words] : fields) {
      out << family << ' ' << field;
      for (const unsigned word : words) out << ' ' << word;
      out << '\n';
    }
  }
}

}  // namespace attnscope::test
