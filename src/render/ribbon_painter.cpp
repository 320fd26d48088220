#include "render/ribbon_painter.h"

#include <algorithm>
#include <cmath>
#include <glm/geometric.hpp>
#include <numbers>
#include <vector>

#include "shaders.h"

namespace attnscope {
namespace {

constexpr int fewest_segments = 16, most_segments = 128;  // of an arc
constexpr float off_curve = 0.2F;                         // pixels, for arcs up to 5,000 pixels wide
constexpr int lights_a_ribbon = 3;
constexpr int corners = 6;

// As in shaders/ribbon.vert and shaders/light.vert.
struct Instance {
  glm::vec4 ends, shape, color;
};

// Straight pieces for the largest of the arcs. Half an ellipse of half axes up to r, cut into n pieces of one angle,
// lies at most r (1 - cos(pi / 2n)) <= r pi^2 / 8n^2 off them; a loop goes round twice as far.
int segments_for(std::span<const Ribbon> ribbons) {
  float largest = 0;
  for (const Ribbon& r : ribbons) {
    const float height = std::abs(r.height);
    largest = std::max({largest, 0.5F * glm::distance(r.query, r.key), r.query == r.key ? 2 * height : height});
  }
  const float pieces = std::numbers::pi_v<float> * std::sqrt(largest / (8 * off_curve));
  return static_cast<int>(std::clamp(pieces, float{fewest_segments}, float{most_segments}));
}

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
  const int segments = segments_for(ribbons);
  const int vertices = 2 * (segments + 3);  // with a place beyond each end
  glUniform1i(1, segments);
  glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, vertices, static_cast<GLsizei>(instances.size()));
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
