#version 450 core
// A strip along the arc of arc_geometry.h, wide enough for the ribbon, its round ends and a soft edge.
struct Ribbon {
  vec4 ends;   // query x, y, key x, y
  vec4 shape;  // height, width, light, unused
  vec4 color;  // straight alpha
};
layout(std430, binding = 0) readonly buffer Ribbons { Ribbon ribbons[]; };
layout(location = 0) uniform vec2 size;
layout(location = 1) uniform int segments;
layout(location = 0) out vec2 at;  // pixels beyond the end (0 between the ends), pixels from the middle line
layout(location = 1) flat out float half_width;
layout(location = 2) flat out vec4 color;

#include "arc.glsl"

void main() {
  Ribbon ribbon = ribbons[gl_InstanceID];
  vec2 query = ribbon.ends.xy;
  vec2 key = ribbon.ends.zw;
  float height = ribbon.shape.x;
  half_width = 0.5 * ribbon.shape.y;
  color = ribbon.color;
  float reach = half_width + 1.0;

  // Two vertices a place; the first and the last place lie beyond the ends.
  int place = gl_VertexID / 2;
  float side = gl_VertexID % 2 == 0 ? -1.0 : 1.0;
  float t = clamp(float(place - 1) / float(segments), 0.0, 1.0);
  vec2 along = arc_direction(query, key, height, t);
  float beyond = place == 0 ? -reach : place == segments + 2 ? reach : 0.0;
  vec2 point = arc_point(query, key, height, t) + beyond * along + side * reach * vec2(-along.y, along.x);
  at = vec2(beyond, side * reach);
  gl_Position = vec4(point / size * 2.0 - 1.0, 0, 1);
}
