#version 450 core
// Walks along each arc and adds its weight to the pixels, by whole numbers, so that the sums do not depend on the order. A
// step adds weight times its length: an arc is as bright everywhere, however steep.
layout(local_size_x = 64) in;
struct Arc {
  float query_x;
  float key_x;
  float height;  // signed: above the line where positive
  float weight;
};
layout(std430, binding = 0) readonly buffer Arcs { Arc arcs[]; };
layout(std430, binding = 1) buffer Sums { uint sums[]; };
layout(location = 0) uniform ivec2 size;
layout(location = 1) uniform float base_y;
layout(location = 2) uniform uint count;
layout(location = 3) uniform uint first;
layout(location = 4) uniform float unit;  // of the sums, for weight 1 over one pixel

#include "arc.glsl"

void add(ivec2 at, float amount) {
  if (any(lessThan(at, ivec2(0))) || any(greaterThanEqual(at, size))) return;
  atomicAdd(sums[at.y * size.x + at.x], uint(amount * unit + 0.5));
}

// A half ellipse on the line y = line, above (side 1) or below (-1) it: a step a column where it is flat, a step a row
// where it is steep, so that no pixel on the way is met twice or left out. Only steps inside the picture are made, and
// places are reckoned from the nearer end: arcs may be a thousand times as wide as the picture.
void half_ellipse(float left, float right, float line, float up, float side, float weight) {
  float across = 0.5 * (right - left);
  float scale = inversesqrt(across * across + up * up);
  float steep_height = up * up * scale;  // where the slope is 1
  float steep_width = across * (up * scale) * (up * scale) / (1.0 + across * scale);
  int last_column = int(floor(clamp(right - steep_width - 0.5, -1.0, float(size.x - 1))));
  for (int x = int(ceil(clamp(left + steep_width - 0.5, 0.0, float(size.x)))); x <= last_column; ++x) {
    float from_left = (float(x) + 0.5 - left) / across;
    float from_right = (right - float(x) - 0.5) / across;
    float root = sqrt(max(1e-6, from_left * from_right));
    float slope = up * 0.5 * (from_left - from_right) / (across * root);
    float y = line - side * up * root - 0.5;
    float amount = weight * sqrt(1.0 + slope * slope);
    int row = int(floor(y));
    add(ivec2(x, row), amount * (1.0 - y + float(row)));
    add(ivec2(x, row + 1), amount * (y - float(row)));
  }
  float last = line - side * steep_height;
  int end_row = int(ceil(clamp(max(line, last) - 0.5, 0.0, float(size.y))));
  for (int y = int(ceil(clamp(min(line, last) - 0.5, 0.0, float(size.y)))); y < end_row; ++y) {
    float v = (float(y) + 0.5 - line) / up;
    float root = sqrt(max(1e-6, 1.0 - v * v));
    float slope = across * v / (up * root);
    float amount = weight * sqrt(1.0 + slope * slope);
    float inset = across * v * v / (1.0 + root);
    for (float sign = -1.0; sign < 2.0; sign += 2.0) {
      float x = (sign < 0.0 ? left : right) - sign * inset - 0.5;
      if (x <= -1.0 || x >= float(size.x)) continue;
      int column = int(floor(x));
      add(ivec2(column, y), amount * (1.0 - x + float(column)));
      add(ivec2(column + 1, y), amount * (x - float(column)));
    }
  }
}

void main() {
  uint index = first + gl_GlobalInvocationID.x;
  if (index >= count) return;
  Arc arc = arcs[index];
  float side = arc.height < 0.0 ? -1.0 : 1.0;
  float height = max(abs(arc.height), 0.5);
  if (arc.query_x == arc.key_x) {  // a token that attends to itself: the loop of arc_geometry.h
    float middle = base_y - side * 0.5 * height;
    float left = arc.key_x - loop_half_width * height;
    float right = arc.key_x + loop_half_width * height;
    half_ellipse(left, right, middle, 0.5 * height, 1.0, arc.weight);
    half_ellipse(left, right, middle, 0.5 * height, -1.0, arc.weight);
  } else {
    float left = min(arc.query_x, arc.key_x);
    half_ellipse(left, max(max(arc.query_x, arc.key_x), left + 0.5), base_y, height, side, arc.weight);
  }
}
