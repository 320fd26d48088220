// The text that a command is about: a file of any kind, or standard input.
#pragma once
#include <string>

#include "app/context.h"

namespace attnscope {

// Every byte of the file (a pipe too), or of standard input where `file` is empty or "-". Throws InputError, naming the
// file, where it is missing, unreadable, a folder, empty, larger than 1 GiB, or not text: a NUL byte within the first
// 8 KiB. Invalid UTF-8 is text.
std::string read_text(Context& context, const std::string& file);

}  // namespace attnscope
