#include "app/table.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "app/terminal_text.h"

namespace attnscope {
namespace {

void print_line(std::ostream& out, const std::vector<Column>& columns, const std::vector<std::size_t>& widths,
                const std::vector<std::string>& cells) {
  std::size_t owed = 0;  // spaces that wait for something to stand after them
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const std::size_t width = columns_of(cells[c]);
    const std::size_t fill = widths[c] - width;
    if (columns[c].align == Align::right) owed += fill;
    if (width > 0) {
      out << std::string(owed, ' ') << cells[c];
      owed = 0;
    }
    owed += 2 + (columns[c].align == Align::left ? fill : 0);
  }
  out << '\n';
}

}  // namespace

void Table::print(std::ostream& out) const {
  std::vector<std::string> titles;
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) {
    titles.push_back(column.title);
    widths.push_back(columns_of(column.title));
  }
  for (const auto& row : rows_) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], columns_of(row[c]));
  }
  print_line(out, columns_, widths, titles);
  for (const auto& row : rows_) print_line(out, columns_, widths, row);
}

std::string weight_text(double weight, int digits) {
  if (std::isnan(weight)) return "-";
  std::string text = fmt::format("{:.{}f}", weight, digits);
  return text.starts_with("0.") ? text.substr(1) : text;
}

std::string number_text(double number) {
  if (std::isnan(number)) return "-";
  std::string text = fmt::format("{:.4f}", number);
  return text == "-0.0000" ? text.substr(1) : text;
}

}  // namespace attnscope
