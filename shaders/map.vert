#version 450 core
// One rectangle of an image of weights on the picture, from MapQuad.
struct Quad {
  vec4 texels;  // x0, y0, x1, y1 inside the image
  vec4 pixels;  // where they go, from the top left corner
  vec4 image;   // layer of the array, alpha, width and height of the image
};
layout(std430, binding = 0) readonly buffer Quads { Quad quads[]; };
layout(location = 0) uniform vec2 size;
layout(location = 0) flat out vec4 texels;
layout(location = 1) flat out vec4 pixels;
layout(location = 2) flat out vec4 image;

const vec2 corners[6] = vec2[](vec2(0, 0), vec2(1, 0), vec2(1, 1), vec2(0, 0), vec2(1, 1), vec2(0, 1));

void main() {
  Quad quad = quads[gl_InstanceID];
  texels = quad.texels;
  pixels = quad.pixels;
  image = quad.image;
  vec2 at = mix(pixels.xy, pixels.zw, corners[gl_VertexID]);
  gl_Position = vec4(at / size * 2.0 - 1.0, 0, 1);
}
