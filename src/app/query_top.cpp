// query top: the keys that each token attends to most.
#include <array>
#include <memory>

#include "app/option_values.h"
#include "app/query_command.h"
#include "app/table.h"
#include "app/token_label.h"
#include "core/error.h"
#include "formats/npy.h"

namespace attnscope {
namespace {

constexpr std::int64_t most_keys = 65536;

void print_json(const Console& console, const QueriedHead& head, const TopKeys& top) {
  const std::vector<std::int64_t> tokens = head.tokens();
  JsonWriter json(console.out);
  head.begin_json(json).key("tokens").array<std::int64_t>(tokens);
  json.key("keys").matrix<std::int32_t>(top.keys, tokens.size());
  json.key("p").matrix<float>(top.weights, tokens.size()).end_object();
  console.out << '\n';
}

void print_table(const Console& console, const QueriedHead& head, const TopKeys& top) {
  Table table({{"token"}, {"text", Align::left}, {"key"}, {"weight"}, {"key's text", Align::left}});
  const std::vector<std::int64_t> tokens = head.tokens();
  const std::size_t k = top.keys.size() / tokens.size();
  for (std::size_t t = 0; t < tokens.size(); ++t) {
    for (std::size_t place = t * k; place < (t + 1) * k && top.keys[place] >= 0; ++place) {
      table.add({std::to_string(tokens[t]), token_label(head.info(), tokens[t]), std::to_string(top.keys[place]),
                 weight_text(top.weights[place], 4), token_label(head.info(), top.keys[place])});
    }
  }
  table.print(console.out);
}

void write_files(const std::string& npy, const TopKeys& top, std::int64_t tokens, std::int64_t k) {
  // OUT.npy and OUT alike give OUT.keys.npy and OUT.p.npy.
  const std::string stem = npy.ends_with(".npy") ? npy.substr(0, npy.size() - 4) : npy;
  const std::array<std::int64_t, 2> shape = {tokens, k};
  write_npy(stem + ".keys.npy", shape, top.keys);
  write_npy(stem + ".p.npy", shape, top.weights);
}

void answer(Context& context, const QueryOptions& options, std::int64_t k) {
  if (k < 1 || k > most_keys)
    throw InputError("--k " + std::to_string(k) + ": takes 1 to " + std::to_string(most_keys));
  QueriedHead head(context, options);
  TopKeys top = head.reader().top(head.places(), k);
  for (std::int32_t& key : top.keys) {
    if (key >= 0) key += static_cast<std::int32_t>(head.info().first);
  }
  if (!options.result.npy.empty()) {
    write_files(options.result.npy, top, static_cast<std::int64_t>(head.places().size()), k);
  } else if (options.result.json) {
    print_json(context.console(), head, top);
  } else {
    print_table(context.console(), head, top);
  }
}

}  // namespace

void add_top(CLI::App& query, Action& action) {
  const auto options = std::make_shared<QueryOptions>();
  const auto k = std::make_shared<std::int64_t>(8);
  CLI::App& verb =
      add_verb(query, *options, "top", "The keys that each token attends to most; -1 where there are fewer");
  add_head_options(verb, *options, true);
  add_tokens_option(verb, *options, false);
  add_number(verb, "--k", *k, "keys for each token");
  verb.callback([options, k, &action] { action = [options, k](Context& context) { answer(context, *options, *k); }; });
}

}  // namespace attnscope
