// bench attention: the fused forward against what else computes it.
#include <memory>

#include "app/bench_rows.h"
#include "app/option_values.h"
#include "app/progress_line.h"
#include "attention_bench/contender.h"
#include "core/error.h"

namespace attnscope {
namespace {

using bench::Contender;

struct AttentionOptions {
  BenchOptions bench;
  std::int64_t heads = 8;
  std::optional<std::int64_t> kv_heads;
  std::vector<std::int64_t> n{4096}, head_dim{64};
};

std::unique_ptr<Contender> make_contender(const Context& context, const std::string& name) {
  if (auto other = bench::make_other_contender(name)) return other;
  std::unique_ptr<Backend> backend = bench_backend(context, name);
  if (backend == nullptr) {
    std::string known = "ours, a backend of `attnscope devices`";
    for (const auto& others : {bench::other_contenders(), bench::gpu_contenders()}) {
      for (const std::string& other : others) known += ", " + other;
    }
    throw InputError("--contenders " + name + ": takes " + known);
  }
  return bench::make_backend_contender(name, std::move(backend));
}

void run(Context& context, const AttentionOptions& options) {
  const double seconds = bench_seconds(options.bench);
  Pool pool(bench_threads(options.bench));
  std::vector<std::string> names = options.bench.contenders;
  if (names.empty()) {
    names = {"ours"};
    for (const std::string& name : bench::other_contenders()) names.push_back(name);
  }
  std::vector<std::unique_ptr<Contender>> contenders;
  contenders.reserve(names.size());
  for (const std::string& name : names) contenders.push_back(make_contender(context, name));
  std::vector<BenchRow> rows;
  ProgressLine line(context, "measuring");
  for (const std::int64_t d : options.head_dim) {
    for (const std::int64_t n : options.n) {
      const bench::BenchShape shape{options.heads,
                                    options.kv_heads.value_or(options.heads),
                                    n,
                                    d,
                                    options.bench.mask,
                                    bench_dtype(options.bench)};
      bench::BenchCase which(shape);
      which.forget_results();
      std::vector<bench::Task> tasks;
      tasks.reserve(contenders.size());
      for (const auto& contender : contenders) tasks.push_back(bench::forward_task(which, *contender));
      const Job job{pool, Priority::visible, context.surroundings().stop, &line.progress()};
      const std::vector<bench::Figure> figures = bench::measure(tasks, seconds, job);
      for (std::size_t i = 0; i < tasks.size(); ++i) rows.push_back({tasks[i], figures[i], shape});
    }
  }
  line.end();
  print_bench(context, options.bench, rows);
}

}  // namespace

void add_bench_attention(CLI::App& bench, Action& action) {
  const auto options = std::make_shared<AttentionOptions>();
  CLI::App& verb = *bench.add_subcommand("attention", "The fused forward against other ways to compute it");
  add_number(verb, "--heads", options->heads, "query heads");
  add_number(verb, "--kv-heads", options->kv_heads, "heads of keys and values: a divisor of --heads; default: as many");
  add_numbers(verb, "--head-dim", options->head_dim, "one or several");
  add_numbers(verb, "--n", options->n, "tokens, one or several");
  add_bench_options(verb, options->bench,
                    "ours, any backend of `attnscope devices`, naive, stored, blocked; on a GPU cublas, cudnn");
  verb.callback([options, &action] { action = [options](Context& context) { run(context, *options); }; });
}

}  // namespace attnscope
