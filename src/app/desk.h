// A workspace set up from the command line: backend, threads, models, settings, and the text that it begins with.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>

#include "app/context.h"
#include "app/desk_options.h"
#include "session/workspace.h"

namespace attnscope {

class Desk {
 public:
  // Reads the settings and, where a text comes from standard input, the text. `measures` as in WorkspaceOptions; `wake`
  // as in Workspace. Throws InputError for options that make no sense.
  Desk(Context& context, const DeskOptions& options, bool measures, std::function<void()> wake);

  Workspace& workspace() { return *workspace_; }
  // Opens what the options name; without a source the first example.
  void open();
  // Writes the settings where they have changed. Throws Error, InputError.
  void save_settings();
  std::filesystem::path layout_file() const;

 private:
  Context& context_;
  DeskOptions options_;
  Settings saved_;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Pool> pool_;
  std::unique_ptr<Workspace> workspace_;
};

}  // namespace attnscope
