// The sentences that the window offers to begin with, each with a token and a head at which something can be seen.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace attnscope {

struct ExampleHead {
  std::int64_t layer = 0;
  std::int64_t head = 0;
};

struct Example {
  std::string name;
  std::string text;
  std::string pick;                          // the token to pick, as it reads without spaces; empty: none is named
  std::int64_t which = 1;                    // of several such tokens, from 1
  std::map<std::string, ExampleHead> heads;  // by the model's name
  std::string look_for;
};

// Reads the format that assets/texts/examples.txt explains. Throws BrokenFile that names `name` and the line.
std::vector<Example> parse_examples(std::string_view content, const std::string& name);

// Those of a file; throws InputError where it cannot be read.
std::vector<Example> load_examples(const std::filesystem::path& file);

}  // namespace attnscope
