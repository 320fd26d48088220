// The card that appears beside the mouse over a token, wherever tokens are shown.
#pragma once
#include "ui/panel.h"

namespace attnscope {

// What the unit reads, which tokens it is, and its weight in the row or column in focus (NaN: masked; nothing in focus:
// no weight is said).
void token_card(const Panel& panel, const Unit& unit, float weight);

}  // namespace attnscope
