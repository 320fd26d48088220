// When the next frame is worth drawing, as a rule of times and input alone. Sleeping, and what a frame draws, are left
// to Frame. Times are seconds of one clock.
#pragma once

namespace attnscope {

// What the rule depends on beside the past.
struct PaceState {
  double now = 0.0;
  bool input_waits = false;       // Dear ImGui has input that it has not dealt out yet
  bool animating = false;         // the next frame looks different by itself, or a mouse button is held down
  double display_interval = 0.0;  // seconds from frame to frame of the display
  bool editing = false;           // a text cursor blinks
  double caret_time = 0.0;        // seconds that it has been blinking; negative just after an edit
};

// A frame is due at once while input waits and for two frames after it, as Dear ImGui answers some input a frame late;
// .2 s and .5 s after it, when tooltips show to a pointer at rest; at the display's rate while something is animated;
// and when the text cursor changes, until 10 s after the last input: then it stays on, so that an idle window sleeps.
class FramePacer {
 public:
  // Seconds until the next frame is due; 0 or less where it is. An hour where nothing is to be waited for but input.
  double seconds_to_next_frame(const PaceState& state) const;

  void frame_began();  // counts the frames after input
  void frame_drawn(double now) { last_frame_ = now; }
  void input_came(double now);

 private:
  int frames_due_ = 3;  // the first frames settle the layout
  double last_input_ = 0.0;
  double last_frame_ = 0.0;
};

}  // namespace attnscope
