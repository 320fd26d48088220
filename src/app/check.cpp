// attnscope check: what a file is, and whether it keeps the rules of its format.
#include <spdlog/fmt/fmt.h>

#include <filesystem>
#include <memory>

#include "app/check_file.h"
#include "app/commands.h"
#include "app/option_values.h"
#include "app/terminal_text.h"
#include "core/error.h"

namespace attnscope {
namespace {

namespace fs = std::filesystem;

void print_verdict(Context& context, const fs::path& file) {
  const std::string facts = check_file(file);  // nothing is printed where it throws
  context.console().out << escaped_line(file.string()) << ": OK, " << facts << '\n';
}

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
  for (const fs::path& file : files) print_verdict(context, file);
}

void check(Context& context, const std::string& name) {
  if (fs::is_directory(name)) {
    check_folder(context, name);
  } else {
    print_verdict(context, name);
  }
}

}  // namespace

void add_check(CLI::App& program, Action& action) {
  const auto file = std::make_shared<std::string>();
  CLI::App& command = *program.add_subcommand(
      "check",
      "What a file is (safetensors, GGUF, capture, tokenizer.json, config.json, text), and whether it is whole");
  add_text(command, "FILE", *file, "a file, or a model folder")->required();
  command.callback([file, &action] { action = [file](Context& context) { check(context, *file); }; });
}

}  // namespace attnscope
