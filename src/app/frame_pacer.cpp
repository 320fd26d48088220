#include "app/frame_pacer.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace attnscope {
namespace {

constexpr double forever = 3600.0;
constexpr int frames_after_input = 2;
constexpr std::array<double, 2> looks_after_input{0.2, 0.5};
constexpr double caret_on = 0.8, caret_cycle = 1.2, caret_rests_after = 10.0;  // on for .8 s, off for .4 s

// Seconds until the text cursor changes, at `idle` seconds after the last input.
double seconds_to_caret(double time, double idle) {
  const double phase = std::fmod(time, caret_cycle);  // negative as `time` is
  constexpr double past_the_change = 0.01;
  if (phase > caret_on) return caret_cycle - phase + past_the_change;
  return idle < caret_rests_after ? caret_on - phase + past_the_change : forever;
}

}  // namespace

double FramePacer::seconds_to_next_frame(const PaceState& state) const {
  if (frames_due_ > 0 || state.input_waits) return 0.0;
  double wait = forever;
  for (const double look : looks_after_input) {
    if (last_frame_ < last_input_ + look) wait = std::min(wait, last_input_ + look - state.now);
  }
  if (state.editing) wait = std::min(wait, seconds_to_caret(state.caret_time, state.now - last_input_));
  if (state.animating) wait = std::min(wait, last_frame_ + state.display_interval - state.now);
  return wait;
}

void FramePacer::frame_began() { frames_due_ = std::max(0, frames_due_ - 1); }

void FramePacer::input_came(double now) {
  last_input_ = now;
  frames_due_ = frames_after_input;
}

}  // namespace attnscope
