// What every panel works with. A panel takes the state that it shows and returns the commands that it asks for; it
// changes nothing else.
#pragma once
#include <imgui.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "session/workspace.h"
#include "ui/fonts.h"
#include "ui/glyph_aliases.h"
#include "ui/layout.h"
#include "ui/probe.h"
#include "ui/theme.h"

namespace attnscope {

struct Panel {
  Workspace& workspace;
  std::vector<Command>& commands;
  const Palette& colors;
  const Fonts& fonts;
  GlyphAliases& glyphs;
  Probe& probe;
  LayoutKind layout;
  float scale;       // of the interface: 1 is the design's size
  double clock;      // seconds, for what moves
  bool& animating;   // set where the next frame will look different by itself
  bool& shimmering;  // set where something moves so slowly that a few frames a second do

  void ask(Command command) const { commands.push_back(std::move(command)); }
  // Design pixels to screen pixels.
  float px(float design) const { return design * scale; }
  ImVec2 px(float x, float y) const { return {x * scale, y * scale}; }
  // ImGui's size for a face whose em is `em` design pixels.
  float font_size(float em) const { return em * scale * 16.0F / 13.0F; }
  const View& view() const { return workspace.view(); }
  const Document* document() const { return workspace.document(); }
  bool reduced_motion() const { return workspace.settings().reduced_motion; }
  // Share done, eased, of a change that began at `since` and takes `seconds`; 1 with reduced motion.
  float eased(double since, double seconds) const;
};

// Text drawn at a place, in the em of the design; returns its width in screen pixels.
enum class Face : std::uint8_t { ui, strong, mono };
float draw_text(const Panel& panel, ImDrawList& list, ImVec2 at, std::string_view text, const ImVec4& color,
                Face face = Face::ui, float em = 13);
ImVec2 text_size(const Panel& panel, std::string_view text, Face face = Face::ui, float em = 13);
// The same, cut with "…" to fit `width` screen pixels.
std::string fitted(const Panel& panel, std::string_view text, float width, Face face = Face::ui, float em = 13);

// A weight with two digits and no leading zero: ".41", "1.00"; "<.01" for what would read .00 and is not 0.
std::string weight_label(double weight);
// A number with three significant digits or so: "6.02", "57.1", "1.2e-05".
std::string number_label(double value);
// A duration: "92 ms", "6 s", "2 min".
std::string duration_label(double seconds);
// Counts with thousands apart: "8,192".
std::string count_label(std::int64_t count);

}  // namespace attnscope
