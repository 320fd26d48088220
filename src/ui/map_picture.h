// One picture made of images of weights: collects which images go where, has them drawn offscreen, shows the result. A
// picture that would come out the same as the last one is not drawn again.
#pragma once
#include <imgui.h>

#include <cstdint>
#include <vector>

#include "engine/requests.h"
#include "render/map_painter.h"
#include "render/render_target.h"
#include "render/tile_textures.h"
#include "ui/panel.h"

namespace attnscope {

// The range of weights that colours span in a context of n tokens: from below what an even spread gives each, to 1.
float lowest_coloured(const View& view, std::int64_t n);

class MapPicture {
 public:
  // `images` must outlive it; several pictures may share them.
  explicit MapPicture(TileTextures& images) : images_(images) {}

  // Begins a picture of width x height screen pixels, in the panel's colour.
  void begin(const Panel& panel, float width, float height);
  // Whether the image is, or now was, put among the images; not where they are all in use.
  bool put(std::uint64_t key, const WeightImage& image);
  // A part of an image (x0, y0, x1, y1 in its texels) on the rectangle of the picture (the same, in screen pixels).
  // False where there is no image of the key.
  bool add(std::uint64_t key, const glm::vec4& texels, const glm::vec4& place, float alpha = 1);
  // All of an image.
  bool add(std::uint64_t key, const glm::vec4& place);
  // What is not computed yet.
  void add_missing(const glm::vec4& place);
  // Draws it into the current window, its corner at `min`.
  void show(const Panel& panel, ImVec2 min);

 private:
  bool same_as_before(const Panel& panel, float low);

  TileTextures& images_;
  RenderTarget target_;
  MapPainter painter_;
  std::vector<MapQuad> quads_;
  std::vector<std::uint64_t> keys_;  // of the quads: a slot may have gone to another image
  std::vector<glm::vec4> missing_;
  float width_ = 0, height_ = 0;
  float pixels_ = 1;  // of the picture in a screen pixel
  // Everything that the last picture was made of.
  std::vector<std::byte> drawn_;
};

}  // namespace attnscope
