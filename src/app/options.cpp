#include "app/options.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <charconv>
#include <string_view>

#include "app/option_values.h"
#include "core/error.h"

namespace attnscope {
namespace {

constexpr std::int64_t largest_side = 65536;
constexpr std::int64_t most_pixels = std::int64_t{1} << 28;

// A whole number that fills `text`; 0 where it is anything else.
std::int64_t side_of(std::string_view text) {
  std::int64_t side = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, side);
  return error == std::errc() && rest == end ? side : 0;
}

void add_model_options(CLI::App& command, SourceOptions& options) {
  add_text(command, "--model", options.model,
           "a model's name (see `attnscope models`), a .gguf file or a model folder");
  add_text(command, "--device", options.device, "what computes: auto, cpu or cuda")->capture_default_str();
  add_number(command, "--first", options.first, "first token of the part of the text that the model reads");
  add_number(command, "--count", options.count, "number of tokens that the model reads");
  command.add_flag("--plain", options.plain, "read the text of special tokens as plain text");
}

}  // namespace

void add_text_options(CLI::App& command, SourceOptions& options) {
  add_text(command, "FILE", options.source, "a text; standard input if absent or -");
  add_model_options(command, options);
}

void add_source_options(CLI::App& command, SourceOptions& options) {
  add_text(command, "SOURCE", options.source,
           "a text (standard input if absent or -), or synthetic:N for N made-up tokens");
  add_text(command, "--capture", options.capture, "a capture file, in place of a text and a model");
  add_model_options(command, options);
}

void add_result_options(CLI::App& command, ResultOptions& options) {
  CLI::Option* json = command.add_flag("--json", options.json, "print compact JSON in place of a table");
  add_text(command, "--npy", options.npy, "write the numbers to a NumPy file in place of printing them")
      ->excludes(json);
}

void require_verb(CLI::App& command, const std::string& kind, const std::string& verbs) {
  command.require_subcommand(0, 1);  // one, but by a message that names the verbs
  command.allow_extras();
  command.callback([&command, kind, verbs] {
    const std::vector<std::string> words = command.remaining();
    if (words.empty() && !command.get_subcommands().empty()) return;
    throw InputError(command.get_name() + " " + (words.empty() ? "" : words.front() + ": no such " + kind + "; it ") +
                     "takes one of " + verbs);
  });
}

PixelSize parse_size(const std::string& text) {
  const std::size_t cross = text.find('x');
  PixelSize size;
  if (cross != std::string::npos) size = {side_of(text.substr(0, cross)), side_of(text.substr(cross + 1))};
  const bool sides_fit =
      size.width >= 1 && size.width <= largest_side && size.height >= 1 && size.height <= largest_side;
  if (!sides_fit || size.width * size.height > most_pixels) {
    throw InputError("--size " + text + ": takes WIDTHxHEIGHT, each 1 to 65536 and at most 2^28 pixels, as in 640x480");
  }
  return size;
}

}  // namespace attnscope
