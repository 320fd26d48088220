// The arcs of reading mode: the picked token's as ribbons, everyone's as density, over the whole context.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "ui/arcs_canvas.h"
#include "ui/panel.h"
#include "ui/token_lights.h"

namespace attnscope {

class ArcsPanel {
 public:
  void draw(const Panel& panel);

 private:
  struct Frame;
  void add_everyone(const Frame& frame);
  void add_picked(const Frame& frame);
  void mark_arcs(const Frame& frame) const;
  void draw_baseline(const Frame& frame);
  void draw_labels(const Frame& frame);
  void answer_mouse(const Frame& frame);

  ArcsCanvas canvas_;
  std::vector<DensityArc> everyone_;
  // What everyone_ was made of.
  std::shared_ptr<const Links> links_;
  std::uint64_t version_ = 0;
  std::array<double, 4> made_for_{};
  // Arcs of the picked token on screen, strongest first.
  struct Shown {
    std::int64_t place = 0;  // the other end, in the context
    float weight = 0;
  };
  std::vector<Shown> shown_;
  std::optional<std::size_t> hovered_;
};

}  // namespace attnscope
