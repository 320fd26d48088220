#include "app/bench_rows.h"

#include <spdlog/fmt/fmt.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <fstream>

#include "app/json_writer.h"
#include "app/option_values.h"
#include "app/table.h"
#include "attention/select.h"
#include "core/error.h"

namespace attnscope {
namespace {

using bench::BenchShape;
using bench::Figure;

// What this runs on, as the system names it.
std::string processor_name() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "a processor without a name";
}

std::string duration(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.1f} us", seconds * 1e6);
  return seconds < 1 ? fmt::format("{:.2f} ms", seconds * 1e3) : fmt::format("{:.3f} s", seconds);
}

std::string memory(std::int64_t bytes) { return fmt::format("{:.0f} MB", static_cast<double>(bytes) / 1e6); }

// A line for each kernel that a device ran for this row.
void print_kernels(std::ostream& out, const BenchRow& row) {
  for (const KernelTime& time : row.figure.kernels) {
    const double launches = static_cast<double>(time.launches) / row.figure.runs;
    out << fmt::format("{} of {}, n {}, d {}: kernel {}: {} a run in {:.3g} {}\n", row.task.op, row.task.backend,
                       row.shape.n, row.shape.head_dim, time.kernel, duration(time.seconds / row.figure.runs), launches,
                       launches == 1 ? "launch" : "launches");
  }
}

void print_table(Context& context, const BenchOptions& options, const std::vector<BenchRow>& rows) {
  std::ostream& out = context.console().out;
  const BenchShape& shape = rows.front().shape;
  out << processor_name() << ", " << options.threads << (options.threads == 1 ? " thread" : " threads") << ", "
      << shape.heads << (shape.heads == 1 ? " head, " : " heads, ");
  if (shape.kv_heads != shape.heads) out << shape.kv_heads << " KV heads, ";
  out << name_of(shape.dtype) << "; peak: multiply-adds in registers, in the same run";
  out << '\n';
  Table table({{"op", Align::left},
               {"contender", Align::left},
               {"backend", Align::left},
               {"mask", Align::left},
               {"n"},
               {"d"},
               {"processor"},
               {"95 %"},
               {"wall"},
               {"device"},
               {"runs"},
               {"GFLOP/s"},
               {"peak"},
               {"ratio"},
               {"least"},
               {"memory"},
               {"max error"},
               {"RMS"}});
  for (const BenchRow& row : rows) {
    const Figure& figure = row.figure;
    if (figure.runs == 0) continue;
    table.add({row.task.op, row.task.contender, row.task.backend, row.shape.mask, std::to_string(row.shape.n),
               std::to_string(row.shape.head_dim), duration(figure.cpu_seconds),
               duration(figure.low) + " - " + duration(figure.high), duration(figure.seconds),
               figure.device_seconds > 0 ? duration(figure.device_seconds) : "-", std::to_string(figure.runs),
               fmt::format("{:.1f}", figure.gflops),
               figure.peak_gflops > 0 ? fmt::format("{:.1f}", figure.peak_gflops) : "-",
               figure.peak_gflops > 0 ? weight_text(figure.ratio, 3) : "-", memory(row.task.least_bytes),
               memory(figure.peak_memory), fmt::format("{:.1e}", figure.check.max_error),
               fmt::format("{:.1e}", figure.check.rms_error)});
  }
  table.print(out);
  for (const BenchRow& row : rows) print_kernels(out, row);
}

void print_json(const Console& console, const std::vector<BenchRow>& rows) {
  JsonWriter json(console.out);
  json.begin_array();
  const auto number = [&](const char* key, double value) { json.key(key).value(static_cast<float>(value)); };
  for (const BenchRow& row : rows) {
    const Figure& figure = row.figure;
    if (figure.runs == 0) continue;
    json.begin_object().key("op").value(row.task.op).key("contender").value(row.task.contender);
    json.key("backend").value(row.task.backend).key("dtype").value(name_of(row.shape.dtype));
    json.key("heads").value(row.shape.heads).key("kv_heads").value(row.shape.kv_heads);
    json.key("n").value(row.shape.n).key("head_dim").value(row.shape.head_dim).key("mask").value(row.shape.mask);
    number("cpu_seconds", figure.cpu_seconds);
    number("seconds", figure.seconds);
    json.key("runs").value(figure.runs).key("interval").begin_array();
    json.value(static_cast<float>(figure.low)).value(static_cast<float>(figure.high)).end_array();
    number("gflops", figure.gflops);
    number("peak_gflops", figure.peak_gflops);
    number("ratio", figure.ratio);
    json.key("min_bytes").value(row.task.least_bytes).key("peak_rss").value(figure.peak_memory);
    json.key("checked").value(figure.check.right);
    number("max_error", figure.check.max_error);
    number("rms_error", figure.check.rms_error);
    if (figure.device_seconds > 0) number("device_seconds", figure.device_seconds);
    if (!figure.kernels.empty()) {
      json.key("kernels").begin_array();
      for (const KernelTime& time : figure.kernels) {
        json.begin_object().key("kernel").value(time.kernel);
        json.key("launches").value(static_cast<std::int64_t>(time.launches));
        number("seconds", time.seconds);
        json.end_object();
      }
      json.end_array();
    }
    json.end_object();
  }
  json.end_array();
  console.out << '\n';
}

void print_csv(const Console& console, const std::vector<BenchRow>& rows) {
  console.out << "op,contender,backend,dtype,heads,kv_heads,n,head_dim,mask,cpu_seconds,seconds,runs,low,high,gflops,"
                 "peak_gflops,ratio,min_bytes,peak_rss,checked,max_error,rms_error,device_seconds\n";
  for (const BenchRow& row : rows) {
    const Figure& figure = row.figure;
    if (figure.runs == 0) continue;
    const BenchShape& shape = row.shape;
    console.out << fmt::format("{},{},{},{},{},{},{},{},\"{}\",", row.task.op, row.task.contender, row.task.backend,
                               name_of(shape.dtype), shape.heads, shape.kv_heads, shape.n, shape.head_dim, shape.mask)
                << fmt::format("{:.6g},{:.6g},{},{:.6g},{:.6g},{:.5g},{:.5g},{:.4g},{},{},{},{:.3g},{:.3g},{:.6g}\n",
                               figure.cpu_seconds, figure.seconds, figure.runs, figure.low, figure.high, figure.gflops,
                               figure.peak_gflops, figure.ratio, row.task.least_bytes, figure.peak_memory,
                               figure.check.right, figure.check.max_error, figure.check.rms_error,
                               figure.device_seconds);
  }
}

}  // namespace

void add_bench_options(CLI::App& verb, BenchOptions& options, const std::string& contenders) {
  add_number(verb, "--threads", options.threads, "of the processor");
  add_text(verb, "--seconds", options.seconds, "of runs for each row")->default_str(options.seconds);
  add_text(verb, "--dtype", options.dtype, "f32, f16 or bf16")->default_str(options.dtype);
  add_text(verb, "--mask", options.mask, "full, causal, window:W or sinks:S,W")->default_str(options.mask);
  verb.add_option("--contenders", options.contenders, contenders)->delimiter(',');
  CLI::Option* const json = verb.add_flag("--json", options.json, "Print compact JSON");
  verb.add_flag("--csv", options.csv, "Print comma-separated values")->excludes(json);
}

double bench_seconds(const BenchOptions& options) { return parse_decimal("--seconds", options.seconds, 0.01, 3600); }

DType bench_dtype(const BenchOptions& options) {
  for (const DType dtype : {DType::f32, DType::f16, DType::bf16}) {
    if (options.dtype == name_of(dtype)) return dtype;
  }
  throw InputError("--dtype " + options.dtype + ": takes f32, f16 or bf16");
}

unsigned bench_threads(const BenchOptions& options) {
  constexpr std::int64_t most = 1024;
  if (options.threads < 1 || options.threads > most)
    throw InputError("--threads " + std::to_string(options.threads) + ": takes 1 to " + std::to_string(most));
  return static_cast<unsigned>(options.threads);
}

std::unique_ptr<Backend> bench_backend(const Context& context, const std::string& name) {
  if (name == "ours") return select_backend("auto", context.surroundings().forced_backend);
  for (const BackendInfo& info : list_backends()) {
    if (info.name != name) continue;
    if (!info.usable) throw InputError("--contenders " + name + ": " + info.detail);
    return select_backend("auto", name);
  }
  return nullptr;
}

void print_bench(Context& context, const BenchOptions& options, const std::vector<BenchRow>& rows) {
  std::string wrong;
  for (const BenchRow& row : rows) {
    const std::string what =
        fmt::format("{} of {}, n {}, d {}", row.task.op, row.task.contender, row.shape.n, row.shape.head_dim);
    if (!row.task.why_not.empty()) context.log().warn("{}: not run: {}", what, row.task.why_not);
    if (row.task.why_not.empty() && !row.figure.check.right) {
      wrong = fmt::format("{}: wrong by {:.1e}, so not measured", what, row.figure.check.max_error);
      context.log().error("{}", wrong);
    }
  }
  const bool any = std::any_of(rows.begin(), rows.end(), [](const BenchRow& row) { return row.figure.runs > 0; });
  if (options.json)
    print_json(context.console(), rows);
  else if (options.csv)
    print_csv(context.console(), rows);
  else if (any)
    print_table(context, options, rows);
  if (!wrong.empty()) throw Error("at least one contender is wrong: see above");
}

}  // namespace attnscope
