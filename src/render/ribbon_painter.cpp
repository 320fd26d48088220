#include "render/ribbon_painter.h"

#include <vector>

#include "shaders.h"

namespace attnscope {
namespace {

constexpr int segments = 128;                       // of an arc: below a pixel off the curve up to 4,000 pixels
constexpr int strip_vertices = 2 * (segments + 3);  // with a place beyond each end
constexpr int lights_a_ribbon = 3;
constexpr int corners = 6;

// As in shaders/ribbon.vert and shaders/light.vert.
struct Instance {
  glm::vec4 ends, shape, color;
};

}  // namespace

void RibbonPainter::draw(RenderTarget& target, std::span<const Ribbon> ribbons, float clock, glm::vec3 light_color) {
  if (ribbons.empty()) return;
  if (ribbons_.id() == 0) {
    ribbons_ = make_program({shaders::ribbon_vert, shaders::ribbon_frag});
    lights_ = make_program({shaders::light_vert, shaders::light_frag});
    data_ = make_buffer();
    no_vertices_ = make_vertex_array();
  }
  std::vector<Instance> instances;
  instances.reserve(ribbons.size());
  for (const Ribbon& r : ribbons) {
    instances.push_back({{r.query.x, r.query.y, r.key.x, r.key.y}, {r.height, r.width, r.light, 0}, r.color});
  }
  glNamedBufferData(data_.id(), static_cast<GLsizeiptr>(instances.size() * sizeof(Instance)), instances.data(),
                    GL_STREAM_DRAW);
  target.bind(true);
  const glm::vec2 size = target.size();
  glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, data_.id());
  glBindVertexArray(no_vertices_.id());
  glUseProgram(ribbons_.id());
  glUniform2fv(0, 1, &size.x);
  glUniform1i(1, segments);
  glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, strip_vertices, static_cast<GLsizei>(instances.size()));
  if (!lights_running(clock)) return;
  glUseProgram(lights_.id());
  glUniform2fv(0, 1, &size.x);
  glUniform1i(1, lights_a_ribbon);
  glUniform1f(2, clock);
  glUniform1f(3, light_passage);
  glUniform1f(4, light_passages);
  glUniform3fv(5, 1, &light_color.x);
  glDrawArraysInstanced(GL_TRIANGLES, 0, corners, static_cast<GLsizei>(instances.size()) * lights_a_ribbon);
}

}  // namespace attnscope
