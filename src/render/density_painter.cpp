#include "render/density_painter.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "render/arc_geometry.h"
#include "shaders.h"

namespace attnscope {
namespace {

// An arc takes at most four steps of sqrt(2) in one pixel (a loop: two columns and two sides of a row).
constexpr double most_a_pixel = 6;
constexpr GLuint group = 64;                    // as in shaders/density.comp
constexpr std::size_t arcs_a_dispatch = 16384;  // a long dispatch would hold up a GPU that also draws the desktop
constexpr double bright_percentile = 0.985;
constexpr float bright_level = 1.1F;  // of 1 - exp(-x) at that percentile

// As in shaders/density.comp.
struct Instance {
  float query_x, key_x, height, weight;
};

// What an arc of weight 1 adds in a pixel's length: as fine as leaves room for all arcs in one pixel of 32 bits, with
// the other half of them for rounding up. Summed as whole numbers, so that it does not depend on the order either.
float finest_unit(std::span<const Instance> arcs) {
  constexpr double parts = 4294967296.0;
  std::uint64_t weight = 1;
  for (const Instance& arc : arcs) weight += static_cast<std::uint64_t>(std::ceil(parts * arc.weight));
  return static_cast<float>(0x1p31 / most_a_pixel / (static_cast<double>(weight) / parts));
}

}  // namespace

void DensityPainter::accumulate(std::span<const DensityArc> arcs, int width, int height, float base, float room,
                                bool down) {
  if (splat_.id() == 0) {
    splat_ = make_program({shaders::density_comp});
    expose_ = make_program({shaders::density_vert, shaders::brightness_frag});
    show_ = make_program({shaders::density_vert, shaders::density_frag});
    arcs_ = make_buffer();
    sums_ = make_buffer();
    no_vertices_ = make_vertex_array();
  }
  brightness_.resize(width, height);
  std::vector<Instance> instances;
  instances.reserve(arcs.size());
  for (const DensityArc& arc : arcs) {
    if (!(arc.weight > 0)) continue;
    const float h = arc_height(std::abs(arc.query_x - arc.key_x), static_cast<float>(width), room);
    instances.push_back({arc.query_x, arc.key_x, down ? -h : h, std::min(arc.weight, 1.0F)});
  }
  // Neighbours in a group take about as many steps; equal ones in any order, since the sums are whole numbers.
  std::sort(instances.begin(), instances.end(), [](const Instance& a, const Instance& b) {
    return std::abs(a.query_x - a.key_x) > std::abs(b.query_x - b.key_x);
  });
  glNamedBufferData(arcs_.id(), static_cast<GLsizeiptr>(std::max<std::size_t>(1, instances.size()) * sizeof(Instance)),
                    instances.empty() ? nullptr : instances.data(), GL_STATIC_DRAW);
  const std::size_t pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  glNamedBufferData(sums_.id(), static_cast<GLsizeiptr>(pixels * sizeof(std::uint32_t)), nullptr, GL_DYNAMIC_COPY);
  const GLuint zero = 0;
  glClearNamedBufferData(sums_.id(), GL_R32UI, GL_RED_INTEGER, GL_UNSIGNED_INT, &zero);
  glUseProgram(splat_.id());
  glUniform2i(0, width, height);
  glUniform1f(1, base);
  glUniform1ui(2, static_cast<GLuint>(instances.size()));
  glUniform1f(4, finest_unit(instances));
  glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, arcs_.id());
  glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 1, sums_.id());
  for (std::size_t first = 0; first < instances.size(); first += arcs_a_dispatch) {
    const auto count = static_cast<GLuint>(std::min(arcs_a_dispatch, instances.size() - first));
    glUniform1ui(3, static_cast<GLuint>(first));
    glDispatchCompute((count + group - 1) / group, 1, 1);
  }
  glMemoryBarrier(GL_SHADER_STORAGE_BARRIER_BIT | GL_BUFFER_UPDATE_BARRIER_BIT);
  expose();
}

// Few arcs and many are exposed alike: by the sum that only the brightest pixels exceed.
float DensityPainter::exposure() const {
  std::vector<std::uint32_t> sums(static_cast<std::size_t>(brightness_.width()) *
                                  static_cast<std::size_t>(brightness_.height()));
  glGetNamedBufferSubData(sums_.id(), 0, static_cast<GLsizeiptr>(sums.size() * sizeof(std::uint32_t)), sums.data());
  std::erase(sums, 0U);
  if (sums.empty()) return 0;
  const auto at = sums.begin() + static_cast<std::ptrdiff_t>(bright_percentile * static_cast<double>(sums.size() - 1));
  std::nth_element(sums.begin(), at, sums.end());
  return bright_level / static_cast<float>(*at);
}

// Once for many frames.
void DensityPainter::expose() {
  const float factor = exposure();
  any_ = factor > 0;
  if (!any_) return;
  brightness_.bind(false);
  glUseProgram(expose_.id());
  glUniform1i(0, brightness_.width());
  glUniform1f(1, factor);
  glBindVertexArray(no_vertices_.id());
  glDrawArrays(GL_TRIANGLES, 0, 3);
}

void DensityPainter::draw(RenderTarget& target, const DensityLook& look) {
  if (!any_ || target.size() != brightness_.size()) return;
  target.bind(true);
  glUseProgram(show_.id());
  glUniform3fv(0, 1, &look.color.x);
  glUniform1f(1, look.most);
  glBindTextureUnit(0, brightness_.texture());
  glBindVertexArray(no_vertices_.id());
  glDrawArrays(GL_TRIANGLES, 0, 3);
}

}  // namespace attnscope
