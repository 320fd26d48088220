#include "app/desk_options.h"

#include "app/option_values.h"

namespace attnscope {

void add_desk_options(CLI::App& command, DeskOptions& options) {
  add_source_options(command, options.source);
  command.get_option("SOURCE")->description(
      "a text (- for standard input, the first example if absent), or synthetic:N for N made-up tokens");
  add_number(command, "--layer", options.layer, "the layer to look at, counted from 0");
  add_number(command, "--head", options.head, "the head to look at, counted from 0");
  add_number(command, "--token", options.token, "the token to pick, counted from 0");
}

}  // namespace attnscope
