// Everything that is in the window: bars, panels and overlays, laid out and drawn once a frame. Commands come out;
// carrying them out is left to the caller.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "session/workspace.h"
#include "ui/arcs_panel.h"
#include "ui/fonts.h"
#include "ui/heads_panel.h"
#include "ui/layout.h"
#include "ui/map_panel.h"
#include "ui/overlays.h"
#include "ui/panel.h"
#include "ui/sentence_panel.h"
#include "ui/text_panel.h"

namespace attnscope {

class WindowUi {
 public:
  WindowUi(const Fonts& fonts, GlyphAliases& glyphs) : fonts_(fonts), glyphs_(glyphs) {}

  // What a picture of one view shows; a window shows all.
  enum class Only : std::uint8_t { window, text, arcs, map, heads, cost };

  // Sets ImGui's style where theme or scale have changed: before the frame begins.
  void prepare(const Workspace& workspace, float scale);
  // Draws a frame at `clock` seconds; returns what the person asked for.
  std::vector<Command> draw(Workspace& workspace, double clock, Only only = Only::window);
  // Whether something moves, so that the next frame should come by itself.
  bool animating() const { return animating_; }
  // Seconds after which the next frame is wanted though nothing moves fast; none where nothing moves at all.
  std::optional<double> due_in() const { return shimmering_ ? std::optional(0.1) : std::nullopt; }
  Probe& probe() { return probe_; }

 private:
  void draw_window(const Panel& panel, ImVec2 size);
  void draw_only(const Panel& panel, ImVec2 size, Only only);
  void draw_panels(const Panel& panel);

  Fonts fonts_;
  GlyphAliases& glyphs_;
  Probe probe_;
  std::optional<std::pair<Theme, float>> styled_;
  float scale_ = 1;
  bool animating_ = false;
  bool shimmering_ = false;
  std::optional<std::int64_t> last_token_;
  std::uint64_t frames_ = 0;
  bool cost_of_sentence_ = false;

  SentencePanel sentence_;
  TextPanel text_;
  ArcsPanel arcs_;
  MapPanel map_;
  HeadsPanel heads_;
  Overlays overlays_;
};

}  // namespace attnscope
