// query mass: what the whole text attends to. query lse: the log-sum-exp of each query.
#include <array>
#include <memory>

#include "app/query_command.h"
#include "app/table.h"
#include "app/token_label.h"
#include "formats/npy.h"

namespace attnscope {
namespace {

using Ask = std::vector<float> (HeadReader::*)();

// One number for each token of the context.
void answer(Context& context, const QueryOptions& options, const std::string& name, Ask ask) {
  QueriedHead head(context, options);
  const std::vector<float> values = (head.reader().*ask)();
  const CaptureInfo& info = head.info();
  if (!options.result.npy.empty()) {
    write_npy(options.result.npy, std::array{info.count}, values);
    return;
  }
  if (options.result.json) {
    JsonWriter json(context.console().out);
    head.begin_json(json).key(name).array<float>(values).end_object();
    context.console().out << '\n';
    return;
  }
  Table table({{"token"}, {"text", Align::left}, {name}});
  std::int64_t token = info.first;
  for (const float value : values) {
    table.add({std::to_string(token), token_label(info, token), number_text(value)});
    ++token;
  }
  table.print(context.console().out);
}

void add_list(CLI::App& query, Action& action, const std::string& name, const std::string& description, Ask ask) {
  const auto options = std::make_shared<QueryOptions>();
  CLI::App& verb = add_verb(query, *options, name, description);
  add_head_options(verb, *options, true);
  verb.callback([options, name, ask, &action] {
    action = [options, name, ask](Context& context) { answer(context, *options, name, ask); };
  });
}

}  // namespace

void add_mass_and_lse(CLI::App& query, Action& action) {
  add_list(query, action, "mass", "The weight that each token gets from all tokens together", &HeadReader::mass);
  add_list(query, action, "lse", "The log-sum-exp of each token's scores", &HeadReader::lse);
}

}  // namespace attnscope
