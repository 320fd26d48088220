#include "ui/font_files.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace attnscope {
namespace {

namespace fs = std::filesystem;

// Empty where the variable is not set.
std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void add_fonts(const fs::path& folder, FontFiles& found) {
  std::error_code error;  // what cannot be read is passed over
  fs::recursive_directory_iterator file(folder, fs::directory_options::skip_permission_denied, error);
  for (const fs::recursive_directory_iterator end; !error && file != end; file.increment(error)) {
    const fs::path extension = file->path().extension();
    if (extension == ".ttf" || extension == ".otf" || extension == ".ttc") {
      found.try_emplace(file->path().filename().string(), file->path());
    }
  }
}

}  // namespace

std::vector<fs::path> system_font_folders() {
  std::vector<fs::path> folders;
  const std::string home = environment("HOME");
  std::string user = environment("XDG_DATA_HOME");
  if (user.empty() && !home.empty()) user = home + "/.local/share";
  if (!user.empty()) folders.push_back(fs::path(user) / "fonts");
  if (!home.empty()) folders.push_back(fs::path(home) / ".fonts");
  std::string shared = environment("XDG_DATA_DIRS");
  if (shared.empty()) shared = "/usr/local/share:/usr/share";
  for (std::string_view rest = shared; !rest.empty();) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    if (!folder.empty()) folders.push_back(fs::path(folder) / "fonts");
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
  }
  return folders;
}

FontFiles find_fonts(const std::vector<fs::path>& folders) {
  FontFiles found;
  for (const fs::path& folder : folders) add_fonts(folder, found);
  return found;
}

}  // namespace attnscope
