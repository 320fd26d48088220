// The table of cases that every op of every backend is put through: the same on every machine.
#pragma once
#include <vector>

#include "head_case.h"

namespace attnscope::test {

enum class MaskKind : std::uint8_t {
  full,
  causal,
  window,  // causal, one-sided
  two_sided,
  lopsided,  // left and right differ
  right_only,
  window_sinks,  // causal
  two_sided_sinks,
  n_valid,
  causal_n_valid,
  window_n_valid,  // causal; the last rows see nothing
  bitmap,
  causal_bitmap,
  window_sinks_bitmap,
  nothing,  // no valid key
  slice,    // causal, queries from the middle of a longer head
  count
};

// Adds the mask to a case whose shape is set, sizes of windows and blocks by chance.
void add_mask(CaseSpec& spec, MaskKind kind, Random& random);

std::vector<CaseSpec> op_cases();

}  // namespace attnscope::test
