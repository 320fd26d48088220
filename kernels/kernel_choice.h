// Kernels by name and type.
#pragma once
#include <compare>

#include "core/dtype.h"
#include "kernels/device.h"

namespace attnscope::kernels {

enum class KernelId : std::uint8_t {
  forward_float,
  forward_half,
  weights,
  map,
  row_stats,
  column_mass,
  select,
  forward_hopper
};

constexpr const char* name_of(KernelId id) {
  constexpr const char* names[] = {"forward_float", "forward_half", "weights", "map",
                                   "row_stats",     "column_mass",  "select",  "forward_hopper"};
  return names[static_cast<int>(id)];
}

constexpr int threads_of(KernelId id) { return id == KernelId::forward_hopper ? hopper_threads : threads; }

struct KernelChoice {
  KernelId id;
  DType dtype = DType::f32;  // of q, k and v
  int groups = 1;            // of forward: 64 columns of v each (of 16-bit numbers: of q, k and v), at most 4

  friend constexpr auto operator<=>(const KernelChoice&, const KernelChoice&) = default;
};

}  // namespace attnscope::kernels
