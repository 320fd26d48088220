#include "app/source.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "app/indices.h"
#include "app/progress_line.h"
#include "app/terminal_text.h"
#include "app/text_input.h"
#include "capture/capture_file.h"
#include "capture/synthetic.h"
#include "core/error.h"

namespace attnscope {
namespace {

class VisitSink : public LayerSink {
 public:
  VisitSink(const std::vector<std::int64_t>& wanted, const Source::Take& take) : wanted_(wanted), take_(take) {}
  bool wants(std::int64_t layer) const override {
    return std::find(wanted_.begin(), wanted_.end(), layer) != wanted_.end();
  }
  void take(std::int64_t layer, std::shared_ptr<const Layer> data) override { take_(layer, data); }

 private:
  const std::vector<std::int64_t>& wanted_;
  const Source::Take& take_;
};

void refuse_model_options(const SourceOptions& options, const std::string& source) {
  if (!options.model.empty()) throw InputError(source + " needs no --model");
  if (options.first || options.count || options.plain) {
    throw InputError("--first, --count and --plain are for a text and a model, not for " + source);
  }
}

// The context that the options ask for, in a document of `total` tokens.
ContextSlice slice_of(const SourceOptions& options, std::int64_t total, const ModelInfo& model) {
  const bool asked = options.first || options.count;
  if (!asked && total > model.context) {
    throw InputError("the text has " + std::to_string(total) + " tokens, the context of " + model.name + " is " +
                     std::to_string(model.context) + ": read a part of it with --first and --count");
  }
  const std::int64_t first = options.first.value_or(0);
  const std::int64_t count = options.count.value_or(std::min(model.context, total - first));
  if (first < 0 || count < 1 || first >= total || count > total - first) {
    const std::string from = options.first ? "--first " + std::to_string(first) : "";
    const std::string length = options.count ? "--count " + std::to_string(count) : "";
    throw InputError(from + (from.empty() || length.empty() ? "" : " ") + length + ": the text has tokens 0 to " +
                     std::to_string(total - 1));
  }
  if (count > model.context) {
    throw InputError("--count " + std::to_string(count) + ": the context of " + model.name + " is " +
                     std::to_string(model.context) + " tokens");
  }
  return {first, count};
}

CaptureInfo describe_text(Context& context, Model& model, const SourceOptions& options) {
  ModelOptions how;
  how.special = options.plain ? SpecialText::plain : SpecialText::special;
  how.slice = ContextSlice{0, 1};  // how long the text is in tokens comes first
  CaptureInfo info = model.describe(read_text(context, options.source), how);
  const ContextSlice slice = slice_of(options, std::ssize(info.tokens), model.info());
  info.first = slice.first;
  info.count = slice.count;
  return info;
}

}  // namespace

Source::Source(Context& context, const SourceOptions& options)
    : context_(context), backend_(context.make_backend(options.device)) {
  if (!options.capture.empty()) {
    if (!options.source.empty()) throw InputError("takes a text or --capture, not both: " + options.source);
    refuse_model_options(options, "a capture file");
    file_ = open_capture(options.capture);
  } else if (synthetic_ = parse_synthetic(options.source); synthetic_ != nullptr) {
    refuse_model_options(options, options.source);
    info_ = synthetic_->describe({});
  } else {
    model_ = open_model_or_default(context.surroundings().places, options.model, *backend_);
    info_ = describe_text(context, *model_, options);
  }
}

OpRunner Source::runner() { return {*backend_, context_.job()}; }

void Source::visit(const std::vector<std::int64_t>& wanted, const Take& take) {
  if (file_ != nullptr) {
    for (const std::int64_t layer : wanted) take(layer, file_->layer(layer));
    return;
  }
  ProgressLine progress(context_, "running " + escaped_line(info_.model));
  CaptureSource& source = model_ != nullptr ? *model_ : *synthetic_;
  VisitSink sink(wanted, take);
  source.compute(info_, sink, context_.job(&progress.progress()));
}

std::shared_ptr<const Layer> Source::layer(std::int64_t index) {
  std::shared_ptr<const Layer> found;
  visit({index}, [&found](std::int64_t, const std::shared_ptr<const Layer>& layer) { found = layer; });
  return found;
}

void refuse_input_as_output(const Context& context, const SourceOptions& options, const std::string& out) {
  const Places& places = context.surroundings().places;
  std::vector<std::filesystem::path> inputs = {options.source, options.capture, options.model};
  for (const ModelPlace& model : known_models(places.assets, places.models)) inputs.push_back(model.path);
  for (const std::filesystem::path& input : inputs) {
    std::error_code missing;  // a path that is not there is not the same as another
    const bool same = std::filesystem::equivalent(input, out, missing);
    const bool inside = std::filesystem::is_directory(input, missing) && std::filesystem::exists(out, missing) &&
                        std::filesystem::equivalent(input, std::filesystem::absolute(out).parent_path(), missing);
    if (same || inside) throw InputError(out + ": is an input of this command, which writing would destroy");
  }
}

std::vector<std::int64_t> all_layers(const CaptureInfo& info) {
  std::vector<std::int64_t> layers;
  for (std::int64_t layer = 0; layer < std::ssize(info.layers); ++layer) {
    if (std::find(info.absent.begin(), info.absent.end(), layer) == info.absent.end()) layers.push_back(layer);
  }
  return layers;
}

std::unique_ptr<Model> open_model_or_default(const Places& places, const std::string& name, Backend& backend) {
  const std::vector<ModelPlace> known = known_models(places.assets, places.models);
  if (!name.empty()) return open_model(name, known, backend);
  const bool fetched = std::any_of(known.begin(), known.end(), [](const ModelPlace& place) {
    return place.name == "smollm2" && std::filesystem::exists(place.path);
  });
  return open_model(fetched ? "smollm2" : "tiny", known, backend);
}

}  // namespace attnscope
