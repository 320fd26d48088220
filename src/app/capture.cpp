// attnscope capture: a text's queries, keys and values into a file.
#include <memory>
#include <set>

#include "app/commands.h"
#include "app/indices.h"
#include "app/option_values.h"
#include "app/source.h"
#include "capture/capture_writer.h"
#include "core/error.h"

namespace attnscope {
namespace {

struct CaptureOptions {
  SourceOptions source;
  std::string out;
  std::vector<std::int64_t> layers;
  std::string dtype = "f32";
};

DType parse_dtype(const std::string& name) {
  for (const DType type : {DType::f32, DType::f16, DType::bf16}) {
    if (name == name_of(type)) return type;
  }
  throw InputError("--dtype " + name + ": takes f32, f16 or bf16");
}

void capture(Context& context, const CaptureOptions& options) {
  const DType dtype = parse_dtype(options.dtype);
  refuse_input_as_output(context, options.source, options.out);
  Source source(context, options.source);
  const CaptureInfo& info = source.info();
  for (const std::int64_t layer : options.layers) check_layer(info, layer);
  const std::set<std::int64_t> chosen(options.layers.begin(), options.layers.end());
  const std::vector<std::int64_t> layers =
      chosen.empty() ? all_layers(info) : std::vector(chosen.begin(), chosen.end());
  CaptureWriter writer(options.out, info, {dtype, layers});
  source.visit(layers,
               [&writer](std::int64_t index, const std::shared_ptr<const Layer>& layer) { writer.take(index, layer); });
  writer.finish();
  context.log().info("{}: {}, {} tokens, {} of {} layers, {}", options.out, info.model, info.count, layers.size(),
                     info.layers.size(), options.dtype);
}

}  // namespace

void add_capture(CLI::App& program, Action& action) {
  const auto options = std::make_shared<CaptureOptions>();
  CLI::App& command = *program.add_subcommand("capture", "Queries, keys and values of a text as one safetensors file");
  add_source_options(command, options->source);
  add_text(command, "-o,--out", options->out, "the file to write")->required();
  add_numbers(command, "--layers", options->layers, "layers to keep, as in 0,14; all if absent");
  command.add_option("--dtype", options->dtype, "type of the numbers: f32, f16 or bf16")->capture_default_str();
  command.callback([options, &action] { action = [options](Context& context) { capture(context, *options); }; });
}

}  // namespace attnscope
