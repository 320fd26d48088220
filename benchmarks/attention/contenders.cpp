#include <array>
#include <utility>

#include "attention_bench/contender.h"

namespace attnscope::bench {
namespace {

using Maker = std::unique_ptr<Contender> (*)();

constexpr auto others = std::to_array<std::pair<const char*, Maker>>({
    {"naive", make_naive_contender},
#ifdef ATTNSCOPE_SIMD
    {"stored", make_stored_contender},
    {"blocked", make_blocked_contender},
#endif
});

}  // namespace

std::vector<std::string> other_contenders() {
  std::vector<std::string> names;
  names.reserve(others.size());
  for (const auto& [name, make] : others) names.emplace_back(name);
  return names;
}

std::unique_ptr<Contender> make_other_contender(const std::string& name) {
  for (const auto& [known, make] : others) {
    if (name == known) return make();
  }
  return nullptr;
}

}  // namespace attnscope::bench
