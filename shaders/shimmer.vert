#version 450 core
// Rectangles of what is not computed yet.
layout(std430, binding = 0) readonly buffer Rectangles { vec4 rectangles[]; };  // x0, y0, x1, y1 in pixels
layout(location = 0) uniform vec2 size;

const vec2 corners[6] = vec2[](vec2(0, 0), vec2(1, 0), vec2(1, 1), vec2(0, 0), vec2(1, 1), vec2(0, 1));

void main() {
  vec4 rectangle = rectangles[gl_InstanceID];
  gl_Position = vec4(mix(rectangle.xy, rectangle.zw, corners[gl_VertexID]) / size * 2.0 - 1.0, 0, 1);
}
