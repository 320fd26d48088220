// The command line from its words to an exit code.
#pragma once
#include <string>
#include <vector>

#include "app/console.h"
#include "app/context.h"

namespace attnscope {

// Runs what `arguments` (without the program's name) ask for. Results go to console.out, messages to console.err, one
// line for each failure. 0: done, or the reader of the output has gone; 1: failed; 2: wrong input or usage; 130:
// interrupted.
int run_command_line(const std::vector<std::string>& arguments, const Console& console, Surroundings surroundings);

}  // namespace attnscope
