#include "render/gl_objects.h"

#include <string>

#include "core/error.h"

namespace attnscope {
namespace {

// The driver's words about a shader or a program, of the length it says.
template <typename GetValue, typename GetLog>
std::string driver_log(GLuint id, GetValue get_value, GetLog get_log) {
  GLint length = 0;
  get_value(id, GL_INFO_LOG_LENGTH, &length);
  std::string log(static_cast<size_t>(length > 0 ? length : 1), '\0');
  GLsizei written = 0;
  get_log(id, static_cast<GLsizei>(log.size()), &written, log.data());
  log.resize(static_cast<size_t>(written));
  return log;
}

GlObject compile(const ShaderText& text) {
  GlObject shader(glCreateShader(text.stage), [](GLuint id) { glDeleteShader(id); });
  glShaderSource(shader.id(), 1, &text.source, nullptr);
  glCompileShader(shader.id());
  GLint compiled = GL_FALSE;
  glGetShaderiv(shader.id(), GL_COMPILE_STATUS, &compiled);
  if (compiled == GL_TRUE) return shader;
  throw Error(std::string("the graphics driver refuses shader ") + text.name + ": " +
              driver_log(shader.id(), glGetShaderiv, glGetShaderInfoLog));
}

}  // namespace

GlObject make_program(std::initializer_list<ShaderText> stages) {
  GlObject program(glCreateProgram(), [](GLuint id) { glDeleteProgram(id); });
  std::string names;
  for (const ShaderText& text : stages) {
    glAttachShader(program.id(),
                   compile(text).id());  // a deleted shader lives as long as the program it is attached to
    names += std::string(names.empty() ? "" : " + ") + text.name;
  }
  glLinkProgram(program.id());
  GLint linked = GL_FALSE;
  glGetProgramiv(program.id(), GL_LINK_STATUS, &linked);
  if (linked == GL_TRUE) return program;
  throw Error("the graphics driver cannot link shaders " + names + ": " +
              driver_log(program.id(), glGetProgramiv, glGetProgramInfoLog));
}

GlObject make_buffer() {
  GLuint id = 0;
  glCreateBuffers(1, &id);
  return {id, [](GLuint name) { glDeleteBuffers(1, &name); }};
}

GlObject make_vertex_array() {
  GLuint id = 0;
  glCreateVertexArrays(1, &id);
  return {id, [](GLuint name) { glDeleteVertexArrays(1, &name); }};
}

GlObject make_texture(GLenum format, int width, int height) {
  GLuint id = 0;
  glCreateTextures(GL_TEXTURE_2D, 1, &id);
  GlObject texture(id, [](GLuint name) { glDeleteTextures(1, &name); });
  glTextureStorage2D(id, 1, format, width, height);
  glTextureParameteri(id, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
  glTextureParameteri(id, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  glTextureParameteri(id, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTextureParameteri(id, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  return texture;
}

GlObject make_texture_array(GLenum format, int width, int height, int layers) {
  GLuint id = 0;
  glCreateTextures(GL_TEXTURE_2D_ARRAY, 1, &id);
  GlObject texture(id, [](GLuint name) { glDeleteTextures(1, &name); });
  glTextureStorage3D(id, 1, format, width, height, layers);
  glTextureParameteri(id, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTextureParameteri(id, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  return texture;
}

GlObject make_framebuffer(const GlObject& color) {
  GLuint id = 0;
  glCreateFramebuffers(1, &id);
  GlObject framebuffer(id, [](GLuint name) { glDeleteFramebuffers(1, &name); });
  glNamedFramebufferTexture(id, GL_COLOR_ATTACHMENT0, color.id(), 0);
  return framebuffer;
}

}  // namespace attnscope
