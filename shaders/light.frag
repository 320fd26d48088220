#version 450 core
// A round dot with a soft glow around it.
layout(location = 0) in vec2 at;
layout(location = 1) flat in float radius;
layout(location = 2) flat in float strength;
layout(location = 5) uniform vec3 light;
layout(location = 0) out vec4 result;

void main() {
  float distance = length(at);
  float dot_cover = clamp(radius + 0.5 - distance, 0.0, 1.0);
  float glow = 0.35 * exp(-2.5 * max(0.0, distance - radius) / radius);
  float alpha = strength * max(dot_cover, distance < 2.6 * radius ? glow : 0.0);
  result = vec4(light * alpha, alpha);
}
