#include "render/render_target.h"

#include <string>

#include "core/error.h"

namespace attnscope {

void RenderTarget::resize(int width, int height) {
  if (width == width_ && height == height_) return;
  GLint largest = 0;
  glGetIntegerv(GL_MAX_TEXTURE_SIZE, &largest);
  if (width < 1 || height < 1 || width > largest || height > largest) {
    throw Error("cannot draw a picture of " + std::to_string(width) + " x " + std::to_string(height) +
                " pixels: this graphics driver takes 1 to " + std::to_string(largest) + " a side");
  }
  color_ = make_texture(format_, width, height);
  framebuffer_ = make_framebuffer(color_);
  width_ = width;
  height_ = height;
}

void RenderTarget::clear(glm::vec4 color) {
  glDisable(GL_SCISSOR_TEST);  // a clear is scissored too
  glClearNamedFramebufferfv(framebuffer_.id(), GL_COLOR, 0, &color.x);
}

void RenderTarget::bind(bool blend) {
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_.id());
  glViewport(0, 0, width_, height_);
  for (const GLenum test : {GL_DEPTH_TEST, GL_CULL_FACE, GL_SCISSOR_TEST, GL_STENCIL_TEST}) glDisable(test);
  if (blend) {
    glEnable(GL_BLEND);
    glBlendEquation(GL_FUNC_ADD);
    glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  } else {
    glDisable(GL_BLEND);
  }
}

}  // namespace attnscope
