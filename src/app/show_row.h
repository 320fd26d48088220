// One token's attention as a bar table for the terminal.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "app/console.h"
#include "capture/capture.h"

namespace attnscope {

enum class Direction : std::uint8_t { attends_to, attended_by };

// What is shown: weights [n] of the picked token, NaN where masked.
struct ShownToken {
  std::int64_t layer = 0;
  std::int64_t head = 0;
  std::int64_t token = 0;  // of the document
  Direction direction = Direction::attends_to;
  std::vector<float> weights;
};

// At most `rows` of the largest weights, descending, with their tokens and bars, then the ledger: how much of the whole
// is shown, is on the first token, and is left out. `how` says how layer, head and token were chosen; it may be empty.
void print_bars(const Console& console, const CaptureInfo& info, const ShownToken& shown, std::int64_t rows,
                const std::vector<std::string>& how);

}  // namespace attnscope
