#version 450 core
// The brightness of everyone's arcs as a colour over what is there.
layout(binding = 0) uniform sampler2D brightness;
layout(location = 0) uniform vec3 color;
layout(location = 1) uniform float most;  // alpha where it is brightest
layout(location = 0) out vec4 result;

void main() {
  float alpha = most * texelFetch(brightness, ivec2(gl_FragCoord.xy), 0).r;
  result = vec4(color * alpha, alpha);
}
