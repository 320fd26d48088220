// What is remembered from one run to the next, beside the layout of the panels.
#pragma once
#include <filesystem>
#include <string>

#include "session/commands.h"

namespace attnscope {

struct Settings {
  Theme theme = Theme::dark;
  bool reduced_motion = false;
  float scale = 0;    // of the interface; 0: by the height of the window
  std::string model;  // the last one used by name or path; empty: the best at hand
  int width = 1600;   // of the window, in screen coordinates
  int height = 1000;
  friend bool operator==(const Settings&, const Settings&) = default;
};

// What the file says. A file that is not there gives the defaults, and so does each value in it that is missing or
// makes no sense: settings never keep the program from starting.
Settings load_settings(const std::filesystem::path& file);

// Makes the folder where it is missing. Throws Error or InputError where the file cannot be written.
void save_settings(const std::filesystem::path& file, const Settings& settings);

}  // namespace attnscope
