// query logits: the likeliest next tokens after given tokens.
#include <algorithm>
#include <array>
#include <memory>
#include <numeric>

#include "app/indices.h"
#include "app/option_values.h"
#include "app/progress_line.h"
#include "app/query_command.h"
#include "app/table.h"
#include "app/token_label.h"
#include "core/error.h"
#include "formats/npy.h"

namespace attnscope {
namespace {

// The k largest of each row of logits [positions, vocabulary], descending; equal ones by lower id.
struct TopLogits {
  std::vector<std::int32_t> ids;  // [positions, k]
  std::vector<float> logits;      // [positions, k]
};

TopLogits largest(const std::vector<float>& logits, std::size_t positions, std::size_t k) {
  const std::size_t vocabulary = logits.size() / positions;
  std::vector<std::int32_t> order(vocabulary);
  TopLogits top;
  for (std::size_t p = 0; p < positions; ++p) {
    const std::span<const float> row = std::span(logits).subspan(p * vocabulary, vocabulary);
    std::iota(order.begin(), order.end(), 0);
    const auto better = [row](std::int32_t a, std::int32_t b) {
      const float x = row[static_cast<std::size_t>(a)];
      const float y = row[static_cast<std::size_t>(b)];
      return x != y ? x > y : a < b;
    };
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(k), order.end(), better);
    for (std::size_t rank = 0; rank < k; ++rank) {
      top.ids.push_back(order[rank]);
      top.logits.push_back(row[static_cast<std::size_t>(order[rank])]);
    }
  }
  return top;
}

void print_json(const Console& console, const CaptureInfo& info, std::span<const std::int64_t> tokens,
                const TopLogits& top) {
  JsonWriter json(console.out);
  json.begin_object();
  write_first(json, info);
  json.key("tokens").array(tokens).key("ids").matrix<std::int32_t>(top.ids, tokens.size());
  json.key("logits").matrix<float>(top.logits, tokens.size()).end_object();
  console.out << '\n';
}

void print_table(const Console& console, const Source& source, const Tokenizer& tokenizer,
                 std::span<const std::int64_t> tokens, const TopLogits& top) {
  Table table({{"after"}, {"text", Align::left}, {"rank"}, {"id"}, {"logit"}, {"next", Align::left}});
  const std::size_t k = top.ids.size() / tokens.size();
  for (std::size_t at = 0; at < top.ids.size(); ++at) {
    const std::int64_t token = tokens[at / k];
    table.add({std::to_string(token), token_label(source.info(), token), std::to_string(at % k + 1),
               std::to_string(top.ids[at]), number_text(top.logits[at]), text_label(tokenizer.bytes(top.ids[at]))});
  }
  table.print(console.out);
}

void answer(Context& context, const QueryOptions& options, std::int64_t k) {
  Source source = open_source(context, options);
  if (source.model() == nullptr) {
    throw InputError("query logits needs a text and a model: " + source.info().model + " here holds no weights to run");
  }
  Model& model = *source.model();
  if (k < 1 || k > model.info().vocabulary) {
    throw InputError("--k " + std::to_string(k) + ": takes 1 to " + std::to_string(model.info().vocabulary) +
                     ", the size of the vocabulary");
  }
  std::vector<std::int64_t> tokens = options.tokens;
  if (tokens.empty()) tokens = {source.info().first + source.info().count - 1};
  const std::vector<std::int64_t> places = places_in_context(source.info(), tokens);
  ProgressLine progress(context, "running " + model.info().name);
  const std::vector<float> logits = model.logits(source.info(), places, context.job(&progress.progress()));
  progress.end();
  const TopLogits top = largest(logits, places.size(), static_cast<std::size_t>(k));
  if (!options.result.npy.empty()) {
    const std::array<std::int64_t, 2> shape = {static_cast<std::int64_t>(places.size()), model.info().vocabulary};
    write_npy(options.result.npy, shape, logits);
  } else if (options.result.json) {
    print_json(context.console(), source.info(), tokens, top);
  } else {
    print_table(context.console(), source, model.tokenizer(), tokens, top);
  }
}

}  // namespace

void add_logits(CLI::App& query, Action& action) {
  const auto options = std::make_shared<QueryOptions>();
  const auto k = std::make_shared<std::int64_t>(20);
  CLI::App& verb = add_verb(query, *options, "logits",
                            "The likeliest next tokens after given ones; --npy writes all logits [tokens, vocabulary]");
  add_tokens_option(verb, *options, false)->description("tokens counted from 0, as in 3,17; the last one if absent");
  add_number(verb, "--k", *k, "next tokens for each token");
  verb.callback([options, k, &action] { action = [options, k](Context& context) { answer(context, *options, *k); }; });
}

}  // namespace attnscope
