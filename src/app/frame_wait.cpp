// When the next frame is due: Frame::wait().
#include <imgui_internal.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/frame.h"

namespace attnscope {
namespace {

constexpr double forever = 3600.0;
constexpr int frames_after_event = 2;  // Dear ImGui answers some input a frame late

// A pointer at rest shows tooltips .15 s and .4 s after it came to rest; nothing else would draw a frame by then.
constexpr std::array<double, 2> looks_after_event{0.2, 0.5};

// The text cursor is on for .8 s, off for .4 s; after 10 s without input it stays on, so that an idle window sleeps.
constexpr double caret_on = 0.8, caret_cycle = 1.2, caret_rests_after = 10.0;

// Seconds until the text cursor has to change, at `idle` seconds after the last input.
double seconds_to_caret(double idle) {
  const auto time = static_cast<double>(ImGui::GetCurrentContext()->InputTextState.CursorAnim);
  const double phase = time <= 0.0 ? time : std::fmod(time, caret_cycle);
  if (phase > caret_on) return caret_cycle - phase;
  return idle < caret_rests_after ? caret_on - phase : forever;
}

double display_interval() {
  GLFWmonitor* monitor = glfwGetPrimaryMonitor();
  const GLFWvidmode* mode = monitor == nullptr ? nullptr : glfwGetVideoMode(monitor);
  return 1.0 / (mode == nullptr || mode->refreshRate <= 0 ? 60.0 : mode->refreshRate);
}

}  // namespace

// 0 or less where a frame is due.
double Frame::seconds_to_next_frame(bool animating, std::optional<double> due) const {
  const ImGuiContext& context = *ImGui::GetCurrentContext();
  // Dear ImGui deals a burst of input out over several frames; sleeping on a full queue would delay the rest.
  if (window_.headless() || frames_due_ > 0 || !context.InputEventsQueue.empty()) return 0.0;
  const double now = glfwGetTime();
  double wait = due.value_or(forever);
  for (const double look : looks_after_event) {
    if (last_frame_ < last_event_ + look) wait = std::min(wait, last_event_ + look - now);
  }
  constexpr double past_the_change = 0.01;
  if (context.IO.WantTextInput) wait = std::min(wait, seconds_to_caret(now - last_event_) + past_the_change);
  // A held button repeats and scrolls by time alone.
  const auto& buttons = context.IO.MouseDown;
  if (!animating && std::none_of(std::begin(buttons), std::end(buttons), [](bool down) { return down; })) return wait;
  const bool minimized = glfwGetWindowAttrib(window_.handle(), GLFW_ICONIFIED) == GLFW_TRUE;
  return minimized ? wait : std::min(wait, last_frame_ + display_interval() - now);
}

void Frame::wait(bool animating, std::optional<double> due) {
  const double wait = seconds_to_next_frame(animating, due);
  frames_due_ = std::max(0, frames_due_ - 1);
  const double start = glfwGetTime();
  wait > 0.0 ? glfwWaitEventsTimeout(wait) : glfwPollEvents();
  const bool woken = wait > 0.0 && glfwGetTime() - start < wait;
  if (!woken && ImGui::GetCurrentContext()->InputEventsQueue.empty()) return;
  last_event_ = glfwGetTime();
  frames_due_ = frames_after_event;
}

}  // namespace attnscope
