// bench map: the ops behind the map and the statistics, by backend.
#include <algorithm>
#include <memory>

#include "app/bench_rows.h"
#include "app/option_values.h"
#include "app/options.h"
#include "app/progress_line.h"
#include "attention_bench/map_tasks.h"
#include "core/error.h"

namespace attnscope {
namespace {

struct MapOptions {
  BenchOptions bench;
  std::vector<std::int64_t> n{16384}, head_dim{64};
  std::string size = "1024x1024";
  std::int64_t samples = 1;
  std::int64_t k = 8;
  std::vector<std::string> ops;
};

void check_at_least_one(const char* option, std::int64_t value, std::int64_t most) {
  if (value < 1 || value > most)
    throw InputError(std::string(option) + " " + std::to_string(value) + ": takes 1 to " + std::to_string(most));
}

std::vector<std::string> chosen_ops(const MapOptions& options) {
  const std::vector<std::string>& all = bench::map_ops();
  for (const std::string& op : options.ops) {
    if (std::find(all.begin(), all.end(), op) != all.end()) continue;
    std::string names;
    for (const std::string& known : all) names.append(names.empty() ? "" : ", ").append(known);
    throw InputError("--ops " + op + ": takes some of " + names);
  }
  return options.ops.empty() ? all : options.ops;
}

void run(Context& context, const MapOptions& options) {
  constexpr std::int64_t most = 65536;
  const double seconds = bench_seconds(options.bench);
  const std::vector<std::string> ops = chosen_ops(options);
  const PixelSize size = parse_size(options.size);
  check_at_least_one("--samples", options.samples, most);
  check_at_least_one("--k", options.k, most);
  Pool pool(bench_threads(options.bench));
  std::vector<std::string> names = options.bench.contenders;
  if (names.empty()) names = {"ours"};
  std::vector<std::unique_ptr<Backend>> backends;
  for (const std::string& name : names) {
    backends.push_back(bench_backend(context, name));
    if (backends.back() == nullptr)
      throw InputError("--contenders " + name + ": takes ours or a backend of `attnscope devices`");
  }
  std::vector<BenchRow> rows;
  ProgressLine line(context, "measuring");
  const Job job{pool, Priority::visible, context.surroundings().stop, &line.progress()};
  for (const std::int64_t d : options.head_dim) {
    for (const std::int64_t n : options.n) {
      const bench::MapShape shape{n,           d,          options.bench.mask, bench_dtype(options.bench),
                                  size.height, size.width, options.samples,    options.k};
      std::vector<std::unique_ptr<bench::MapCase>> cases;
      std::vector<bench::Task> tasks;
      for (std::size_t i = 0; i < backends.size(); ++i) {
        cases.push_back(std::make_unique<bench::MapCase>(shape, *backends[i], job));
        for (bench::Task& task : cases.back()->tasks(ops, names[i])) tasks.push_back(std::move(task));
      }
      const std::vector<bench::Figure> figures = bench::measure(tasks, seconds, job);
      for (std::size_t i = 0; i < tasks.size(); ++i)
        rows.push_back({tasks[i], figures[i], {1, 1, n, d, shape.mask, shape.dtype}});
    }
  }
  line.end();
  print_bench(context, options.bench, rows);
}

}  // namespace

void add_bench_map(CLI::App& bench, Action& action) {
  const auto options = std::make_shared<MapOptions>();
  CLI::App& verb = *bench.add_subcommand("map", "The ops behind the map and the statistics, on one head");
  add_numbers(verb, "--head-dim", options->head_dim, "one or several");
  add_numbers(verb, "--n", options->n, "tokens, one or several");
  add_text(verb, "--size", options->size, "of the images, in pixels")->default_str(options->size);
  add_number(verb, "--samples", options->samples, "queries a pixel row of sampled_map");
  add_number(verb, "--k", options->k, "keys a query of top_k");
  verb.add_option("--ops", options->ops, "map_mean, map_max, sampled_map, top_k, row_stats, column_mass; default: all")
      ->delimiter(',');
  add_bench_options(verb, options->bench, "ours and any backend of `attnscope devices`");
  verb.callback([options, &action] { action = [options](Context& context) { run(context, *options); }; });
}

void add_bench(CLI::App& program, Action& action) {
  CLI::App& bench = *program.add_subcommand("bench", "Measures this machine, beside its own peak");
  add_bench_attention(bench, action);
  add_bench_map(bench, action);
  require_verb(bench, "benchmark", "attention, map");
}

}  // namespace attnscope
