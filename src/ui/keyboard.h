// From keys to commands. Text fields keep what they need: letters, arrows and their own undo.
#pragma once
#include "ui/panel.h"

namespace attnscope {

// `heads_focused`: the heads panel has the keyboard, so arrows step through heads and layers.
void answer_keys(const Panel& panel, bool heads_focused);

}  // namespace attnscope
