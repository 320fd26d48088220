// The card that appears beside the mouse over a token, wherever tokens are shown.
#pragma once
#include <cstdint>
#include <optional>

#include "ui/panel.h"

namespace attnscope {

// What the unit reads, which tokens it is, and its weight in the row or column in focus (NaN: masked; nothing in focus:
// no weight is said).
void token_card(const Panel& panel, const Unit& unit, float weight);

// Whether a token is one of the unit's.
bool holds_token(const Unit& unit, std::optional<std::int64_t> token);

}  // namespace attnscope
