#include "capture/budget_sink.h"

#include <algorithm>
#include <utility>

#include "capture/spill.h"

namespace attnscope {

BudgetSink::BudgetSink(Capture& capture, MemoryBudget budget, std::vector<std::int64_t> wanted)
    : capture_(capture), budget_(std::move(budget)), wanted_(std::move(wanted)) {}

bool BudgetSink::wants(std::int64_t layer) const {
  if (layer < 0 || layer >= capture_.layer_count()) return false;
  const bool listed = wanted_.empty() || std::find(wanted_.begin(), wanted_.end(), layer) != wanted_.end();
  return listed && capture_.state(layer) == LayerState::to_be_computed;
}

void BudgetSink::take(std::int64_t layer, std::shared_ptr<const Layer> data) {
  if (!wants(layer)) return;
  const std::uint64_t bytes = data->bytes();
  if (bytes <= budget_.bytes - std::min(used_, budget_.bytes)) {
    used_ += bytes;
    capture_.publish(layer, std::move(data), LayerState::present);
  } else {
    capture_.publish(layer, spill_layer(*data, budget_.folder), LayerState::on_disk);
  }
}

}  // namespace attnscope
