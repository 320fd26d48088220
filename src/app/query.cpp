#include <memory>
#include <numeric>

#include "app/commands.h"
#include "app/indices.h"
#include "app/option_values.h"
#include "app/query_command.h"
#include "core/error.h"

namespace attnscope {

CLI::App& add_verb(CLI::App& query, QueryOptions& options, const std::string& name, const std::string& description) {
  CLI::App& verb = *query.add_subcommand(name, description);
  add_source_options(verb, options.source);
  add_result_options(verb, options.result);
  return verb;
}

void add_head_options(CLI::App& verb, QueryOptions& options, bool required) {
  add_number(verb, "--layer", options.layer, "counted from 0")->required(required);
  add_number(verb, "--head", options.head, "counted from 0")->required(required);
}

CLI::Option* add_tokens_option(CLI::App& verb, QueryOptions& options, bool required) {
  return add_numbers(verb, "--tokens", options.tokens, "tokens of the document counted from 0, as in 3,17")
      ->required(required);
}

Source open_source(Context& context, const QueryOptions& options) {
  if (!options.result.npy.empty()) refuse_input_as_output(context, options.source, options.result.npy);
  return {context, options.source};
}

QueriedHead::QueriedHead(Context& context, const QueryOptions& options)
    : source_(open_source(context, options)),
      runner_(source_.runner()),
      layer_(options.layer.value()),
      head_(options.head.value()) {
  check_head(info(), layer_, head_);
  places_ = places_in_context(info(), options.tokens);
  if (options.tokens.empty()) {
    places_.resize(static_cast<std::size_t>(info().count));
    std::iota(places_.begin(), places_.end(), 0);
  }
  reader_.emplace(runner_, source_.layer(layer_), head_);
}

std::vector<std::int64_t> QueriedHead::tokens() const {
  std::vector<std::int64_t> tokens = places_;
  for (std::int64_t& token : tokens) token += info().first;
  return tokens;
}

JsonWriter& QueriedHead::begin_json(JsonWriter& json) const {
  json.begin_object().key("layer").value(layer_).key("head").value(head_);
  write_first(json, info());
  return json;
}

void write_first(JsonWriter& json, const CaptureInfo& info) {
  if (is_slice(info)) json.key("first").value(info.first);
}

void add_query(CLI::App& program, Action& action) {
  CLI::App& query = *program.add_subcommand("query", "Exact numbers of a head: rows, columns, map, statistics, ...");
  add_rows_and_columns(query, action);
  add_top(query, action);
  add_map(query, action);
  add_stats(query, action);
  add_mass_and_lse(query, action);
  add_logits(query, action);
  require_verb(query, "question", "rows, columns, top, map, stats, mass, lse, logits");
}

}  // namespace attnscope
