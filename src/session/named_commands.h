// The commands that have a name and perhaps a key: what the palette lists, the keys overlay shows and the keyboard
// sends.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "session/commands.h"

namespace attnscope {

class Workspace;

struct NamedCommand {
  std::string_view name;                          // what it does, as the palette lists it
  std::string_view keys;                          // as a person reads them: "Ctrl+Z"; empty: none
  std::string_view group;                         // heading in the keys overlay
  std::function<Command(const Workspace&)> make;  // toggles look at what is there
};

// In the order in which they are listed.
const std::vector<NamedCommand>& named_commands();

}  // namespace attnscope
