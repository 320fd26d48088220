// query rows: what tokens attend to. query columns: what attends to tokens.
#include <memory>

#include "app/query_command.h"
#include "app/table.h"
#include "app/token_label.h"
#include "formats/npy.h"

namespace attnscope {
namespace {

enum class Side : std::uint8_t { rows, columns };

void print_json(const Console& console, const QueriedHead& head, const std::vector<float>& p, Side side) {
  const std::vector<std::int64_t> tokens = head.tokens();
  JsonWriter json(console.out);
  head.begin_json(json).key("n").value(head.info().count).key("tokens").array<std::int64_t>(tokens);
  const std::size_t lists = side == Side::rows ? tokens.size() : static_cast<std::size_t>(head.info().count);
  json.key("p").matrix<float>(p, lists).end_object();
  console.out << '\n';
}

// One line for each token of the context, one column for each token asked for.
void print_table(const Console& console, const QueriedHead& head, const std::vector<float>& p, Side side) {
  const std::vector<std::int64_t> tokens = head.tokens();
  const auto n = static_cast<std::size_t>(head.info().count);
  std::vector<Column> columns = {{side == Side::rows ? "key" : "query"}, {"text", Align::left}};
  for (const std::int64_t token : tokens) columns.push_back({std::to_string(token)});
  Table table(std::move(columns));
  for (std::size_t place = 0; place < n; ++place) {
    const std::int64_t token = head.info().first + static_cast<std::int64_t>(place);
    std::vector<std::string> cells = {std::to_string(token), token_label(head.info(), token)};
    for (std::size_t t = 0; t < tokens.size(); ++t) {
      cells.push_back(weight_text(side == Side::rows ? p[t * n + place] : p[place * tokens.size() + t], 4));
    }
    table.add(std::move(cells));
  }
  table.print(console.out);
}

void answer(Context& context, const QueryOptions& options, Side side) {
  QueriedHead head(context, options);
  const std::vector<float> p =
      side == Side::rows ? head.reader().rows(head.places()) : head.reader().columns(head.places());
  const auto asked = static_cast<std::int64_t>(head.places().size());
  const std::int64_t n = head.info().count;
  if (!options.result.npy.empty()) {
    const std::vector<std::int64_t> shape = side == Side::rows ? std::vector{asked, n} : std::vector{n, asked};
    write_npy(options.result.npy, shape, p);
  } else if (options.result.json) {
    print_json(context.console(), head, p, side);
  } else {
    print_table(context.console(), head, p, side);
  }
}

void add_side(CLI::App& query, Action& action, Side side, const std::string& name, const std::string& description) {
  const auto options = std::make_shared<QueryOptions>();
  CLI::App& verb = add_verb(query, *options, name, description);
  add_head_options(verb, *options, true);
  add_tokens_option(verb, *options, true);
  verb.callback(
      [options, side, &action] { action = [options, side](Context& context) { answer(context, *options, side); }; });
}

}  // namespace

void add_rows_and_columns(CLI::App& query, Action& action) {
  add_side(query, action, Side::rows, "rows", "What tokens attend to: weights [tokens, n]");
  add_side(query, action, Side::columns, "columns", "What attends to tokens: weights [n, tokens]");
}

}  // namespace attnscope
