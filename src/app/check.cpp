// attnscope check: what a file is, and whether it keeps the rules of its format.
#include <spdlog/fmt/fmt.h>

#include <filesystem>
#include <memory>

#include "app/check_file.h"
#include "app/commands.h"
#include "core/error.h"

namespace attnscope {
namespace {

namespace fs = std::filesystem;

// The files of a Hugging Face model folder, each checked by itself.
void check_folder(Context& context, const fs::path& folder) {
  if (!fs::exists(folder / "config.json")) {
    throw InputError(folder.string() + ": not a model folder: it has no config.json");
  }
  std::vector<fs::path> files = {folder / "config.json"};
  if (fs::exists(folder / "tokenizer.json")) files.push_back(folder / "tokenizer.json");
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".safetensors") files.push_back(entry.path());
  }
  std::sort(files.begin() + 1, files.end());
  for (const fs::path& file : files) context.console().out << file.string() << ": OK, " << check_file(file) << '\n';
}

void check(Context& context, const std::string& name) {
  if (fs::is_directory(name)) {
    check_folder(context, name);
  } else {
    context.console().out << name << ": OK, " << check_file(name) << '\n';
  }
}

}  // namespace

void add_check(CLI::App& program, Action& action) {
  const auto file = std::make_shared<std::string>();
  CLI::App& command = *program.add_subcommand(
      "check",
      "What a file is (safetensors, GGUF, capture, tokenizer.json, config.json, text), and whether it is whole");
  command.add_option("FILE", *file, "a file, or a model folder")->required();
  command.callback([file, &action] { action = [file](Context& context) { check(context, *file); }; });
}

}  // namespace attnscope
