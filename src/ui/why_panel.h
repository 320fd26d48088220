// One weight taken apart: query, key and their product by dimension, the score, the softmax, the weighted values.
#pragma once
#include <vector>

#include "ui/panel.h"

namespace attnscope {

class WhyPanel {
 public:
  static void draw(const Panel& panel);

 private:
  struct Frame;
  struct Bars;
  static void draw_pair(const Panel& panel, const Layer& layer, const Pair& pair, const std::string& query,
                        const std::string& key);
  static float draw_bars(const Frame& frame, float y, const Bars& bars);
  static float draw_step(const Frame& frame, float y, const char* name, const std::string& formula,
                         const std::string& meaning);
};

}  // namespace attnscope
