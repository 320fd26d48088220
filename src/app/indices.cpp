#include "app/indices.h"

#include <algorithm>
#include <string>

#include "core/error.h"

namespace attnscope {

void check_layer(const CaptureInfo& info, std::int64_t layer) {
  const auto layers = static_cast<std::int64_t>(info.layers.size());
  if (std::find(info.absent.begin(), info.absent.end(), layer) != info.absent.end()) {
    throw InputError("layer " + std::to_string(layer) + ": this capture of " + info.model + " leaves it out");
  }
  if (layer >= 0 && layer < layers) return;
  throw InputError("layer " + std::to_string(layer) + ": " + info.model + " has layers 0 to " +
                   std::to_string(layers - 1));
}

void check_head(const CaptureInfo& info, std::int64_t layer, std::int64_t head) {
  check_layer(info, layer);
  const std::int64_t heads = info.layers[static_cast<std::size_t>(layer)].heads;
  if (head >= 0 && head < heads) return;
  throw InputError("head " + std::to_string(head) + ": layer " + std::to_string(layer) + " of " + info.model +
                   " has heads 0 to " + std::to_string(heads - 1));
}

std::vector<std::int64_t> places_in_context(const CaptureInfo& info, std::span<const std::int64_t> tokens) {
  std::vector<std::int64_t> places;
  places.reserve(tokens.size());
  for (const std::int64_t token : tokens) {
    if (token < info.first || token >= info.first + info.count) {
      throw InputError("token " + std::to_string(token) + ": " + (is_slice(info) ? "the context" : "the text") +
                       " has tokens " + std::to_string(info.first) + " to " +
                       std::to_string(info.first + info.count - 1));
    }
    places.push_back(token - info.first);
  }
  return places;
}

bool is_slice(const CaptureInfo& info) {
  return info.first != 0 || info.count != static_cast<std::int64_t>(info.tokens.size());
}

}  // namespace attnscope
