#include "app/desk.h"

#include <algorithm>
#include <utility>

#include "app/option_values.h"
#include "app/text_input.h"
#include "core/error.h"

namespace attnscope {
namespace {

constexpr const char* settings_name = "settings.json";
constexpr const char* layout_name = "layout.ini";
constexpr std::string_view synthetic_prefix = "synthetic:";

// A broken installation has no examples; the window works without.
std::vector<Example> examples_of(Context& context) {
  try {
    return load_examples(context.surroundings().places.assets / "texts" / "examples.txt");
  } catch (const InputError& error) {
    context.log().warn("{}", error.what());
    return {};
  }
}

}  // namespace

Desk::Desk(Context& context, const DeskOptions& options, bool measures, std::function<void()> wake)
    : context_(context),
      options_(options),
      saved_(load_settings(context.surroundings().places.config / settings_name)),
      backend_(context.make_backend(options.source.device)),
      pool_(std::make_unique<Pool>()) {
  if (!options.source.capture.empty() && !options.source.source.empty()) {
    throw InputError("takes a text or --capture, not both: " + options.source.source);
  }
  WorkspaceOptions how;
  how.models = known_models(context.surroundings().places.assets, context.surroundings().places.models);
  how.examples = examples_of(context);
  how.settings = saved_;
  how.model = options.source.model;
  how.measures = measures;
  workspace_ = std::make_unique<Workspace>(*backend_, *pool_, std::move(how), std::move(wake));
}

void Desk::open() {
  Arrival arrival;
  arrival.layer = options_.layer;
  arrival.head = options_.head;
  arrival.token = options_.token;
  const std::int64_t first = options_.source.first.value_or(0);
  const std::string& source = options_.source.source;
  const std::string& model = workspace_->model();
  if (!options_.source.capture.empty()) {
    const std::filesystem::path path(options_.source.capture);
    arrival.name = path.filename().string();
    workspace_->open(FileOrder{path, model, first}, std::move(arrival));
  } else if (source == "-") {
    arrival.name = "standard input";
    workspace_->open(TextOrder{read_text(context_, source), model, first}, std::move(arrival));
  } else if (source.starts_with(synthetic_prefix)) {
    const std::int64_t tokens = parse_number("synthetic", source.substr(synthetic_prefix.size()));
    arrival.name = source;
    workspace_->open(SyntheticOrder{tokens}, std::move(arrival));
  } else if (!source.empty()) {
    const std::filesystem::path path(source);
    arrival.name = path.filename().string();
    workspace_->open(FileOrder{path, model, first}, std::move(arrival));
  } else {
    workspace_->open_example(0, std::move(arrival));
  }
}

void Desk::save_settings() {
  if (workspace_->settings() == saved_) return;
  attnscope::save_settings(context_.surroundings().places.config / settings_name, workspace_->settings());
  saved_ = workspace_->settings();
}

std::filesystem::path Desk::layout_file() const { return context_.surroundings().places.config / layout_name; }

}  // namespace attnscope
