#version 450 core
// Sums to brightness: even a single faint arc is seen, and where many cross it never becomes a blob.
layout(std430, binding = 1) readonly buffer Sums { uint sums[]; };
layout(location = 0) uniform ivec2 size;
layout(location = 1) uniform vec3 color;
layout(location = 2) uniform float exposure;  // a sum to 1
layout(location = 3) uniform float most;      // alpha where it is brightest
layout(location = 0) out vec4 result;

void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  uint sum = sums[at.y * size.x + at.x];
  if (sum == 0u) discard;
  float alpha = most * pow(1.0 - exp(-float(sum) * exposure), 0.75);
  result = vec4(color * alpha, alpha);
}
