// Publishes computed layers into a capture: in memory up to a budget, beyond it on disk.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "capture/capture.h"
#include "capture/free_memory.h"

namespace attnscope {

struct MemoryBudget {
  std::uint64_t bytes = default_memory_budget();          // of layers kept in memory
  std::filesystem::path folder = default_spill_folder();  // for those that are not
};

class BudgetSink final : public LayerSink {
 public:
  // `capture` must outlive the sink. `wanted`: the layers to publish; empty: all that the capture has.
  explicit BudgetSink(Capture& capture, MemoryBudget budget = {}, std::vector<std::int64_t> wanted = {});

  // Whether the layer is wanted and not there yet.
  bool wants(std::int64_t layer) const override;
  // Layers that are not wanted are ignored. Throws Error where a layer must go to disk and cannot.
  void take(std::int64_t layer, std::shared_ptr<const Layer> data) override;

 private:
  Capture& capture_;
  MemoryBudget budget_;
  std::vector<std::int64_t> wanted_;
  std::uint64_t used_ = 0;
};

}  // namespace attnscope
