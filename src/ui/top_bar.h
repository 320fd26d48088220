// The bar above everything: document, model, layer and head with steppers, and the way to every command.
#pragma once
#include "ui/panel.h"

namespace attnscope {

inline constexpr float top_bar_height = 46;     // design pixels
inline constexpr float status_bar_height = 27;  // design pixels

void draw_top_bar(const Panel& panel, ImVec2 min, ImVec2 max);
// Model, layers, n; what went wrong; how long things took and what computes them.
void draw_status_bar(const Panel& panel, ImVec2 min, ImVec2 max);

}  // namespace attnscope
