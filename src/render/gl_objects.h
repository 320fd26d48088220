// OpenGL objects with owners: each handle is deleted when its GlObject is. Made by direct state access (OpenGL 4.5), so
// nothing here disturbs what is bound. What the objects are used for is left to the painters.
#pragma once
#include <glad/gl.h>

#include <initializer_list>
#include <string_view>
#include <utility>

namespace attnscope {

// One shader file of the folder shaders/, as cmake/Shaders.cmake embeds it.
struct ShaderText {
  GLenum stage;
  const char* name;  // the file's name, for messages
  const char* source;
};

// Owns one OpenGL object. Its context must be current when it is destroyed.
class GlObject {
 public:
  using Deleter = void (*)(GLuint);

  GlObject() = default;
  GlObject(GLuint id, Deleter deleter) : id_(id), deleter_(deleter) {}
  GlObject(GlObject&& other) noexcept : id_(std::exchange(other.id_, 0)), deleter_(other.deleter_) {}
  GlObject& operator=(GlObject&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(deleter_, other.deleter_);
    return *this;
  }
  GlObject(const GlObject&) = delete;
  GlObject& operator=(const GlObject&) = delete;
  ~GlObject() {
    if (id_ != 0) deleter_(id_);
  }

  // 0 where nothing is owned.
  GLuint id() const { return id_; }

 private:
  GLuint id_ = 0;
  Deleter deleter_ = nullptr;
};

// Throws Error with the shader's name and the driver's log where a shader does not compile or the stages do not link.
GlObject make_program(std::initializer_list<ShaderText> stages);

// Without storage yet: filled by glNamedBufferData.
GlObject make_buffer();

GlObject make_vertex_array();

// width x height pixels of `format` (a sized internal format), one level; shrunk linearly, magnified to crisp pixels.
GlObject make_texture(GLenum format, int width, int height);

// layers images of width x height, to be read texel by texel.
GlObject make_texture_array(GLenum format, int width, int height, int layers);

// Draws into level 0 of the texture.
GlObject make_framebuffer(const GlObject& color);

}  // namespace attnscope
