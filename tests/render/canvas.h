// A picture to draw into without a window, and its pixels as numbers.
#pragma once
#include <algorithm>
#include <cstdlib>
#include <glm/vec4.hpp>

#include "render/gl_context.h"
#include "render/image.h"
#include "render/render_target.h"

namespace attnscope {

// Declared before the painters of a test, so that they go before its context does.
struct Canvas {
  Canvas(int width, int height, glm::vec4 color = {0, 0, 0, 1}) : back(color) {
    target.resize(width, height);
    target.clear(back);
  }

  // What is there now; the canvas is wiped for the next picture.
  Image take() {
    Image image{target.width(), target.height(), {}};
    image.pixels.resize(4 * static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height));
    glGetTextureImage(target.texture(), 0, GL_RGBA, GL_UNSIGNED_BYTE, static_cast<GLsizei>(image.pixels.size()),
                      image.pixels.data());
    target.clear(back);
    return image;
  }

  GlContext context;
  RenderTarget target;
  glm::vec4 back;
};

inline int red(const Image& image, int x, int y) { return image.at(x, y)[0]; }

// The largest difference of any channel; pictures of one size.
inline int difference(const Image& a, const Image& b) {
  int most = a.pixels.size() == b.pixels.size() ? 0 : 255;
  for (std::size_t i = 0; most < 255 && i < a.pixels.size(); ++i) {
    most = std::max(most, std::abs(a.pixels[i] - b.pixels[i]));
  }
  return most;
}

}  // namespace attnscope
