// Options whose values are read strictly: decimal numbers only, nothing empty, errors that say what would be right.
#pragma once
#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attnscope {

// A decimal number, perhaps negative, that fills `text`. Throws InputError that begins with the option's name.
std::int64_t parse_number(std::string_view option, std::string_view text);
// A decimal fraction between low and high. Throws InputError that names both.
double parse_decimal(std::string_view option, std::string_view text, double low, double high);
// Numbers with commas between them, at least one.
std::vector<std::int64_t> parse_numbers(std::string_view option, std::string_view text);

// Each adds one option with one value; an empty value is refused.
CLI::Option* add_number(CLI::App& command, const std::string& name, std::int64_t& target, const std::string& what);
CLI::Option* add_number(CLI::App& command, const std::string& name, std::optional<std::int64_t>& target,
                        const std::string& what);
CLI::Option* add_numbers(CLI::App& command, const std::string& name, std::vector<std::int64_t>& target,
                         const std::string& what);
CLI::Option* add_text(CLI::App& command, const std::string& name, std::string& target, const std::string& what);

}  // namespace attnscope
