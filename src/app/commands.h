// The commands of the program, one file each. A command adds itself and its options to the command line; where a person
// names it, it puts what is to be done into `action`.
#pragma once
#include <CLI/App.hpp>
#include <functional>

#include "app/context.h"

namespace attnscope {

// Throws the errors of core/error.h.
using Action = std::function<void(Context&)>;

void add_show(CLI::App& program, Action& action);
void add_tokens(CLI::App& program, Action& action);
void add_capture(CLI::App& program, Action& action);
void add_query(CLI::App& program, Action& action);
void add_models(CLI::App& program, Action& action);
void add_devices(CLI::App& program, Action& action);
void add_check(CLI::App& program, Action& action);
void add_bench(CLI::App& program, Action& action);
void add_render(CLI::App& program, Action& action);

struct DeskOptions;
// The window, until it is closed; what there is without a command.
void open_window(Context& context, const DeskOptions& options);

}  // namespace attnscope
