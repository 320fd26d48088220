// What stands below the grid of heads: one head in numbers, or the heads that give most weight to the picked pair.
#pragma once
#include <imgui.h>

#include <span>

#include "ui/heads_grid.h"
#include "ui/panel.h"

namespace attnscope {

// What a head does, and the numbers that say so, between `min` and `max` of the screen; the last ones are left out
// where there is no room.
void draw_head_numbers(const Panel& panel, std::int64_t layer, std::int64_t head, ImVec2 min, ImVec2 max);

// The strongest heads for the picked pair, the picked head always among them; a click picks one.
void draw_strongest_heads(const Panel& panel, std::span<const HeadValue> weights, ImVec2 min, ImVec2 max);

}  // namespace attnscope
