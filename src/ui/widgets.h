// The few controls that panels share, at the design's sizes: the row at the top of a panel, segments, chips, steppers.
#pragma once
#include <imgui.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "ui/panel.h"

namespace attnscope {

// One row of things on a line: text goes in from the left, controls from the right, in screen pixels.
struct Row {
  float left = 0;
  float right = 0;
  float middle = 0;  // y
};

// Opens a docked window without padding or scroll bars; `focus` brings its tab to the front. Returns whether it shows;
// end_panel() in any case.
bool begin_panel(const Panel& panel, PanelName name);
void end_panel();
// What stands on a panel's tab.
const char* window_name(PanelName name);

// The screen rectangle of the current panel, without its tab bar.
struct Area {
  ImVec2 min, max;
  float width() const { return max.x - min.x; }
  float height() const { return max.y - min.y; }
};
Area panel_area();

// The first row of a panel: its title, then `subtitle` dim. The title drags the panel to another place.
Row panel_header(const Panel& panel, std::string_view title, std::string_view subtitle);
inline constexpr float header_height = 40;  // design pixels

// Adds text at the left of a row.
void row_text(const Panel& panel, Row& row, std::string_view text, const ImVec4& color, Face face = Face::ui,
              float em = 13);

// A choice of few; returns the one that was clicked. Goes to the right end of the row, `at_left` to its left end.
std::optional<int> segments(const Panel& panel, Row& row, const char* id, std::initializer_list<const char*> labels,
                            int selected, bool at_left = false);
// A button that looks like a word on a plate.
bool chip(const Panel& panel, Row& row, const char* id, std::string_view label, bool at_left, bool strong = false);
// A word on a plate that is no button, at the left of a row.
void plate(const Panel& panel, Row& row, std::string_view label);
// "‹ 13 ›"; returns -1, 1 or 0.
int stepper(const Panel& panel, Row& row, const char* id, std::string_view value);

// A card beside the mouse: begin, text, end.
void begin_card(const Panel& panel);
void end_card();

// What a panel says when it has nothing to show: a line in its middle and a fainter one below.
void empty_state(const Panel& panel, ImVec2 min, ImVec2 max, std::string_view line, std::string_view hint = {});

// Why there is nothing of a layer: "layer 3 is to be computed", or that it was not because the capture was stopped.
std::string missing_layer(const Panel& panel, std::int64_t layer);

// A right click on the last item copies `value`.
void copyable(const Panel& panel, const std::string& value);

}  // namespace attnscope
