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

const float pi = 3.14159265358979;
const float loop_half_width = 0.3;

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
  float angle = pi * t;
  vec2 point;
  vec2 along;
  if (query == key) {
    point = key + height * vec2(loop_half_width * sin(2.0 * angle), -0.5 * (1.0 - cos(2.0 * angle)));
    along = height * vec2(2.0 * loop_half_width * cos(2.0 * angle), -sin(2.0 * angle));
  } else {
    point = mix(key, query, 0.5 * (1.0 - cos(angle))) - vec2(0.0, height * sin(angle));
    along = 0.5 * (query - key) * sin(angle) - vec2(0.0, height * cos(angle));
  }
  along = normalize(length(along) > 1e-6 ? along : query - key + vec2(1e-6, 0.0));
  float beyond = place == 0 ? -reach : place == segments + 2 ? reach : 0.0;
  point += beyond * along + side * reach * vec2(-along.y, along.x);
  at = vec2(beyond, side * reach);
  gl_Position = vec4(point / size * 2.0 - 1.0, 0, 1);
}
