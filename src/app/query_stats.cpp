// query stats: what a head does, for each token or averaged over the tokens.
#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <utility>

#include "app/indices.h"
#include "app/query_command.h"
#include "app/table.h"
#include "app/token_label.h"
#include "formats/npy.h"

namespace attnscope {
namespace {

constexpr std::size_t statistics = 6;
// As results carry them, in the order of --npy columns; "first" is the weight on the first token of the context.
constexpr std::array<const char*, statistics> names = {"entropy", "distance", "self", "previous", "first", "max"};

std::array<std::span<const float>, statistics> lists_of(const HeadStats& s) {
  return {s.entropy, s.distance, s.self, s.previous, s.first, s.largest};
}

struct HeadAverages {
  std::int64_t layer = 0;
  std::int64_t head = 0;
  std::array<float, statistics> means{};
};

HeadAverages averages_of(const HeadStats& stats, std::int64_t layer, std::int64_t head) {
  HeadAverages averages{layer, head, {}};
  std::size_t at = 0;
  for (const std::span<const float> values : lists_of(stats)) {
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    averages.means[at++] = static_cast<float>(sum / static_cast<double>(values.size()));
  }
  return averages;
}

// The heads that `options` ask for, by layer and head.
std::vector<HeadAverages> average_heads(Context& context, const QueryOptions& options) {
  Source source = open_source(context, options);
  const std::vector<std::int64_t> layers = options.layer ? std::vector{*options.layer} : all_layers(source.info());
  for (const std::int64_t layer : layers) check_head(source.info(), layer, options.head.value_or(0));
  OpRunner runner = source.runner();
  std::vector<HeadAverages> averages;
  source.visit(layers, [&](std::int64_t index, const std::shared_ptr<const Layer>& layer) {
    const std::int64_t begin = options.head.value_or(0);
    const std::int64_t end = options.head ? begin + 1 : layer->spec.heads;
    for (std::int64_t head = begin; head < end; ++head) {
      averages.push_back(averages_of(HeadReader(runner, layer, head).stats(), index, head));
    }
  });
  std::sort(averages.begin(), averages.end(),
            [](const auto& a, const auto& b) { return std::pair(a.layer, a.head) < std::pair(b.layer, b.head); });
  return averages;
}

void print_averages_json(const Console& console, const std::vector<HeadAverages>& heads) {
  JsonWriter json(console.out);
  json.begin_array();
  for (const HeadAverages& head : heads) {
    json.begin_object().key("layer").value(head.layer).key("head").value(head.head);
    for (std::size_t s = 0; s < statistics; ++s) json.key(names[s]).value(head.means[s]);
    json.end_object();
  }
  json.end_array();
  console.out << '\n';
}

void print_averages_table(const Console& console, const std::vector<HeadAverages>& heads) {
  std::vector<Column> columns = {{"layer"}, {"head"}};
  for (const char* name : names) columns.push_back({name});
  Table table(std::move(columns));
  for (const HeadAverages& head : heads) {
    std::vector<std::string> cells = {std::to_string(head.layer), std::to_string(head.head)};
    for (const float mean : head.means) cells.push_back(number_text(mean));
    table.add(std::move(cells));
  }
  table.print(console.out);
}

void answer_averages(Context& context, const QueryOptions& options) {
  const std::vector<HeadAverages> heads = average_heads(context, options);
  if (!options.result.npy.empty()) {
    std::vector<float> values;
    for (const HeadAverages& head : heads) values.insert(values.end(), head.means.begin(), head.means.end());
    write_npy(options.result.npy, std::array{static_cast<std::int64_t>(heads.size()), std::int64_t{statistics}},
              values);
  } else if (options.result.json) {
    print_averages_json(context.console(), heads);
  } else {
    print_averages_table(context.console(), heads);
  }
}

void print_tokens_json(const Console& console, const QueriedHead& head, const HeadStats& stats) {
  JsonWriter json(console.out);
  json.begin_array().begin_object().key("layer").value(head.layer()).key("head").value(head.head());
  const auto lists = lists_of(stats);
  for (std::size_t s = 0; s < statistics; ++s) json.key(names[s]).array(lists[s]);
  json.key("max_key").array<std::int32_t>(stats.largest_key).end_object().end_array();
  console.out << '\n';
}

void print_tokens_table(const Console& console, const QueriedHead& head, const HeadStats& stats) {
  std::vector<Column> columns = {{"token"}, {"text", Align::left}};
  for (const char* name : names) columns.push_back({name});
  columns.push_back({"max key"});
  columns.push_back({"its text", Align::left});
  Table table(std::move(columns));
  for (std::size_t i = 0; i < stats.entropy.size(); ++i) {
    const std::int64_t token = head.info().first + static_cast<std::int64_t>(i);
    std::vector<std::string> cells = {std::to_string(token), token_label(head.info(), token)};
    for (const std::span<const float> values : lists_of(stats)) cells.push_back(number_text(values[i]));
    const std::int32_t key = stats.largest_key[i];
    cells.push_back(key < 0 ? "-" : std::to_string(key));
    cells.push_back(key < 0 ? "" : token_label(head.info(), key));
    table.add(std::move(cells));
  }
  table.print(console.out);
}

// [n, 6] in the order of `names`.
std::vector<float> by_token(const HeadStats& stats) {
  std::vector<float> values;
  values.reserve(stats.entropy.size() * statistics);
  const auto lists = lists_of(stats);
  for (std::size_t i = 0; i < stats.entropy.size(); ++i) {
    for (const std::span<const float> list : lists) values.push_back(list[i]);
  }
  return values;
}

void answer_one_head(Context& context, const QueryOptions& options) {
  QueriedHead head(context, options);
  HeadStats stats = head.reader().stats();
  for (std::int32_t& key : stats.largest_key) {
    if (key >= 0) key += static_cast<std::int32_t>(head.info().first);
  }
  if (!options.result.npy.empty()) {
    write_npy(options.result.npy, std::array{head.info().count, std::int64_t{statistics}}, by_token(stats));
  } else if (options.result.json) {
    print_tokens_json(context.console(), head, stats);
  } else {
    print_tokens_table(context.console(), head, stats);
  }
}

}  // namespace

void add_stats(CLI::App& query, Action& action) {
  const auto options = std::make_shared<QueryOptions>();
  CLI::App& verb =
      add_verb(query, *options, "stats",
               "Entropy (nats), mean distance (tokens), weight on itself, on the previous and on the first "
               "token, largest weight: for each token of one head, or averaged for many heads");
  add_head_options(verb, *options, false);
  verb.callback([options, &action] {
    const bool one_head = options->layer && options->head;
    action = [options, one_head](Context& context) {
      if (one_head) {
        answer_one_head(context, *options);
      } else {
        answer_averages(context, *options);
      }
    };
  });
}

}  // namespace attnscope
