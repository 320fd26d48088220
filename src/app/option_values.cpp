#include "app/option_values.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <charconv>
#include <sstream>

#include "core/error.h"

namespace attnscope {
namespace {

// `store` takes the text of the option's one value.
template <class Store>
CLI::Option* add_parsed(CLI::App& command, const std::string& name, const char* type, const std::string& what,
                        Store store) {
  return command.add_option_function<std::string>(name, store, what)->type_name(type);
}

}  // namespace

std::int64_t parse_number(std::string_view option, std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::string begin = std::string(option) + " " + std::string(text);
  if (error == std::errc::result_out_of_range) throw InputError(begin + ": larger than any number here");
  if (error != std::errc() || rest != end) throw InputError(begin + ": takes a whole number, as in 3");
  return number;
}

double parse_decimal(std::string_view option, std::string_view text, double low, double high) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc() || rest != end || !(number >= low && number <= high)) {
    std::ostringstream message;
    message << option << ' ' << text << ": takes a number from " << low << " to " << high << ", as in "
            << (low + high) / 2;
    throw InputError(message.str());
  }
  return number;
}

std::vector<std::int64_t> parse_numbers(std::string_view option, std::string_view text) {
  std::vector<std::int64_t> numbers;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const std::string_view item = text.substr(begin, comma - begin);
    if (item.empty()) {
      throw InputError(std::string(option) + " " + std::string(text) +
                       ": takes whole numbers with a comma between them, as in 3,17");
    }
    numbers.push_back(parse_number(option, item));
    begin = comma + 1;
  }
  return numbers;
}

CLI::Option* add_number(CLI::App& command, const std::string& name, std::int64_t& target, const std::string& what) {
  return add_parsed(command, name, "INT", what,
                    [name, &target](const std::string& text) { target = parse_number(name, text); })
      ->default_str(std::to_string(target));
}

CLI::Option* add_number(CLI::App& command, const std::string& name, std::optional<std::int64_t>& target,
                        const std::string& what) {
  return add_parsed(command, name, "INT", what,
                    [name, &target](const std::string& text) { target = parse_number(name, text); });
}

CLI::Option* add_numbers(CLI::App& command, const std::string& name, std::vector<std::int64_t>& target,
                         const std::string& what) {
  return add_parsed(command, name, "INT,...", what,
                    [name, &target](const std::string& text) { target = parse_numbers(name, text); });
}

CLI::Option* add_text(CLI::App& command, const std::string& name, std::string& target, const std::string& what) {
  const auto not_empty = [](const std::string& text) {
    return text.empty() ? std::string("must not be empty") : std::string();
  };
  return command.add_option(name, target, what)->check(not_empty);
}

}  // namespace attnscope
