// The curve of arc_geometry.h, for the shaders that include it. t = 0 at the key, 1 at the query; height as in Arc.
const float pi = 3.14159265358979;
const float loop_half_width = 0.3;

vec2 arc_point(vec2 query, vec2 key, float height, float t) {
  float angle = pi * t;
  if (query == key) {
    return key + height * vec2(loop_half_width * sin(2.0 * angle), -0.5 * (1.0 - cos(2.0 * angle)));
  }
  return mix(key, query, 0.5 * (1.0 - cos(angle))) - vec2(0.0, height * sin(angle));
}

// Of length 1, towards the query.
vec2 arc_direction(vec2 query, vec2 key, float height, float t) {
  float angle = pi * t;
  vec2 along = query == key ? height * vec2(2.0 * loop_half_width * cos(2.0 * angle), -sin(2.0 * angle))
                            : 0.5 * (query - key) * sin(angle) - vec2(0.0, height * cos(angle));
  // A flat arc stands still at its ends, where rounding could turn it about.
  vec2 ahead = query - key;
  return normalize(length(along) > 1e-4 * length(ahead) ? along : ahead + vec2(1e-6, 0.0));
}
