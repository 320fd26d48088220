// One weight taken apart: query, key and their product by dimension, the score, the softmax, the weighted values.
#pragma once
#include <vector>

#include "ui/panel.h"

namespace attnscope {

class WhyPanel {
 public:
  void draw(const Panel& panel);

 private:
  struct Frame;
  float draw_bars(const Frame& frame, float y, const char* name, const std::string& label, std::string_view hint,
                  const std::vector<float>& values, const ImVec4& color, bool name_largest);
  float draw_step(const Frame& frame, float y, const char* name, const std::string& formula,
                  const std::string& meaning);
};

}  // namespace attnscope
