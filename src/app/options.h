// The options that several commands share, as the command line gives them.
#pragma once
#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attnscope {

struct SourceOptions {
  std::string source;   // FILE, "-" or empty for standard input, or "synthetic:N"
  std::string model;    // empty: the default model
  std::string capture;  // a capture file; then there is no source and no model
  std::string device = "auto";
  std::optional<std::int64_t> first, count;  // a context slice, in tokens of the document
  bool plain = false;                        // the text of special tokens is plain text
};

// FILE, --model, --device, --first, --count, --plain.
void add_text_options(CLI::App& command, SourceOptions& options);
// The same and --capture; FILE may be synthetic:N.
void add_source_options(CLI::App& command, SourceOptions& options);

struct ResultOptions {
  bool json = false;
  std::string npy;  // a file to write the numbers to, or empty
};

// --json and --npy OUT, which exclude each other.
void add_result_options(CLI::App& command, ResultOptions& options);

// One of the verbs of `command` has to follow it; where none does, a message names `verbs`. `kind` is what they are.
void require_verb(CLI::App& command, const std::string& kind, const std::string& verbs);

// "640x480" as width and height, each 1 to 65536 and at most 2^28 pixels together. Throws InputError.
struct PixelSize {
  std::int64_t width = 0;
  std::int64_t height = 0;
};
PixelSize parse_size(const std::string& text);

}  // namespace attnscope
