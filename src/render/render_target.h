// A picture that painters draw into and a panel shows as an image. What is drawn is left to the painters; coordinates
// are pixels from the top left corner, and the texture's first row is the top one (ImGui shows it with uv (0,0) to
// (1,1)).
#pragma once
#include <glm/vec2.hpp>
#include <glm/vec4.hpp>

#include "render/gl_objects.h"

namespace attnscope {

class RenderTarget {
 public:
  // `format`: a sized internal format that can be drawn into.
  explicit RenderTarget(GLenum format = GL_RGBA8) : format_(format) {}

  // Makes room for width x height pixels, both at least 1; keeps what is there where the size is equal, else
  // the content is undefined until clear(). Throws Error beyond the driver's largest texture.
  void resize(int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  glm::vec2 size() const { return {static_cast<float>(width_), static_cast<float>(height_)}; }

  // 0 before the first resize(). Another texture after a resize to another size.
  GLuint texture() const { return color_.id(); }

  // The whole picture in one colour, straight alpha in [0, 1].
  void clear(glm::vec4 color);

  // What is drawn next goes here: sets the viewport, and no depth test, culling, scissor or stencil. With `blend`,
  // colours whose alpha is already multiplied in are laid over what is there; without, they replace it.
  void bind(bool blend);

 private:
  GLenum format_;
  int width_ = 0;
  int height_ = 0;
  GlObject color_;
  GlObject framebuffer_;
};

}  // namespace attnscope
