// What attention costs: measured time against n on logarithmic axes, growing while one looks, with the fitted
// exponents.
#pragma once
#include <vector>

#include "ui/panel.h"

namespace attnscope {

class CostPanel {
 public:
  struct Curve;

  static void draw(const Panel& panel);

 private:
  static void draw_chart(const Panel& panel, const std::vector<Curve>& curves, ImVec2 min, ImVec2 max);
};

}  // namespace attnscope
