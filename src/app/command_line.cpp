#include "app/command_line.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <filesystem>
#include <new>
#include <utility>

#include "app/commands.h"
#include "app/desk_options.h"
#include "app/fd_streams.h"
#include "core/error.h"

namespace attnscope {
namespace {

constexpr int failed = 1;
constexpr int wrong_input = 2;
constexpr int interrupted = 130;

// Without a command: the window.
#ifdef ATTNSCOPE_GUI
void open_window_on(Context& context, const DeskOptions& options) {
  const std::string& file = options.source.source;
  const bool named = !file.empty() && file != "-" && !file.starts_with("synthetic:");
  if (named && !std::filesystem::exists(file)) {
    const char* what = file.starts_with('-') ? "no such option" : "neither a command nor a file";
    throw InputError(file + ": " + what + "; see attnscope --help");
  }
  open_window(context, options);
}
#else
void open_window_on(Context& /*context*/, const DeskOptions& /*options*/) {
  throw InputError("built without a window: `attnscope show` draws in the terminal; see attnscope --help");
}
#endif

void parse(CLI::App& program, std::vector<std::string> arguments) {
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
  program.parse(std::move(arguments));
}

int run(const std::vector<std::string>& arguments, const Console& console, Context& context) {
  CLI::App program("Shows the attention of real transformer models, exact at any length.", "attnscope");
  program.set_version_flag("--version", "attnscope " ATTNSCOPE_VERSION);
  Action action;
  add_show(program, action);
  add_tokens(program, action);
  add_capture(program, action);
  add_query(program, action);
  add_models(program, action);
  add_devices(program, action);
  add_check(program, action);
  add_bench(program, action);
#ifdef ATTNSCOPE_GUI
  add_render(program, action);
#endif
  DeskOptions window;
  add_desk_options(program, window);
  try {
    parse(program, arguments);
  } catch (const CLI::Success& request) {  // --help, --version
    return program.exit(request, console.out, console.err);
  } catch (const CLI::ParseError& error) {
    throw InputError(error.what());
  }
  if (!action) action = [&window](Context& on) { open_window_on(on, window); };
  action(context);
  return 0;
}

// What a failure is to the caller. Called inside a handler.
int report_failure(spdlog::logger& log) {
  try {
    throw;
  } catch (const OutputClosed&) {
    return 0;
  } catch (const Stopped&) {
    log.error("stopped");
    return interrupted;
  } catch (const InputError& error) {
    log.error("{}", error.what());
    return wrong_input;
  } catch (const std::bad_alloc&) {
    log.error("not enough memory");
    return failed;
  } catch (const std::exception& error) {
    log.error("{}", error.what());
    return failed;
  }
}

}  // namespace

int run_command_line(const std::vector<std::string>& arguments, const Console& console, Surroundings surroundings) {
  Context context(console, std::move(surroundings));
  try {
    const int code = run(arguments, console, context);
    console.out.flush();
    return code;
  } catch (...) {
    return report_failure(context.log());
  }
}

}  // namespace attnscope
