// What a query is about, opened: a text through a model, a capture file, or made-up tokens. Layers pass by one at a
// time, so that a command keeps no more of them than it needs.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "app/context.h"
#include "app/options.h"
#include "capture/capture.h"
#include "engine/op_runner.h"
#include "models/model.h"

namespace attnscope {

class Source {
 public:
  // Reads and tokenises the text, or opens the file; no layer is computed. Throws InputError, BrokenFile.
  Source(Context& context, const SourceOptions& options);

  const CaptureInfo& info() const { return file_ ? file_->info() : info_; }
  // Runs ops on the backend that the options ask for.
  OpRunner runner();
  // The model, or null for a capture file and for synthetic tokens.
  Model* model() { return model_.get(); }

  using Take = std::function<void(std::int64_t index, const std::shared_ptr<const Layer>& layer)>;
  // Hands the layers named in `wanted` to `take`, each as soon as it is there, with progress on standard error.
  void visit(const std::vector<std::int64_t>& wanted, const Take& take);
  // One layer.
  std::shared_ptr<const Layer> layer(std::int64_t index);

 private:
  Context& context_;
  std::unique_ptr<Backend> backend_;  // before the model, which uses it to its end
  std::unique_ptr<Model> model_;
  std::unique_ptr<CaptureSource> synthetic_;
  std::unique_ptr<Capture> file_;
  CaptureInfo info_;  // of what is computed; a file has its own
};

// Throws InputError where writing `out` would replace a text, a model or a capture that the command reads, or a model
// with a name.
void refuse_input_as_output(const Context& context, const SourceOptions& options, const std::string& out);

// The layers that the capture has, ascending.
std::vector<std::int64_t> all_layers(const CaptureInfo& info);

// The model that `name` says; empty takes smollm2 where it has been fetched, else tiny.
std::unique_ptr<Model> open_model_or_default(const Places& places, const std::string& name, Backend& backend);

}  // namespace attnscope
