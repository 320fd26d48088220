// Numbers of one stored type as another.
#pragma once
#include <cstddef>

#include "core/dtype.h"

namespace attnscope {

// Whether every number of type `from` is one of type `to`.
constexpr bool converts_exactly(DType from, DType to) { return from == to || to == DType::f32; }

// `count` numbers from `source` to `target`, rounded to the nearest, ties to even. Throws InputError for a finite
// number that is too large for the target type; infinities and NaN stay what they are.
void convert_numbers(const void* source, DType from, void* target, DType to, std::size_t count);

}  // namespace attnscope
