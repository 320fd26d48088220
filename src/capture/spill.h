// Moves a layer from memory to disk without a trace there: the file has no name and goes with the last reader.
#pragma once
#include <filesystem>
#include <memory>

#include "capture/layer.h"

namespace attnscope {

// The same layer (bits and id) with q, k, v and lse in a temporary file in `folder`, mapped. Throws Error where the
// folder cannot be written or has not enough space.
std::shared_ptr<const Layer> spill_layer(const Layer& layer, const std::filesystem::path& folder);

}  // namespace attnscope
