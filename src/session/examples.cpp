#include "session/examples.h"

#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>

#include "core/error.h"

namespace attnscope {
namespace {

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// "13.8"
std::optional<ExampleHead> parse_head(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return std::nullopt;
  const auto layer = whole(text.substr(0, point));
  const auto head = whole(text.substr(point + 1));
  if (!layer || !head) return std::nullopt;
  return ExampleHead{*layer, *head};
}

class ExampleReader {
 public:
  explicit ExampleReader(const std::string& name) : name_(name) {}

  void line(std::string_view line) {
    ++number_;
    if (line.starts_with("## ")) {
      examples_.emplace_back().name = line.substr(3);
    } else if (line.empty() || line.starts_with('#')) {
      return;
    } else if (examples_.empty()) {
      fail("begins before the first \"## name\"");
    } else if (examples_.back().text.empty()) {
      examples_.back().text = line;
    } else {
      field(line);
    }
  }

  std::vector<Example> finish() {
    for (const Example& example : examples_) {
      if (example.text.empty()) throw BrokenFile(name_ + ": the example \"" + example.name + "\" has no text");
    }
    return std::move(examples_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw BrokenFile(name_ + ": line " + std::to_string(number_) + " " + what);
  }

  void field(std::string_view line) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) fail("is no field: \"name: value\" is wanted");
    const std::string_view value = line.substr(colon + 2);
    if (line.starts_with("pick: ")) {
      pick(value);
    } else if (line.starts_with("look for: ")) {
      examples_.back().look_for = value;
    } else if (const auto head = parse_head(value)) {
      examples_.back().heads.emplace(line.substr(0, colon), *head);
    } else {
      fail("names no head: LAYER.HEAD is wanted");
    }
  }

  void pick(std::string_view value) {
    const std::size_t space = value.rfind(' ');
    const auto which = space == std::string_view::npos ? std::nullopt : whole(value.substr(space + 1));
    if (!which || *which < 1) fail("picks no token: its text and its number from 1 are wanted");
    examples_.back().pick = value.substr(0, space);
    examples_.back().which = *which;
  }

  const std::string& name_;
  std::vector<Example> examples_;
  std::int64_t number_ = 0;
};

}  // namespace

std::vector<Example> parse_examples(std::string_view content, const std::string& name) {
  ExampleReader reader(name);
  while (!content.empty()) {
    const std::size_t end = content.find('\n');
    reader.line(content.substr(0, end));
    content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
  }
  return reader.finish();
}

std::vector<Example> load_examples(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw InputError(file.string() + ": cannot be read");
  const std::string content{std::istreambuf_iterator<char>(in), {}};
  return parse_examples(content, file.string());
}

}  // namespace attnscope
