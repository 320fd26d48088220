// Images of weights on the GPU, by key: a texture array whose slots go to the images used last. What is drawn of them
// is left to map_painter.h.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "render/gl_objects.h"

namespace attnscope {

class TileTextures {
 public:
  // Slots of side x side floats, at most `slots`; memory is taken as they are used.
  TileTextures(int side, int slots) : side_(side), most_(slots) {}

  struct Slot {
    int index = 0;
    int width = 0, height = 0;
  };

  // What is found or put from here on is in use until the next call, and keeps its slot.
  void begin_frame() { ++frame_; }
  bool has(std::uint64_t key) const { return places_.contains(key); }
  // The image, row by row, NaN where masked; width and height at most side. An image of the same key is replaced. False
  // where every slot is in use.
  bool put(std::uint64_t key, int width, int height, std::span<const float> pixels);
  std::optional<Slot> find(std::uint64_t key);

  const GlObject& texture() const { return texture_; }

 private:
  struct Place {
    Slot slot;
    std::uint64_t used = 0;  // frame
  };
  std::optional<int> free_slot();
  void grow();

  int side_, most_;
  int capacity_ = 0;
  std::uint64_t frame_ = 1;
  GlObject texture_;
  std::unordered_map<std::uint64_t, Place> places_;
};

}  // namespace attnscope
