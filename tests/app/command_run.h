// Runs a command line in this process, with strings for its streams.
#pragma once
#include <filesystem>
#include <sstream>
#include <stop_token>
#include <string>
#include <vector>

#include "app/command_line.h"
#include "formats/json.h"

namespace attnscope {

struct CommandRun {
  int code = 0;
  std::string out, err;
  Json json() const { return parse_json(out, "output"); }
};

struct CommandSetting {
  std::string input = {};             // standard input
  std::string backend = {};           // ATTNSCOPE_BACKEND
  std::filesystem::path assets = {};  // with models/
  std::filesystem::path models = {};  // fetched
  std::stop_token stop = {};
};

inline CommandRun run_command(const std::vector<std::string>& words, const CommandSetting& setting = {}) {
  std::istringstream in(setting.input);
  std::ostringstream out;
  std::ostringstream err;
  const Console console{in, out, err};
  const int code =
      run_command_line(words, console, {{setting.assets, setting.models, {}}, setting.backend, setting.stop});
  return {code, out.str(), err.str()};
}

// A folder of its own that is gone with this.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = std::filesystem::temp_directory_path() / "attnscope-test-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
  }

 private:
  std::filesystem::path path_;
};

}  // namespace attnscope
