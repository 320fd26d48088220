// The colours of the window, and ImGui's and ImPlot's style made from them. Two hues carry meaning and never swap:
// amber is the query side and what it attends to, blue is the key side and who attends to it.
#pragma once
#include <imgui.h>

#include <array>
#include <glm/vec3.hpp>

#include "render/ramp.h"
#include "session/commands.h"
#include "session/view.h"

namespace attnscope {

struct Palette {
  ImVec4 gap, panel, raised, line, text, dim, faint;
  ImVec4 query, key;  // amber, blue
  ImVec4 on_query;    // text on amber
  ImVec4 everyone;    // arcs of all tokens
  ImVec4 light;       // what runs on arcs
  ImVec4 warning;     // errors in the status bar
  ImVec4 masked;      // of the hatch, beside the panel colour
  Ramp ramp;          // of weights; begins at the panel colour
};

const Palette& palette(Theme theme);

ImVec4 mix(const ImVec4& from, const ImVec4& to, float share);
ImVec4 with_alpha(const ImVec4& color, float alpha);
ImU32 packed(const ImVec4& color);
glm::vec3 vec3(const ImVec4& color);

// The colour of the side that a picked token's weights are on.
inline const ImVec4& direction_color(const Palette& colors, Direction direction) {
  return direction == Direction::attends_to ? colors.query : colors.key;
}

// Black or white, whichever reads better on `background` (the larger contrast ratio of WCAG 2).
ImVec4 readable_on(const ImVec4& background);

// Sets the whole style; `scale` is that of the interface.
void apply_theme(Theme theme, float scale);

}  // namespace attnscope
