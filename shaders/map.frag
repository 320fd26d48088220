#version 450 core
// The largest (or the mean) of the weights under a pixel, as a colour. NaN is masked and counts nothing.
layout(location = 0) flat in vec4 texels;
layout(location = 1) flat in vec4 pixels;
layout(location = 2) flat in vec4 image;
layout(location = 1) uniform vec3 ramp[5];
layout(location = 6) uniform vec3 panel;
layout(location = 7) uniform vec3 hatch;
layout(location = 8) uniform vec2 range;      // low, high; their logarithms if logarithmic
layout(location = 9) uniform bool logarithmic;
layout(location = 10) uniform bool mean;
layout(binding = 0) uniform sampler2DArray weights;
layout(location = 0) out vec4 color;

bool masked(float weight) { return (floatBitsToUint(weight) & 0x7fffffffu) > 0x7f800000u; }

vec3 ramp_color(float t) {
  float at = clamp(t, 0.0, 1.0) * 4.0;
  int stop = min(int(at), 3);
  return mix(ramp[stop], ramp[stop + 1], at - float(stop));
}

// Fixed to the pixels of the picture, so that it does not swim when the map moves.
vec3 hatched() {
  float stripe = mod(gl_FragCoord.x + gl_FragCoord.y, 8.0);
  return stripe < 1.5 ? hatch : mix(panel, hatch, 0.5);
}

void main() {
  vec2 scale = (texels.zw - texels.xy) / (pixels.zw - pixels.xy);
  vec2 begin = texels.xy + (gl_FragCoord.xy - 0.5 - pixels.xy) * scale;
  vec2 end = begin + scale;
  if (!mean) {
    // The outermost pixels also take what lies beyond them, less than half a pixel wide, so that no texel is lost.
    begin = mix(begin, min(begin, texels.xy), lessThan(gl_FragCoord.xy - 1.0, pixels.xy + 1e-3));
    end = mix(end, max(end, texels.zw), greaterThan(gl_FragCoord.xy + 1.0, pixels.zw - 1e-3));
  }
  // A texel that is only touched, by rounding, does not count.
  ivec2 first = clamp(ivec2(floor(begin + 1e-3)), ivec2(0), ivec2(image.zw) - 1);
  ivec2 last = clamp(ivec2(ceil(end - 1e-3)) - 1, first, ivec2(image.zw) - 1);
  float largest = -1.0;
  float sum = 0.0;
  float area = 0.0;
  for (int y = first.y; y <= last.y; ++y) {
    for (int x = first.x; x <= last.x; ++x) {
      float weight = texelFetch(weights, ivec3(x, y, int(image.x)), 0).r;
      if (masked(weight)) continue;
      largest = max(largest, weight);
      vec2 overlap = max(min(end, vec2(x + 1, y + 1)) - max(begin, vec2(x, y)), vec2(1e-6));
      sum += weight * overlap.x * overlap.y;
      area += overlap.x * overlap.y;
    }
  }
  vec3 shown = hatched();
  if (largest >= 0.0) {
    float weight = mean ? sum / area : largest;
    float value = logarithmic ? (weight > 0.0 ? log(weight) : range.x) : weight;
    shown = ramp_color((value - range.x) / (range.y - range.x));
  }
  color = vec4(shown * image.y, image.y);
}
