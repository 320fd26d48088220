// What a file is, by its content first and its name second, and whether it keeps the rules of its format.
#pragma once
#include <filesystem>
#include <string>

namespace attnscope {

// Facts about a file that is whole, on one line: "GGUF, llama, 272 tensors". Throws InputError where it is of no kind
// that is known here or cannot be read, BrokenFile or NotThisFormat where it breaks the rules of what it should be.
std::string check_file(const std::filesystem::path& path);

}  // namespace attnscope
