// A layer's description as capture files store it: one JSON object per layer in the file's metadata, such as
// {"heads":9,"kv_heads":3,"head_dim":64,"scale":0.125,"cap":null,"slopes":null,"mask":{"causal":true,"left":null,
// "right":null,"sinks":0,"n_valid":null},"rotary":{"base":100000.0,"dims":64}}. Tensors are the file's matter.
#pragma once
#include <string>
#include <string_view>

#include "capture/layer.h"

namespace attnscope {

// Everything but value_dim, dtype, gives_lse and gives_sink, which the tensors say.
std::string layer_json(const LayerSpec& spec);

// Absent and null mean the same, unknown keys are ignored; heads, kv_heads, head_dim, scale and mask must be there.
// value_dim is set to head_dim. Throws BrokenFile, whose message begins with `where`, for a missing key, a value of
// another kind or out of range, and kv_heads that do not divide heads.
LayerSpec parse_layer_json(std::string_view text, const std::string& where);

}  // namespace attnscope
