#include "render/map_painter.h"

#include <cmath>
#include <vector>

#include "shaders.h"

namespace attnscope {
namespace {

constexpr int corners = 6;  // of a rectangle as two triangles

// As in shaders/map.vert.
struct Instance {
  glm::vec4 texels, pixels, image;
};

// Locations in shaders/map.* and shaders/shimmer.*.
enum Location : GLint {
  at_size = 0,
  at_ramp = 1,
  at_panel = 6,
  at_hatch = 7,
  at_range = 8,
  at_logarithmic = 9,
  at_mean = 10,
  at_time = 11
};

}  // namespace

void MapPainter::draw(RenderTarget& target, const TileTextures& images, std::span<const MapQuad> quads,
                      const MapLook& look) {
  if (quads.empty()) return;
  if (map_.id() == 0) {
    map_ = make_program({shaders::map_vert, shaders::map_frag});
    data_ = make_buffer();
    no_vertices_ = make_vertex_array();
  }
  std::vector<Instance> instances;
  instances.reserve(quads.size());
  for (const MapQuad& quad : quads) {
    const glm::vec4 image(quad.slot, quad.alpha, quad.width, quad.height);
    instances.push_back({quad.texels, quad.pixels, image});
  }
  glNamedBufferData(data_.id(), static_cast<GLsizeiptr>(instances.size() * sizeof(Instance)), instances.data(),
                    GL_STREAM_DRAW);
  target.bind(true);
  glUseProgram(map_.id());
  const glm::vec2 size = target.size();
  const glm::vec2 range =
      look.logarithmic ? glm::vec2(std::log(look.low), std::log(look.high)) : glm::vec2(look.low, look.high);
  glUniform2fv(at_size, 1, &size.x);
  glUniform3fv(at_ramp, static_cast<GLsizei>(look.ramp.size()), &look.ramp[0].x);
  glUniform3fv(at_panel, 1, &look.panel.x);
  glUniform3fv(at_hatch, 1, &look.hatch.x);
  glUniform2fv(at_range, 1, &range.x);
  glUniform1i(at_logarithmic, look.logarithmic ? 1 : 0);
  glUniform1i(at_mean, look.mean ? 1 : 0);
  glBindTextureUnit(0, images.texture().id());
  glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, data_.id());
  glBindVertexArray(no_vertices_.id());
  glDrawArraysInstanced(GL_TRIANGLES, 0, corners, static_cast<GLsizei>(instances.size()));
}

void MapPainter::shimmer(RenderTarget& target, std::span<const glm::vec4> rectangles, const MapLook& look) {
  if (rectangles.empty()) return;
  if (shimmer_.id() == 0) {
    shimmer_ = make_program({shaders::shimmer_vert, shaders::shimmer_frag});
    if (data_.id() == 0) data_ = make_buffer();
    if (no_vertices_.id() == 0) no_vertices_ = make_vertex_array();
  }
  glNamedBufferData(data_.id(), static_cast<GLsizeiptr>(rectangles.size_bytes()), rectangles.data(), GL_STREAM_DRAW);
  target.bind(false);
  glUseProgram(shimmer_.id());
  const glm::vec2 size = target.size();
  glUniform2fv(at_size, 1, &size.x);
  glUniform3fv(at_panel, 1, &look.panel.x);
  glUniform3fv(at_hatch, 1, &look.hatch.x);
  glUniform1f(at_time, look.time);
  glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, data_.id());
  glBindVertexArray(no_vertices_.id());
  glDrawArraysInstanced(GL_TRIANGLES, 0, corners, static_cast<GLsizei>(rectangles.size()));
}

}  // namespace attnscope
