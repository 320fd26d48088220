#version 450 core
// Covered as far as the pixel lies inside the ribbon, whose ends are round.
layout(location = 0) in vec2 at;
layout(location = 1) flat in float half_width;
layout(location = 2) flat in vec4 color;
layout(location = 0) out vec4 result;

void main() {
  // A ribbon thinner than a pixel is drawn a pixel wide and fainter.
  float drawn = max(half_width, 0.5);
  float cover = clamp(drawn + 0.5 - length(at), 0.0, 1.0) * min(1.0, half_width / 0.5);
  float alpha = color.a * cover;
  result = vec4(color.rgb * alpha, alpha);
}
