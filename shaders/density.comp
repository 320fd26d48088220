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

const float loop_half_width = 0.3;

void add(ivec2 at, float amount) {
  if (any(lessThan(at, ivec2(0))) || any(greaterThanEqual(at, size))) return;
  atomicAdd(sums[at.y * size.x + at.x], uint(amount * unit + 0.5));
}

// A half ellipse above (side 1) or below (-1) the line y = middle.y: a step a column where it is flat, a step a row where
// it is steep, so that no pixel on the way is met twice or left out.
void half_ellipse(vec2 middle, float across, float up, float side, float weight) {
  float scale = inversesqrt(across * across + up * up);
  float flat_part = across * across * scale;  // where the slope is 1
  float steep_part = up * up * scale;
  for (int x = int(ceil(middle.x - flat_part - 0.5)); float(x) + 0.5 <= middle.x + flat_part; ++x) {
    float u = (float(x) + 0.5 - middle.x) / across;
    float root = sqrt(max(1e-6, 1.0 - u * u));
    float slope = up * u / (across * root);
    float y = middle.y - side * up * root - 0.5;
    float amount = weight * sqrt(1.0 + slope * slope);
    int row = int(floor(y));
    add(ivec2(x, row), amount * (1.0 - y + float(row)));
    add(ivec2(x, row + 1), amount * (y - float(row)));
  }
  float last = middle.y - side * steep_part;
  int begin = int(ceil(min(middle.y, last) - 0.5));
  for (int y = begin; float(y) + 0.5 < max(middle.y, last); ++y) {
    float v = (float(y) + 0.5 - middle.y) / up;
    float root = sqrt(max(1e-6, 1.0 - v * v));
    float slope = across * v / (up * root);
    float amount = weight * sqrt(1.0 + slope * slope);
    for (float sign = -1.0; sign < 2.0; sign += 2.0) {
      float x = middle.x + sign * across * root - 0.5;
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
    vec2 middle = vec2(arc.key_x, base_y - side * 0.5 * height);
    half_ellipse(middle, loop_half_width * height, 0.5 * height, 1.0, arc.weight);
    half_ellipse(middle, loop_half_width * height, 0.5 * height, -1.0, arc.weight);
  } else {
    float across = max(0.5 * abs(arc.query_x - arc.key_x), 0.25);
    half_ellipse(vec2(0.5 * (arc.query_x + arc.key_x), base_y), across, height, side, arc.weight);
  }
}
