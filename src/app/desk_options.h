// What the window and `attnscope render` both take on the command line.
#pragma once
#include <CLI/App.hpp>
#include <cstdint>
#include <optional>

#include "app/options.h"

namespace attnscope {

// A source and what to look at in it.
struct DeskOptions {
  SourceOptions source;
  std::optional<std::int64_t> layer, head, token;
};

// FILE, --model, --capture, --device, --first, --layer, --head, --token.
void add_desk_options(CLI::App& command, DeskOptions& options);

}  // namespace attnscope
