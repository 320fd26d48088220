// What `attnscope bench` prints: a row a figure, as a table, as JSON or as CSV.
#pragma once
#include <CLI/App.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "app/commands.h"
#include "attention_bench/bench_case.h"
#include "attention_bench/measure.h"

namespace attnscope {

// What the verbs of bench share on the command line.
struct BenchOptions {
  std::int64_t threads = 1;
  std::string seconds = "1";  // of runs for each row
  std::string dtype = "f32";
  std::string mask = "full";
  std::vector<std::string> contenders;
  bool json = false, csv = false;
};

// --threads, --seconds, --dtype, --mask, --contenders, --json, --csv.
void add_bench_options(CLI::App& verb, BenchOptions& options, const std::string& contenders);
double bench_seconds(const BenchOptions& options);  // throws InputError
DType bench_dtype(const BenchOptions& options);     // throws InputError
// 1 to 1024. Throws InputError.
unsigned bench_threads(const BenchOptions& options);
// One of attention/select.h by name, or "ours": the one that runs by default; none has another behind it, so that
// nothing else is measured. Null for an unknown name. Throws InputError, see list_backends().
std::unique_ptr<Backend> bench_backend(const Context& context, const std::string& name);

struct BenchRow {
  bench::Task task;
  bench::Figure figure;
  bench::BenchShape shape;
};

// Prints the rows; what was not run, and why, goes to standard error. Throws Error if a contender was wrong.
void print_bench(Context& context, const BenchOptions& options, const std::vector<BenchRow>& rows);

void add_bench_attention(CLI::App& bench, Action& action);
void add_bench_map(CLI::App& bench, Action& action);

}  // namespace attnscope
