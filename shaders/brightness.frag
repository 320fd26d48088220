#version 450 core
// Sums to brightness: even a single faint arc is seen, and where many cross it never becomes a blob.
layout(std430, binding = 1) readonly buffer Sums { uint sums[]; };
layout(location = 0) uniform int width;
layout(location = 1) uniform float exposure;  // a sum to 1
layout(location = 0) out float brightness;

void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  uint sum = sums[at.y * width + at.x];
  brightness = sum == 0u ? 0.0 : pow(1.0 - exp(-float(sum) * exposure), 0.75);
}
