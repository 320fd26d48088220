// How bright each token of the document is: the weights of the picked token's row or column, scaled to the strongest
// one that is no sink. The text, the sentence and the minimap all light by it.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/requests.h"
#include "ui/panel.h"

namespace attnscope {

class TokenLights {
 public:
  // Of the token in focus; without one, or while its weights are not there yet, nothing is lit.
  explicit TokenLights(const Panel& panel);

  bool lit() const { return weights_ != nullptr; }
  // The weight of a token of the document: NaN where masked or outside the context.
  float weight(std::int64_t token) const;
  // Summed over the tokens of a unit; NaN where all are masked.
  float unit_weight(const Unit& unit) const;
  // 0 to 1: 1 is the strongest weight outside the first token (outside nothing in a column).
  float brightness(float weight) const;
  // The colour of a plate behind a word of this weight: `dark` where there is none, `most` of the hue at the brightest.
  ImVec4 plate(float weight, const ImVec4& dark, float most) const;

 private:
  const Document* document_ = nullptr;
  ImVec4 color_;
  std::shared_ptr<const Weights> weights_;
  float strongest_ = 0;
  float ease_ = 1;
};

}  // namespace attnscope
