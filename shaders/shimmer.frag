#version 450 core
// A slow wave of light: neither a weight (no ramp colour) nor masked (no hatch).
layout(location = 6) uniform vec3 panel;
layout(location = 7) uniform vec3 hatch;
layout(location = 11) uniform float time;
layout(location = 0) out vec4 color;

void main() {
  float wave = 0.5 + 0.5 * sin(dot(gl_FragCoord.xy, vec2(0.012, 0.008)) - 2.2 * time);
  color = vec4(mix(panel, hatch, 0.35 + 0.65 * wave), 1);
}
