// attnscope show: what the picked token attends to, in the terminal.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <memory>
#include <optional>

#include "app/commands.h"
#include "app/indices.h"
#include "app/option_values.h"
#include "app/show_row.h"
#include "app/source.h"
#include "core/error.h"
#include "engine/head_reader.h"

namespace attnscope {
namespace {

struct ShowOptions {
  SourceOptions source;
  std::optional<std::int64_t> layer, head, token;
  std::string find;  // the text of a token, in place of its number
  std::int64_t rows = 10;
  bool attended_by = false;
};

std::string_view text_of(const CaptureInfo& info, std::int64_t token) {
  const Token& at = info.tokens[static_cast<std::size_t>(token)];
  const auto begin = static_cast<std::size_t>(at.begin);
  const std::string_view text = info.text;
  return text.substr(begin, static_cast<std::size_t>(at.end) - begin);
}

bool is_word(std::string_view bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](unsigned char c) { return c >= 0x80 || std::isalnum(c) != 0; });
}

std::string_view without_spaces(std::string_view bytes) {
  const std::size_t begin = bytes.find_first_not_of(' ');
  return begin == std::string_view::npos ? "" : bytes.substr(begin, bytes.find_last_not_of(' ') + 1 - begin);
}

// The token of the document that the options pick: by number, by text (the last that reads so, spaces aside), else the
// last one of the context with a letter or digit (or a byte beyond ASCII), else the last.
std::int64_t pick_token(const ShowOptions& options, const CaptureInfo& info) {
  if (options.token) return *options.token;
  for (std::int64_t token = info.first + info.count - 1; token >= info.first; --token) {
    const std::string_view text = text_of(info, token);
    if (options.find.empty() ? is_word(text) : without_spaces(text) == options.find) return token;
  }
  if (!options.find.empty()) throw InputError("--find " + options.find + ": no token reads so; see attnscope tokens");
  return info.first + info.count - 1;
}

struct ChosenHead {
  std::shared_ptr<const Layer> layer;
  std::int64_t layer_index = 0;
  std::int64_t head = 0;
};

// The largest weight of a row outside the first token and the token itself; 0 where there is none.
float strongest_link(const std::vector<float>& row, std::int64_t place) {
  float strongest = 0;
  for (std::size_t key = 1; key < row.size(); ++key) {
    if (static_cast<std::int64_t>(key) != place && row[key] > strongest) strongest = row[key];
  }
  return strongest;
}

// Among the heads that the options leave open, the one in which the token is most strongly linked to one other token;
// of equal ones the first.
ChosenHead choose_head(const ShowOptions& options, Source& source, OpRunner& runner, std::int64_t place) {
  const std::vector<std::int64_t> layers = options.layer ? std::vector{*options.layer} : all_layers(source.info());
  for (const std::int64_t layer : layers) check_head(source.info(), layer, options.head.value_or(0));
  ChosenHead chosen;
  float best = -1;
  source.visit(layers, [&](std::int64_t index, const std::shared_ptr<const Layer>& layer) {
    const std::int64_t begin = options.head.value_or(0);
    const std::int64_t end = options.head ? begin + 1 : layer->spec.heads;
    for (std::int64_t head = begin; head < end; ++head) {
      const float link = strongest_link(HeadReader(runner, layer, head).rows({&place, 1}), place);
      if (link > best) chosen = {layer, index, head};
      best = std::max(best, link);
    }
  });
  return chosen;
}

// Notes about a head ("layer 0 head 1, ...") are for that head alone.
bool is_about_another_head(const std::string& note, const ChosenHead& chosen) {
  const std::string here = "layer " + std::to_string(chosen.layer_index) + " head " + std::to_string(chosen.head) + ",";
  return note.starts_with("layer ") && !note.starts_with(here);
}

std::vector<std::string> explain_choice(const ShowOptions& options, const CaptureInfo& info, const ChosenHead& chosen) {
  std::vector<std::string> how = info.notes;
  std::erase_if(how, [&chosen](const std::string& note) { return is_about_another_head(note, chosen); });
  if (is_slice(info)) {
    how.push_back("the model read tokens " + std::to_string(info.first) + " to " +
                  std::to_string(info.first + info.count - 1) + " of " + std::to_string(info.tokens.size()));
  }
  if (!options.token && options.find.empty()) how.emplace_back("token: the last word; --token or --find takes another");
  if (!options.layer || !options.head) {
    how.emplace_back(
        "head: of those open, the one with the largest weight outside the first token and the token itself");
  }
  return how;
}

void show(Context& context, const ShowOptions& options) {
  if (options.rows < 1) throw InputError("--k " + std::to_string(options.rows) + ": takes 1 or more");
  Source source(context, options.source);
  const CaptureInfo& info = source.info();
  const std::int64_t token = pick_token(options, info);
  const std::int64_t place = places_in_context(info, {&token, 1}).front();
  OpRunner runner = source.runner();
  const ChosenHead chosen = choose_head(options, source, runner, place);
  HeadReader reader(runner, chosen.layer, chosen.head);
  ShownToken shown{
      chosen.layer_index, chosen.head, token, options.attended_by ? Direction::attended_by : Direction::attends_to, {}};
  shown.weights = options.attended_by ? reader.columns({&place, 1}) : reader.rows({&place, 1});
  print_bars(context.console(), info, shown, options.rows, explain_choice(options, info, chosen));
}

}  // namespace

void add_show(CLI::App& program, Action& action) {
  const auto options = std::make_shared<ShowOptions>();
  CLI::App& command = *program.add_subcommand("show", "What a token attends to, as a bar table");
  add_source_options(command, options->source);
  add_number(command, "--layer", options->layer, "counted from 0; chosen by the strength of the link if absent");
  add_number(command, "--head", options->head, "counted from 0; chosen by the strength of the link if absent");
  CLI::Option* token = add_number(command, "--token", options->token, "counted from 0; the last word if absent");
  add_text(command, "--find", options->find, "the last token that reads so, in place of its number")->excludes(token);
  add_number(command, "--k", options->rows, "rows of the table");
  command.add_flag("--attended-by", options->attended_by, "what attends to the token, in place of what it attends to");
  command.callback([options, &action] { action = [options](Context& context) { show(context, *options); }; });
}

}  // namespace attnscope
