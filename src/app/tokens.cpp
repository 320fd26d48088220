// attnscope tokens: how a text is cut.
#include <memory>

#include "app/commands.h"
#include "app/json_writer.h"
#include "app/options.h"
#include "app/source.h"
#include "app/table.h"
#include "app/text_input.h"
#include "app/token_label.h"

namespace attnscope {
namespace {

void print_json(const Console& console, const CaptureInfo& info) {
  JsonWriter json(console.out);
  json.begin_object().key("model").value(info.model).key("ids").begin_array();
  for (const Token& token : info.tokens) json.value(token.id);
  json.end_array().key("begin").begin_array();
  for (const Token& token : info.tokens) json.value(token.begin);
  json.end_array().key("end").begin_array();
  for (const Token& token : info.tokens) json.value(token.end);
  json.end_array().end_object();
  console.out << '\n';
}

void print_table(const Console& console, const CaptureInfo& info) {
  Table table({{"token"}, {"id"}, {"begin"}, {"end"}, {"text", Align::left}});
  std::int64_t place = 0;
  for (const Token& token : info.tokens) {
    table.add({std::to_string(place), std::to_string(token.id), std::to_string(token.begin), std::to_string(token.end),
               token_label(info, place)});
    ++place;
  }
  table.print(console.out);
}

void print_tokens(Context& context, const SourceOptions& options, bool json) {
  const std::unique_ptr<Backend> backend = context.make_backend(options.device);
  const std::unique_ptr<Model> model = open_model_or_default(context.surroundings().places, options.model, *backend);
  ModelOptions how;
  how.special = options.plain ? SpecialText::plain : SpecialText::special;
  how.slice = ContextSlice{0, 1};  // a text of any length has tokens, whatever of it fits the model
  const CaptureInfo info = model->describe(read_text(context, options.source), how);
  if (json) {
    print_json(context.console(), info);
  } else {
    print_table(context.console(), info);
  }
}

}  // namespace

void add_tokens(CLI::App& program, Action& action) {
  const auto options = std::make_shared<SourceOptions>();
  const auto json = std::make_shared<bool>(false);
  CLI::App& command = *program.add_subcommand("tokens", "The tokens of a text: ids and bytes [begin, end)");
  add_text_options(command, *options);
  command.add_flag("--json", *json, "print compact JSON in place of a table");
  command.callback([options, json, &action] {
    action = [options, json](Context& context) { print_tokens(context, *options, *json); };
  });
}

}  // namespace attnscope
