// The text in reading mode: every token lit by its weight, a column beside it that shows where in the whole text the
// lights are.
#pragma once
#include <cstdint>
#include <optional>

#include "ui/panel.h"
#include "ui/text_layout.h"
#include "ui/token_lights.h"

namespace attnscope {

class TextPanel {
 public:
  void draw(const Panel& panel);
  // Brings the token into view in the next frame.
  void reveal(std::int64_t token) { reveal_ = token; }

 private:
  struct Frame;
  void lay_out_text(const Panel& panel, float width);
  void draw_line(const Frame& frame, std::int64_t line);
  void draw_plate(const Frame& frame, std::size_t unit, float y);
  void draw_unit(const Frame& frame, std::size_t unit, float y);
  void draw_boundaries(const Frame& frame);
  void draw_minimap(const Frame& frame, ImVec2 min, ImVec2 max);
  void answer_mouse(const Frame& frame);
  void scroll(const Frame& frame);
  std::optional<std::size_t> unit_at(const Frame& frame, ImVec2 mouse) const;

  TextLayout layout_;
  const Document* laid_out_ = nullptr;
  std::uint64_t laid_out_layers_ = 0;
  float laid_out_width_ = 0, laid_out_scale_ = 0;
  float scroll_ = 0;  // screen pixels from the top of the text
  std::optional<std::int64_t> reveal_;
  std::optional<std::int64_t> shown_token_;  // the picked token that was last brought into view
};

}  // namespace attnscope
