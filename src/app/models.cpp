// attnscope models: which models have a name here, and whether they are there.
#include <spdlog/fmt/fmt.h>

#include <filesystem>

#include "app/commands.h"
#include "app/table.h"
#include "core/error.h"
#include "formats/gguf.h"
#include "models/config.h"
#include "models/model.h"
#include "models/weight_file.h"

namespace attnscope {
namespace {

namespace fs = std::filesystem;

// Of a file, or of all files in a folder.
std::uintmax_t bytes_of(const fs::path& path) {
  if (!fs::is_directory(path)) return fs::file_size(path);
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(path)) bytes += entry.is_regular_file() ? entry.file_size() : 0;
  return bytes;
}

DecoderConfig config_of(const fs::path& path) {
  if (!fs::is_directory(path)) return decoder_from_gguf(GgufFile::open(path));
  const fs::path config = path / "config.json";
  const auto file = MappedFile::open(config);
  return decoder_from_config({reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size()},
                             config.string());
}

std::vector<std::string> describe(const ModelPlace& place) {
  if (!fs::exists(place.path)) return {place.name, "no", "", "", "", "", place.note};
  try {
    const DecoderConfig config = config_of(place.path);
    const double megabytes = static_cast<double>(bytes_of(place.path)) / 1e6;
    return {place.name,
            "yes",
            fmt::format("{:.0f} MB", megabytes),
            std::to_string(config.layers),
            std::to_string(config.heads),
            std::to_string(config.context),
            place.note + " (" + place.path.string() + ")"};
  } catch (const InputError& error) {
    return {place.name, "broken", "", "", "", "", error.what()};
  }
}

void print_models(Context& context) {
  Table table({{"model", Align::left},
               {"there", Align::left},
               {"size"},
               {"layers"},
               {"heads"},
               {"context"},
               {"", Align::left}});
  const Places& places = context.surroundings().places;
  for (const ModelPlace& place : known_models(places.assets, places.models)) table.add(describe(place));
  table.print(context.console().out);
  context.console().out
      << "\n--model also takes a .gguf file, or a folder with config.json, safetensors and tokenizer.json.\n";
}

}  // namespace

void add_models(CLI::App& program, Action& action) {
  CLI::App& command = *program.add_subcommand("models", "The models that have a name, and whether they are there");
  command.callback([&action] { action = print_models; });
}

}  // namespace attnscope
