#version 450 core
// The lights that run on ribbons, from the key (t = 0) to the query (t = 1): a square around each.
struct Ribbon {
  vec4 ends;
  vec4 shape;
  vec4 color;
};
layout(std430, binding = 0) readonly buffer Ribbons { Ribbon ribbons[]; };
layout(location = 0) uniform vec2 size;
layout(location = 1) uniform int lights;      // on each ribbon
layout(location = 2) uniform float clock;     // seconds
layout(location = 3) uniform float passage;   // seconds from key to query
layout(location = 4) uniform float passages;  // before the lights rest
layout(location = 0) out vec2 at;  // pixels from the light's middle
layout(location = 1) flat out float radius;
layout(location = 2) flat out float strength;

#include "arc.glsl"

const vec2 corners[6] = vec2[](vec2(-1, -1), vec2(1, -1), vec2(1, 1), vec2(-1, -1), vec2(1, 1), vec2(-1, 1));

void main() {
  Ribbon ribbon = ribbons[gl_InstanceID / lights];
  int which = gl_InstanceID % lights;
  // The lights of a ribbon follow each other; ribbons are a little apart, so that they do not march in step.
  float stagger = fract(float(gl_InstanceID / lights) * 0.382) * 0.12;
  float run = clock / passage - float(which) / float(lights) - stagger;
  float t = fract(run);
  vec2 point = arc_point(ribbon.ends.xy, ribbon.ends.zw, ribbon.shape.x, t);
  bool running = run >= 0.0 && clock < passage * passages;
  float ends = smoothstep(0.0, 0.06, t) * (1.0 - smoothstep(0.94, 1.0, t));
  float last = 1.0 - smoothstep(passages - 0.15, passages, clock / passage);
  float shown = (0.45 + 0.55 * ribbon.shape.z) * min(1.0, ribbon.color.a * 2.0);
  strength = running && ribbon.shape.z > 0.0 ? ends * last * shown : 0.0;
  radius = 1.4 + 0.36 * ribbon.shape.y;
  float reach = strength > 0.0 ? 2.6 * radius + 1.0 : 0.0;
  at = corners[gl_VertexID] * reach;
  gl_Position = vec4((point + at) / size * 2.0 - 1.0, 0, 1);
}
