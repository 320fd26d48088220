// Layers, heads and tokens that a person names, checked against a capture. Tokens are counted in the document; the ops
// count them from the first token of the context.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "capture/capture.h"

namespace attnscope {

// Each throws InputError that says the number and the range that is there.
void check_layer(const CaptureInfo& info, std::int64_t layer);
void check_head(const CaptureInfo& info, std::int64_t layer, std::int64_t head);

// Tokens of the document as places in the context, in the given order.
std::vector<std::int64_t> places_in_context(const CaptureInfo& info, std::span<const std::int64_t> tokens);

// Whether the context is only a part of the document, so that results say where it starts.
bool is_slice(const CaptureInfo& info);

}  // namespace attnscope
