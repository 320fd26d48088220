#version 450 core
// Walks along each arc in steps of about a pixel and adds its weight, by whole numbers, so that the sum does not depend
// on the order. A step adds weight times its length: an arc is as bright everywhere, however steep.
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

const float pi = 3.14159265358979;
const float loop_half_width = 0.3;

void add(ivec2 at, float amount) {
  if (any(lessThan(at, ivec2(0))) || any(greaterThanEqual(at, size))) return;
  atomicAdd(sums[at.y * size.x + at.x], uint(amount * unit + 0.5));
}

void main() {
  uint index = first + gl_GlobalInvocationID.x;
  if (index >= count) return;
  Arc arc = arcs[index];
  bool loop = arc.query_x == arc.key_x;
  float across = loop ? loop_half_width * abs(arc.height) : 0.5 * abs(arc.query_x - arc.key_x);
  float up = loop ? 0.5 * abs(arc.height) : abs(arc.height);
  // Ramanujan's first approximation of an ellipse's circumference, of which an arc is half.
  float whole = pi * (3.0 * (across + up) - sqrt((3.0 * across + up) * (across + 3.0 * up)));
  int steps = max(2, int(ceil(loop ? whole : 0.5 * whole)));
  float turn = (loop ? 2.0 * pi : pi) / float(steps);
  for (int i = 0; i < steps; ++i) {
    float angle = (float(i) + 0.5) * turn;
    vec2 point, along;
    if (loop) {
      point = vec2(arc.key_x + loop_half_width * arc.height * sin(angle), base_y - 0.5 * arc.height * (1.0 - cos(angle)));
      along = vec2(across * cos(angle), up * sin(angle));
    } else {
      point = vec2(mix(arc.key_x, arc.query_x, 0.5 * (1.0 - cos(angle))), base_y - arc.height * sin(angle));
      along = vec2(across * sin(angle), up * cos(angle));
    }
    float amount = arc.weight * length(along) * turn;
    // Shared by two pixels side by side across the arc.
    vec2 corner = point - 0.5;
    ivec2 cell = ivec2(floor(corner));
    vec2 part = corner - vec2(cell);
    if (abs(along.x) > abs(along.y)) {
      int x = int(floor(point.x));
      add(ivec2(x, cell.y), amount * (1.0 - part.y));
      add(ivec2(x, cell.y + 1), amount * part.y);
    } else {
      int y = int(floor(point.y));
      add(ivec2(cell.x, y), amount * (1.0 - part.x));
      add(ivec2(cell.x + 1, y), amount * part.x);
    }
  }
}
